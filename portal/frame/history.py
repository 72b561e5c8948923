"""What people did for a household, as pages show it: the histories of the services read as one, in words."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final
from uuid import UUID

from contracts.billing.api import billing_history
from contracts.booking.api import booking_history
from contracts.family.api import family_history
from contracts.history import HistoryEntry
from contracts.http import PAGE_SIZE
from contracts.identity.api import agent_names, identity_history
from contracts.identity.models import NamesAsked
from contracts.types import ActorKind
from gateway.composing import permitted
from portal.frame.visit import Visit
from portal.kit import Texts
from portal.kit.formats import money

HISTORIES: Final = (family_history, booking_history, billing_history, identity_history)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """An act in words."""

    noted_at: datetime
    what: str
    details: tuple[str, ...]
    who: str
    channel: str


@dataclass(frozen=True, slots=True)
class History:
    """A page of acts, the newest first. `missing` are the parts whose service does not answer, in the town's words."""

    lines: tuple[HistoryLine, ...]
    missing: tuple[str, ...]
    next_cursor: str | None


async def read_history(visit: Visit, household_id: UUID | None, guardians: Mapping[UUID, str]) -> History | None:
    """What was done for a household, a family's own when it is None; None when no part of it is open to the visitor.

    `guardians` are the names of those who are known on this page, by id.
    """
    parts = await asyncio.gather(
        *(permitted(visit.call(history, household_id=household_id, cursor=visit.cursor)) for history in HISTORIES)
    )
    if not any(parts):
        return None
    texts = visit.portal.texts
    pages = [part.value for part in parts if part and part.value]
    entries = sorted(
        chain.from_iterable(page.items for page in pages),
        key=lambda entry: (entry.noted_at, entry.entry_id),
        reverse=True,
    )
    shown = entries[:PAGE_SIZE]
    has_more = len(entries) > len(shown) or any(page.next_cursor for page in pages)
    names = {**guardians, **await _agents(visit, shown)}
    return History(
        lines=tuple(_line(entry, names, texts) for entry in shown),
        missing=tuple(
            texts(f"history.service.{history.service}")
            for history, part in zip(HISTORIES, parts, strict=True)
            if part and not part.is_available
        ),
        next_cursor=shown[-1].cursor if shown and has_more else None,
    )


async def _agents(visit: Visit, entries: list[HistoryEntry]) -> dict[UUID, str]:
    """The agents among those who acted, by name or service as identity says them; nothing while it does not answer."""
    asked = {entry.actor_id for entry in entries if entry.actor_kind is ActorKind.AGENT}
    if not asked:
        return {}
    part = await permitted(visit.call(agent_names, NamesAsked(account_ids=tuple(sorted(asked)))))
    return {agent.account_id: agent.name for agent in part.value.items} if part and part.value else {}


def _line(entry: HistoryEntry, names: Mapping[UUID, str], texts: Texts) -> HistoryLine:
    key = f"history.action.{entry.action}"
    return HistoryLine(
        noted_at=entry.noted_at,
        what=texts(key if key in texts else "history.action_unknown"),
        details=_details(entry, texts),
        who=names.get(entry.actor_id) or texts(f"history.somebody.{entry.actor_kind}"),
        channel=texts(f"history.channel.{entry.channel}"),
    )


def _details(entry: HistoryEntry, texts: Texts) -> tuple[str, ...]:
    """What an act changed, where a word about it helps; nothing once it was erased."""
    before, after = entry.before or {}, entry.after or {}
    if entry.action == "bookings_changed":
        counted = (("booked", after.get("days", ())), ("given_back", before.get("days", ())))
        return tuple(texts(f"history.detail.{name}", count=len(days)) for name, days in counted if days)
    if entry.action == "quotient_changed" and after:
        return (texts("history.detail.quotient", amount=money(after["value_cents"])),)
    if entry.action == "payment_started" and after:
        return (texts("history.detail.payment", number=after["number"], amount=money(after["amount_cents"])),)
    if entry.action == "contact_changed" and after:
        return (", ".join(texts(f"history.detail.contact.{name}") for name in after),)
    if entry.action == "enrollment_refused" and after.get("reason"):
        return (texts("history.detail.reason", reason=after["reason"]),)
    return ()
