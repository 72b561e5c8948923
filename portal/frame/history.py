"""What people did for a household, as pages show it: the histories of the services read as one, in words."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any, Final
from uuid import UUID

from contracts.billing.api import billing_history
from contracts.booking.api import booking_history
from contracts.booking.care_api import child_care_history
from contracts.family.api import family_history
from contracts.family.children_api import child_file_history
from contracts.family.delegations import Delegation
from contracts.history import HistoryEntry
from contracts.http import PAGE_SIZE, Page
from contracts.identity.api import identity_history
from contracts.operation import Operation
from contracts.types import ActorKind, Channel
from gateway.composing import permitted
from portal.frame.agents import agents_by_name
from portal.frame.visit import Visit
from portal.kit import Texts
from portal.kit.formats import date_short, money

HISTORIES: Final = (family_history, booking_history, billing_history, identity_history)
CHILD_HISTORIES: Final = (child_file_history, child_care_history)
DAYS_NAMED_MAX: Final = 3
"""Of one child in one activity; more are told by the first and the last."""
UNPROVEN: Final = frozenset({"password_asked"})
"""Acts that nobody had to prove anything for."""
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
        "home_days_changed",
        "birth_registered",
        "schooling_changed",
        "civil_status_changed",
        "change_asked",
        "change_withdrawn",
        "change_refused",
        "child_added",
    }
)
"""What is done to a person, who is its subject."""
DELEGATIONS: Final = frozenset({"delegation_given", "delegation_ended"})
CHILD_FILES: Final = frozenset(
    {
        "health_changed",
        "insurance_changed",
        "portrait_kept",
        "portrait_removed",
        "vaccination_proof_noted",
        "authorizations_answered",
        "child_file_confirmed",
        "care_seen",
        "derogation_recorded",
        "derogation_granted",
        "derogation_refused",
        "derogation_withdrawn",
        "entourage_added",
        "entourage_changed",
        "entourage_ended",
        "forbidden_added",
        "forbidden_changed",
        "forbidden_ended",
    }
)
"""What is done with a child's file."""
GIVEN_REASONS: Final = frozenset(
    {
        "household_opened",
        "household_archived",
        "enrollment_refused",
        "enrollment_ended",
        "enrollment_moved",
        "sessions_ended",
        "delegation_ended",
    }
)
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
    """What people are called on a page, by id: who acted, beside the agents and, by their delegations, those who were let act; and whom it was about."""

    actors: Mapping[UUID, str]
    people: Mapping[UUID, str]


async def read_history(visit: Visit, household_id: UUID | None, names: Names) -> History | None:
    """What was done for a household, a family's own when it is None; None when no part of it is open to the visitor."""
    calls = (visit.call(history, household_id=household_id, cursor=visit.cursor) for history in HISTORIES)
    return await _together(visit, HISTORIES, calls, names)


async def read_child_history(visit: Visit, child_id: UUID, names: Names) -> History | None:
    """Who looked at a child's file or changed it, and who saw on site what it needs."""
    calls = (visit.call(history, child_id, cursor=visit.cursor) for history in CHILD_HISTORIES)
    return await _together(visit, CHILD_HISTORIES, calls, names)


async def _together(
    visit: Visit,
    histories: Sequence[Operation[..., Any]],
    calls: Iterable[Awaitable[Page[HistoryEntry]]],
    names: Names,
) -> History | None:
    """The histories of several services as one, the newest first."""
    parts = await asyncio.gather(*map(permitted, calls))
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
    known = replace(names, actors={**names.actors, **await agents_among(visit, shown)})
    return History(
        lines=tuple(line_of(entry, known, texts) for entry in shown),
        missing=tuple(
            texts(f"history.service.{history.service}")
            for history, part in zip(histories, parts, strict=True)
            if part and not part.is_available
        ),
        next_cursor=shown[-1].cursor if shown and has_more else None,
    )


def delegate_names(delegations: Iterable[Delegation], texts: Texts) -> dict[UUID, str]:
    """Those whom a household let act, by the names that it knows them by: for the family by the delegation, for agents by who it was too."""
    return {
        known_id: texts("history.delegate", name=f"{item.first_name} {item.last_name}")
        for item in delegations
        for known_id in (item.delegation_id, item.delegate_id)
        if known_id
    }


