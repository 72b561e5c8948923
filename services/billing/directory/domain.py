"""From whom a decision keeps a child. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from chassis.days import DateRange, Days
from contracts.types import Authority, ResponsibilityRole


@dataclass(frozen=True, slots=True)
class Bond:
    """What an adult is to a child on some days; roles and authorities are as the event says them, which may know more."""

    adult_id: UUID
    role: str
    authority: str
    during: DateRange


def kept_apart(bonds: Iterable[Bond]) -> dict[UUID, Days]:
    """The adults whom a decision keeps from a child, and on which days: guardians whose authority it took, unless they have the child in care all the same."""
    taken, given = defaultdict[UUID, list[DateRange]](list), defaultdict[UUID, list[DateRange]](list)
    for bond in bonds:
        if bond.role == ResponsibilityRole.GUARDIAN and bond.authority == Authority.NONE:
            taken[bond.adult_id].append(bond.during)
        elif bond.role in (ResponsibilityRole.GUARDIAN, ResponsibilityRole.CARETAKER) and (
            bond.authority != Authority.NONE
        ):
            given[bond.adult_id].append(bond.during)
    apart = {adult_id: Days.of(ranges) - Days.of(given[adult_id]) for adult_id, ranges in taken.items()}
    return {adult_id: days for adult_id, days in apart.items() if days}
