"""Who is around a child: what has to be said of whom, who sees it, and in which order they are called. Pure.

Whoever exercises authority says who may collect the child. That somebody may not, or that a third person is trusted, takes a decision (Code civil,
373-2-6 and 373-3), which an agent saw.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from chassis.clock import age_on
from chassis.comparing import comparable_name
from chassis.refusal import FieldRefusal
from chassis.versions import version_of
from contracts.family.child_events import EntourageKind

from ..people.domain import text_faults

PEOPLE_MAX: Final = 10
BY_FAMILIES: Final = frozenset({EntourageKind.EMERGENCY, EntourageKind.PICKUP})
"""Whom a family names itself."""
DECIDED: Final = frozenset(EntourageKind) - BY_FAMILIES
"""What takes a decision."""
COLLECTING: Final = frozenset({EntourageKind.PICKUP, EntourageKind.TRUSTED})
"""Who comes for a child, and is known by a picture."""
IN_ORDER: Final = {kind: place for place, kind in enumerate(EntourageKind)}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody around a child, and the days on which they are; both count."""

    first_name: str
    last_name: str
    relation: str
    starts_on: date
    ends_on: date | None = None
    phone: str | None = None
    birth_on: date | None = None
    decision: str | None = None
    decided_on: date | None = None

    @property
    def name_key(self) -> str:
        """The name as it is compared."""
        return comparable_name(self.first_name, self.last_name)

    def is_over(self, today: date) -> bool:
        """Whether the last day is past."""
        return self.ends_on is not None and self.ends_on < today


@dataclass(frozen=True, slots=True)
class Around:
    """Somebody as one child has them; `rank` is their place among those of their kind. `has_portrait`: there is a picture of them."""

    contact_id: UUID
    child_id: UUID
    kind: EntourageKind
    rank: int
    person: Person
    has_portrait: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """By what a person is judged: the town's day and least age, and the names of those who may not collect one of the children."""

    today: date
    pickup_age_min: int
    kept_away: frozenset[str] = frozenset()


def faults(kind: EntourageKind, person: Person, rules: Rules) -> Iterator[FieldRefusal]:
    """What stands against a person of a kind."""
    names = [("/first_name", person.first_name), ("/last_name", person.last_name), ("/relation", person.relation)]
    yield from text_faults(iter([*names, *([("/decision", person.decision)] if person.decision else [])]))
    if person.ends_on is not None and person.ends_on < person.starts_on:
        yield FieldRefusal("/ends_on", "range_reversed", (("starts_on", person.starts_on),))
    if kind is EntourageKind.EMERGENCY and person.phone is None:
        yield FieldRefusal("/phone", "phone_missing")
    if kind in DECIDED and person.decision is None:
        yield FieldRefusal("/decision", "decision_missing")
    if kind in DECIDED and (person.decided_on is None or person.decided_on > rules.today):
        yield FieldRefusal("/decided_on", "decision_day_wrong")
    if kind is EntourageKind.PICKUP:
        yield from _collecting_faults(person, rules)


def _collecting_faults(person: Person, rules: Rules) -> Iterator[FieldRefusal]:
    """Who is too young to collect a child, or may not by a decision."""
    if person.birth_on is not None and person.birth_on > rules.today:
        yield FieldRefusal("/birth_on", "birth_in_future")
    # Whoever says no birth date says that they are of age.
    elif person.birth_on is not None and age_on(person.birth_on, person.starts_on) < rules.pickup_age_min:
        yield FieldRefusal("/birth_on", "too_young_to_collect", (("years", rules.pickup_age_min),))
    if person.name_key in rules.kept_away:
        yield FieldRefusal("/last_name", "collector_kept_away")


def version(rows: Sequence[Around]) -> str:
    """Stands for a person as these children have them."""
    return version_of(*sorted((str(row.child_id), repr(row.person)) for row in rows))


def visible(rows: Sequence[Around], sees_forbidden: bool) -> list[Around]:
    """Those whom whoever asks may see, by kind and place."""
    shown = [row for row in rows if sees_forbidden or row.kind is not EntourageKind.FORBIDDEN]
    return sorted(shown, key=lambda row: (IN_ORDER[row.kind], row.rank, str(row.contact_id)))


def kept_away(rows: Sequence[Around], today: date) -> frozenset[str]:
    """The names of those who may not collect a child, today or later."""
    return frozenset(
        row.person.name_key for row in rows if row.kind is EntourageKind.FORBIDDEN and not row.person.is_over(today)
    )


def next_rank(rows: Sequence[Around], kind: EntourageKind) -> int:
    """The place after the last one of a kind."""
    return max((row.rank for row in rows if row.kind is kind), default=0) + 1


def is_full(rows: Sequence[Around], kind: EntourageKind) -> bool:
    """Whether a child has as many people of a kind as it may."""
    return sum(row.kind is kind for row in rows) >= PEOPLE_MAX


def is_order_of(rows: Sequence[Around], contact_ids: Collection[UUID]) -> bool:
    """Whether these are whom to call, each once."""
    called = [row.contact_id for row in rows if row.kind is EntourageKind.EMERGENCY]
    return sorted(called) == sorted(contact_ids)


def changed_fields(before: Person, after: Person) -> list[str]:
    """The names of what is said otherwise."""
    return [name for name in Person.__slots__ if getattr(before, name) != getattr(after, name)]
