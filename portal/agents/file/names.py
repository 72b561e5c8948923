"""What the people of a file are called on its screen: children whom a first name and an initial do not tell apart bear their birth dates."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from chassis.comparing import Person, comparable, first_names_apart
from contracts.booking.models import Enrollment
from contracts.family.models import Household, HouseholdAdult
from portal.kit.formats import date_short


@dataclass(frozen=True, slots=True)
class Names:
    """People by id."""

    adults: Mapping[UUID, str] = field(default_factory=dict)
    children: Mapping[UUID, str] = field(default_factory=dict)

    def of(self, child_ids: Iterable[UUID]) -> str:
        """Children in a row, those who are known."""
        return ", ".join(self.children[child_id] for child_id in child_ids if child_id in self.children)


def full_name(adult: HouseholdAdult) -> str:
    """`Amel GARNIER`."""
    return f"{adult.first_name} {adult.last_name.upper()}"


def names_in(household: Household | None, enrollments: Iterable[Enrollment] = ()) -> Names:
    """The people of a file; where it is not open, the children who are enrolled."""
    if household is None:
        enrolled = {row.child_id: Person(row.child_first_name, row.child_last_name) for row in enrollments}
        return Names(children=short_names(enrolled))
    children = {
        child.child_id: Person(child.first_name, child.last_name, child.birth_on) for child in household.children
    }
    adults = {adult.adult_id: full_name(adult) for adult in household.adults}
    return Names(adults, short_names(children))


def short_names(children: Mapping[UUID, Person]) -> dict[UUID, str]:
    """Children by first name, and as much more as tells each from the others. Those of the same first name and initial, such as Emma M. and Emma M.,
    bear their birth dates whether or not their last names differ."""
    short = {child_id: _short(child) for child_id, child in children.items()}
    counts = Counter(short.values())
    names = first_names_apart({key: Person(child.first_name, child.last_name) for key, child in children.items()})
    alike = {key for key, name in short.items() if counts[name] > 1}
    return {
        key: f"{name} ({date_short(born_on)})" if key in alike and (born_on := children[key].birth_on) else name
        for key, name in names.items()
    }


def _short(child: Person) -> str:
    return f"{comparable(child.first_name or '')} {comparable(child.last_name or '')[:1]}"