async def agents_among(visit: Visit, entries: list[HistoryEntry]) -> dict[UUID, str]:
    """The agents among those who acted, by name or service as identity says them; nothing while it does not answer."""
    return await agents_by_name(visit, {entry.actor_id for entry in entries if entry.actor_kind is ActorKind.AGENT})


def line_of(entry: HistoryEntry, names: Names, texts: Texts) -> HistoryLine:
    """An act in words."""
    key = f"history.action.{entry.action}"
    return HistoryLine(
        noted_at=entry.noted_at,
        what=texts(key if key in texts else "history.action_unknown"),
        details=tuple(_details(entry, names.people, texts)),
        who=_who(entry, names, texts),
        channel=texts(f"history.channel.{_channel_of(entry)}"),
    )


def _channel_of(entry: HistoryEntry) -> Channel:
    """Where somebody acted: what an agent does to their own account is done on the portal, as anybody does it, and at no counter."""
    is_own = entry.actor_kind is ActorKind.AGENT and str(entry.actor_id) == entry.subject
    return Channel.PORTAL if is_own and entry.channel is Channel.COUNTER else entry.channel


def _who(entry: HistoryEntry, names: Names, texts: Texts) -> str:
    """Who acted; not by name what anybody may have done who knows an address."""
    if entry.action in UNPROVEN:
        return texts("history.somebody.anonymous")
    known = names.actors.get(entry.actor_id) or _delegate_of(entry, names)
    return known or texts(f"history.somebody.{_kind_of(entry)}")


def _delegate_of(entry: HistoryEntry, names: Names) -> str | None:
    """Whoever acted by a delegation, or gave theirs up."""
    by_delegation = {str(known): name for known, name in names.actors.items()}
    is_agent = entry.actor_kind not in (ActorKind.DELEGATE, ActorKind.PARENT)
    return None if is_agent else by_delegation.get((entry.after or {}).get("delegation_id", entry.subject))


def _kind_of(entry: HistoryEntry) -> ActorKind:
    """As what somebody acted: an adult of another household, to whom a parent entrusted a child, is not one of this household."""
    return ActorKind.DELEGATE if entry.after and entry.after.get("delegation_id") else entry.actor_kind


def _details(entry: HistoryEntry, people: Mapping[UUID, str], texts: Texts) -> Iterator[str]:
    """Whom an act was about and what it changed, where a word about it helps; nothing of that once it was erased."""
    before, after = entry.before or {}, entry.after or {}
    if entry.action in ABOUT_PEOPLE and (name := people.get(UUID(entry.subject))):
        yield name
    if entry.action in CHILD_FILES:
        yield from _of_child_file(entry.action, after, people, texts)
    elif "activity" in after:
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
    elif entry.action in DELEGATIONS and (given := before or after):
        yield texts("history.detail.delegated", name=given["delegate"], day=date_short(given["ends_on"]))
    elif entry.action == "contact_changed" and after:
        yield ", ".join(texts(f"history.detail.contact.{name}") for name in after)
    if entry.action in GIVEN_REASONS and after.get("reason"):
        yield texts("history.detail.reason", reason=after["reason"])


def _of_child_file(action: str, after: Mapping[str, Any], people: Mapping[UUID, str], texts: Texts) -> Iterator[str]:
    """Which part of a child's file was changed, or looked at on site; never what it says."""
    if action == "care_seen" and after:
        about = _about(after, people, texts)
        yield texts("history.detail.care_day", about=about, day=date_short(after["service_on"]))
    if action == "health_changed":
        yield ", ".join(texts(f"history.detail.health.{name}") for name in after.get("fields", ()))
    if action == "vaccination_proof_noted" and after:
        yield texts(f"history.detail.proof.{after['status']}")
    if "kind" in after and "name" in after:
        yield texts(f"entourage.named.{after['kind']}", name=after["name"])
    if "school_year" in after:
        yield texts("history.detail.school_year", year=after["school_year"], next=after["school_year"] + 1)
        yield from (texts(f"authorizations.{kind}") for kind in after.get("kinds", ()))


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
