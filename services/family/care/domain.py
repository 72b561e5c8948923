"""Whom a site has to know of: whom to call for a child, who may collect it and who may not, from the entourage and from custody alike. Pure.

Nobody collects by one entry on a day on which they may not by another: names are compared, for a person of the entourage and an adult of a file may be one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from chassis.days import DateRange, Days
from contracts.types import ResponsibilityRole

from ..custody.domain import Custody, last_day_of_minority
from ..entourage.domain import Around, Person, visible
from ..people.domain import Adult

EMERGENCY: Final = "emergency"
CARETAKER: Final = "caretaker"
PICKUP: Final = "pickup"
TRUSTED: Final = "trusted"
FORBIDDEN: Final = "forbidden"
ROLES: Final = {
    ResponsibilityRole.EMERGENCY_CONTACT: EMERGENCY,
    ResponsibilityRole.CARETAKER: CARETAKER,
    ResponsibilityRole.PICKUP: PICKUP,
    ResponsibilityRole.FORBIDDEN_PICKUP: FORBIDDEN,
}
"""What an adult of a file is to a child, as the site reads it. Guardians are on the sheet without this."""
IN_ORDER: Final = (EMERGENCY, CARETAKER, PICKUP, TRUSTED, FORBIDDEN)
COLLECTING: Final = frozenset({CARETAKER, PICKUP, TRUSTED})
BY_DECISION: Final = frozenset({CARETAKER, TRUSTED, FORBIDDEN})


@dataclass(frozen=True, slots=True)
class SitePerson:
    """Somebody around a child, as a site reads it; `contact_id` is of who is of its entourage."""

    kind: str
    person: Person
    contact_id: UUID | None = None

    @property
    def days(self) -> Days:
        """The days on which they are this."""
        # Days reversed by a majority that is past are none.
        last = self.person.ends_on or date.max
        return Days((DateRange(self.person.starts_on, last),)) if self.person.starts_on <= last else Days()


def on_site(around: Sequence[Around], custody: Custody, adults: Mapping[UUID, Adult], today: date) -> list[SitePerson]:
    """Whom a site has to know of from today on, whom to call first."""
    known = [SitePerson(row.kind.value, row.person, row.contact_id) for row in visible(around, sees_forbidden=True)]
    known += _of_custody(custody, adults)
    away: dict[str, Days] = {}
    for item in known:
        if item.kind == FORBIDDEN:
            away[item.person.name_key] = away.get(item.person.name_key, Days()) | item.days
    shown = [part for item in known for part in _standing(item, away.get(item.person.name_key, Days()), today)]
    return sorted(shown, key=lambda item: IN_ORDER.index(item.kind))


def _of_custody(custody: Custody, adults: Mapping[UUID, Adult]) -> Iterator[SitePerson]:
    minority_ends_on = last_day_of_minority(custody.child)
    for tie, item in custody.in_order():
        adult = adults.get(tie.adult_id)
        if (kind := ROLES.get(tie.role)) is None or adult is None:
            continue
        evidence = item.value.evidence
        yield SitePerson(
            kind,
            Person(
                first_name=adult.first_name,
                last_name=adult.last_name,
                relation="",
                starts_on=item.during.first,
                # A role without an end of its own ends with minority, and so does the site's care.
                ends_on=None if item.during.last >= minority_ends_on else item.during.last,
                phone=adult.phone,
                decision=evidence.reference,
                decided_on=evidence.dated_on,
            ),
        )


def _standing(item: SitePerson, away: Days, today: date) -> Iterable[SitePerson]:
    """Somebody on the days from today on on which they are this, and on which nobody keeps them from collecting."""
    days = item.days - away if item.kind in COLLECTING else item.days
    for part in days & Days.between(today):
        # The first day stays as it was entered where nothing was cut from it.
        starts_on = item.person.starts_on if part.first == max(today, item.person.starts_on) else part.first
        yield replace(item, person=replace(item.person, starts_on=starts_on, ends_on=part.ends_on))
