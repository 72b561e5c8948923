"""The queue as one list: what each service says, merged by age. A service that does not answer is named, and the others are shown.

The order is the same everywhere (`contracts/queue.py`), so that one cursor is good for all: the next page goes on after the last item shown, whoever
decided what meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from heapq import merge
from typing import Any, Final, Self, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from contracts.booking.queue_api import (
    count_waiting_enrollments,
    keep_enrollment_owner,
    list_waiting_enrollments,
    read_waiting_enrollment,
)
from contracts.family.queue_api import count_waiting, keep_owner, list_waiting, read_waiting
from contracts.http import PAGE_SIZE, Page
from contracts.queue import OwnerAsked, OwnerChange, WaitingCount, WaitingItem, WaitingKind
from gateway.composing import Part, permitted
from portal.frame.visit import Visit

PATH: Final = "/agents/a-traiter"
AGES: Final[Mapping[str, int | None]] = {"retard": None, "semaine": 7, "mois": 30}
"""For how many days something waits at least, by the word of the address; None is longer than the town promises."""
OWNERS: Final = {"moi": OwnerAsked.OWN, "personne": OwnerAsked.NOBODY}
KINDS: Final = {
    "documents": WaitingKind.DOCUMENT,
    "inscriptions": WaitingKind.ENROLLMENT,
    "corrections": WaitingKind.CHANGE,
    "derogations": WaitingKind.DEROGATION,
    "espaces": WaitingKind.REGISTRATION,
    "protections": WaitingKind.PROTECTION,
    "naissances": WaitingKind.BIRTH,
    "reouvertures": WaitingKind.REOPENING,
    "demarches": WaitingKind.REQUEST,
    "ressources": WaitingKind.DECLARATION,
}
"""The kinds by the word of the address."""
WORDS: Final = {kind: word for word, kind in KINDS.items()}
FILTERS: Final = ("nature", "site", "age", "suivi", "suite")

PartT = TypeVar("PartT")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue is narrowed to, as the address has it, and where its page begins."""

    asked: Mapping[str, str]

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Self:
        """The filters among some values; words that none of them has are left out."""
        known = {"nature": KINDS, "age": AGES, "suivi": OWNERS}
        named = {name: values.get(name, "") for name in FILTERS}
        return cls({name: word for name, word in named.items() if word and (name not in known or word in known[name])})

    @property
    def kind(self) -> WaitingKind | None:
        """The kind that is asked for."""
        return KINDS.get(self.asked.get("nature", ""))

    def at(self, path: str = PATH, **changed: str) -> str:
        """An address with these filters; a change that is empty takes one away, and another list begins at its beginning."""
        kept = {name: word for name, word in self.asked.items() if not changed or name != "suite"}
        query = {name: word for name, word in {**kept, **changed}.items() if word}
        return f"{path}?{urlencode(query)}" if query else path


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page of the queue; `missing` are services that did not answer."""

    items: tuple[WaitingItem, ...]
    next_cursor: str | None
    missing: tuple[str, ...]


async def read_queue(visit: Visit, filters: Filters) -> Waiting:
    """The page of the queue that is asked for."""
    pages, missing = await _answers(_lists(visit, filters))
    items = [*merge(*(page.items for page in pages), key=lambda item: (item.asked_at, item.item_id))]
    has_more = len(items) > PAGE_SIZE or any(page.next_cursor for page in pages)
    shown = tuple(items[:PAGE_SIZE])
    return Waiting(shown, shown[-1].cursor if has_more else None, missing)


def _lists(visit: Visit, filters: Filters) -> dict[str, Awaitable[Page[WaitingItem]]]:
    asked, kind = filters.asked, filters.kind
    site, owner, cursor = asked.get("site"), OWNERS.get(asked.get("suivi", "")), asked.get("suite")
    days = (AGES[asked["age"]] or visit.portal.town.town.answer_days + 1) if "age" in asked else None
    lists: dict[str, Awaitable[Page[WaitingItem]]] = {}
    if visit.may(list_waiting) and kind is not WaitingKind.ENROLLMENT:
        lists["family"] = visit.call(list_waiting, kind, site, days, owner, cursor)
    if visit.may(list_waiting_enrollments) and kind in (None, WaitingKind.ENROLLMENT):
        lists["booking"] = visit.call(list_waiting_enrollments, site, days, owner, cursor)
    return lists


async def read_counts(visit: Visit, site: str | None = None) -> tuple[list[WaitingCount], tuple[str, ...]]:
    """How many of each kind wait, and which services did not answer."""
    counts: dict[str, Awaitable[Page[WaitingCount]]] = {}
    if visit.may(count_waiting):
        counts["family"] = visit.call(count_waiting, site)
    if visit.may(count_waiting_enrollments):
        counts["booking"] = visit.call(count_waiting_enrollments, site)
    pages, missing = await _answers(counts)
    known = {count.kind: count for page in pages for count in page.items}
    return [known[kind] for kind in KINDS.values() if kind in known], missing


async def _answers(calls: Mapping[str, Awaitable[PartT]]) -> tuple[list[PartT], tuple[str, ...]]:
    """What services answer at once, and those that do not."""
    parts: list[Part[Any] | None] = await asyncio.gather(*(permitted(call) for call in calls.values()))
    named = {name: part for name, part in zip(calls, parts, strict=True) if part is not None}
    answers = [part.value for part in named.values() if part.value is not None]
    return answers, tuple(name for name, part in named.items() if not part.is_available)


async def read_item(visit: Visit, kind: WaitingKind, item_id: UUID) -> WaitingItem:
    """Something that waits, or what became of it. Raises like `visit.call`."""
    if kind is WaitingKind.ENROLLMENT:
        return await visit.call(read_waiting_enrollment, item_id)
    return await visit.call(read_waiting, kind, item_id)


async def change_owner(visit: Visit, kind: WaitingKind, item_id: UUID, change: OwnerChange) -> None:
    """Say who looks after something. Raises like `visit.call`."""
    if kind is WaitingKind.ENROLLMENT:
        await visit.call(keep_enrollment_owner, item_id, change)
    else:
        await visit.call(keep_owner, kind, item_id, change)
