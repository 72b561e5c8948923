"""What people did for a household, as pages show it: the histories of the services read as one, in words."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any, Final
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
from portal.kit.formats import date_short, money

HISTORIES: Final = (family_history, booking_history, billing_history, identity_history)
DAYS_NAMED_MAX: Final = 3
"""Of one child in one activity; more are told by the first and the last."""
ABOUT_PEOPLE: Final = frozenset(
    {
        "household_joined",
        "household_left",
        "contact_changed",
        "payer_changed",
        "payer_shares_changed",
        "responsibility_changed",
        "responsibility_ended",
        "residence_changed",
    }
)
"""What is done to a person, who is its subject."""
GIVEN_REASONS: Final = frozenset({"enrollment_refused", "enrollment_ended"})
"""What an agent gives the family a reason for."""


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


@dataclass(frozen=True, slots=True)
class Names:
    """What people are called on a page, by id: who acted, beside the agents; and whom it was about."""

    actors: Mapping[UUID, str]
    people: Mapping[UUID, str]


async def read_history(visit: Visit, household_id: UUID | None, names: Names) -> History | None:
    """What was done for a household, a family's own when it is None; None when no part of it is open to the visitor."""
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
    known = replace(names, actors={**names.actors, **await _agents(visit, shown)})
    return History(
        lines=tuple(_line(entry, known, texts) for entry in shown),
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


def _line(entry: HistoryEntry, names: Names, texts: Texts) -> HistoryLine:
    key = f"history.action.{entry.action}"
    return HistoryLine(
        noted_at=entry.noted_at,
        what=texts(key if key in texts else "history.action_unknown"),
        details=tuple(_details(entry, names.people, texts)),
        who=names.actors.get(entry.actor_id) or texts(f"history.somebody.{entry.actor_kind}"),
        channel=texts(f"history.channel.{entry.channel}"),
    )


def _details(entry: HistoryEntry, people: Mapping[UUID, str], texts: Texts) -> Iterator[str]:
    """Whom an act was about and what it changed, where a word about it helps; nothing of that once it was erased."""
    before, after = entry.before or {}, entry.after or {}
    if entry.action in ABOUT_PEOPLE and (name := people.get(UUID(entry.subject))):
        yield name
    if "activity" in after:
        yield _about(after, people, texts)
    if entry.action == "bookings_changed":
        for name, days in (("booked", after.get("days", ())), ("given_back", before.get("days", ()))):
            yield from _days(name, days, people, texts)
    elif entry.action == "attendance_marked":
        for mark in after.get("marks", ()):
            about, seen = _about(mark, people, texts), texts(f"mark.{mark['mark']}")
            yield texts("history.detail.marked", about=about, mark=seen, day=date_short(mark["service_on"]))
    elif entry.action == "enrollment_requested" and after:
        yield _between(after["starts_on"], after["ends_on"], texts)
    elif entry.action == "enrollment_ended" and after.get("ends_on"):
        yield texts("history.detail.until", day=date_short(after["ends_on"]))
    elif entry.action == "quotient_changed" and after:
        yield texts(
            "history.detail.quotient", amount=money(after["value_cents"]), day=date_short(after["effective_on"])
        )
        if before:
            yield texts("history.detail.quotient_before", amount=money(before["value_cents"]))
    elif entry.action == "payment_started" and after:
        yield texts("history.detail.payment", number=after["number"], amount=money(after["amount_cents"]))
    elif entry.action == "contact_changed" and after:
        yield ", ".join(texts(f"history.detail.contact.{name}") for name in after)
    if entry.action in GIVEN_REASONS and after.get("reason"):
        yield texts("history.detail.reason", reason=after["reason"])


def _days(name: str, days: Iterable[Mapping[str, Any]], people: Mapping[UUID, str], texts: Texts) -> Iterator[str]:
    """A sentence for each child in each activity whose days these are."""
    rows = defaultdict(list)
    for day in days:
        rows[_about(day, people, texts)].append(day["service_on"])
    for about, dates in sorted(rows.items()):
        dates.sort()
        named = ", ".join(map(date_short, dates))
        when = named if len(dates) <= DAYS_NAMED_MAX else _between(dates[0], dates[-1], texts)
        yield texts(f"history.detail.{name}", about=about, count=len(dates), days=when)


def _about(changed: Mapping[str, Any], people: Mapping[UUID, str], texts: Texts) -> str:
    """The child whom something is about, in which activity."""
    child = people.get(UUID(changed["child_id"])) or texts("history.detail.child_unknown")
    return texts("history.detail.child_in_activity", child=child, activity=changed["activity"])


def _between(first: str, last: str, texts: Texts) -> str:
    return texts("history.detail.between", first=date_short(first), last=date_short(last))
