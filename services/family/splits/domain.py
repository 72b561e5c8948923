"""Taking members of a file out into a new one: who belongs where from a day on, and who pays. Pure.

Authority is not touched: a separation changes nothing of it (Code civil, 373-2). A child who goes along lives in the new home where it lived in the former one
alone; of any other nothing is guessed.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from chassis.days import DateRange, Days
from chassis.refusal import FieldRefusal, Invalid, Refusal
from chassis.timeline import Timeline
from contracts.types import ResidencePattern

from ..custody.domain import Custody, Home, without_household
from ..households.domain import Address, HouseholdFile, Member, left, paying, without_payer
from ..people.domain import text_faults
from ..protection.domain import Protection

FROM_DAYS_MAX: Final = 366
"""How far from today a split may be, before or ahead."""


@dataclass(frozen=True, slots=True)
class Parting:
    """What an agent says of a split: `adult_ids` leave; of the children, who goes along and who belongs to both files; the others stay."""

    from_on: date
    adult_ids: tuple[UUID, ...]
    along: tuple[UUID, ...]
    both: tuple[UUID, ...]
    address: Address
    payer_id: UUID
    former_payer_id: UUID | None
    secret_reason: str | None = None

    @property
    def days(self) -> Days:
        """From the day of the split on."""
        return Days.between(self.from_on)


@dataclass(frozen=True, slots=True)
class Halves:
    """The two files that a split makes of one."""

    former: HouseholdFile
    new: HouseholdFile


def split(file: HouseholdFile, parting: Parting, new: HouseholdFile, today: date) -> Halves | Refusal:
    """The file without those who leave, and `new`, an empty one, with them; or what is against it."""
    if faults := list(_faults(file, parting, today)):
        return Invalid(*faults)
    gone, days = (*parting.adult_ids, *parting.along), parting.days
    former = file
    for person_id in gone:
        former = replace(
            former,
            adult_members=left(former.adult_members, person_id, days),
            child_members=left(former.child_members, person_id, days),
            payers=without_payer(former.payers, person_id, days),
        )
    if parting.former_payer_id is not None:
        payers = paying(former, parting.former_payer_id, DateRange(parting.from_on))
        if isinstance(payers, Refusal):
            return Invalid(FieldRefusal("/former_payer_id", "payer_not_staying"))
        former = replace(former, payers=payers)
    elif former.payers.at(parting.from_on) is None:
        return Invalid(FieldRefusal("/former_payer_id", "missing"))
    moving = {*gone, *parting.both}
    adult_members = tuple(_from_then(file.adult_members, moving, days))
    paid = Days.of(member.during for member in adult_members if member.person_id == parting.payer_id)
    return Halves(
        former,
        replace(
            new,
            address=parting.address.as_kept(),
            adults=tuple(adult for adult in file.adults if adult.adult_id in moving),
            children=tuple(child for child in file.children if child.child_id in moving),
            adult_members=adult_members,
            child_members=tuple(_from_then(file.child_members, moving, days)),
            payers=Timeline.of([(during, parting.payer_id) for during in paid]),
        ),
    )


def protection_after(
    file: HouseholdFile, former: Protection | None, parting: Parting, today: date
) -> Protection | None:
    """How the new address is protected from the start: as an agent says, or else as the former one is, since nobody knows yet from whom who leaves is kept."""
    if parting.secret_reason is not None:
        return Protection(parting.secret_reason, today, None)
    return former if file.address is None else None


def custody_after(custody: Custody, former_id: UUID, new_id: UUID, from_on: date) -> Custody:
    """The custody of a child who goes along: it lives in the new home on the days on which it lived in the former one alone."""
    alone = Timeline.of(
        (item.during, item.value)
        for item in custody.homes.within(Days.between(from_on))
        if item.value.household_ids == (former_id,)
    )
    moved = without_household(custody, former_id, Days.between(from_on))
    homes = moved.homes
    for item in alone:
        homes = homes.put(item.during, Home(ResidencePattern.SINGLE, (new_id,), evidence=item.value.evidence))
    return replace(moved, homes=homes)


def is_to_place(custody: Custody, from_on: date, *, has_two_homes: bool) -> bool:
    """Whether an agent is to say where a child lives from then on: nothing does, or it has two homes and lives at one."""
    home = custody.homes.at(from_on)
    return home is None or (has_two_homes and home.pattern is ResidencePattern.SINGLE)


def fingerprint(file: HouseholdFile, parting: Parting) -> str:
    """A hash of what a preview was made of: the file as it is, and what was asked."""
    seen = [
        file.state().payload(),
        parting.from_on.isoformat(),
        [str(person_id) for ids in (parting.adult_ids, parting.along, parting.both) for person_id in (*ids, "")],
        parting.address.as_kept().printed(),
        str(parting.payer_id),
        str(parting.former_payer_id),
        str(parting.secret_reason),
    ]
    return hashlib.sha256(json.dumps(seen, default=str).encode()).hexdigest()


def _faults(file: HouseholdFile, parting: Parting, today: date) -> Iterator[FieldRefusal]:
    first, last = today - timedelta(days=FROM_DAYS_MAX), today + timedelta(days=FROM_DAYS_MAX)
    if not first <= parting.from_on <= last:
        yield FieldRefusal("/from_on", "split_day_out_of_range", (("first_on", first), ("last_on", last)))
        return
    yield from text_faults(parting.address.texts())
    adults = {member.person_id for member in _from_then(file.adult_members, None, parting.days)}
    children = {member.person_id for member in _from_then(file.child_members, None, parting.days)}
    present = {member.person_id for member in file.adult_members if parting.from_on in member.during}
    if not set(parting.adult_ids) <= adults & present:
        yield FieldRefusal("/adult_ids", "not_there_by_then", (("from_on", parting.from_on),))
    elif not present - set(parting.adult_ids):
        yield FieldRefusal("/adult_ids", "nobody_stays")
    named = (*parting.along, *parting.both)
    if not set(named) <= children or len(set(named)) != len(named):
        yield FieldRefusal("/children", "not_there_by_then", (("from_on", parting.from_on),))
    if parting.payer_id not in parting.adult_ids:
        yield FieldRefusal("/payer_adult_id", "payer_not_leaving")


def _from_then(members: tuple[Member, ...], among: set[UUID] | None, days: Days) -> Iterator[Member]:
    """The memberships of these people, of all without any named, on these days."""
    for member in members:
        if among is None or member.person_id in among:
            yield from (Member(member.person_id, part) for part in Days((member.during,)) & days)
