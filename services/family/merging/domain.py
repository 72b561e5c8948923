"""What comes of merging two files of one household, and what stands against it. Pure.

People are moved, not copied: whoever is in the file that goes comes to the one that is kept, with their days from today on. Somebody whom both files
name is one person of the two, the one of the file that is kept. The day that has begun stays where it is (`Both.last_on`); from the next one on,
homes and payers are those of the file that is kept. Nothing is guessed: whatever the files say differently of a child is refused.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final, TypeVar
from uuid import UUID

from chassis.days import ONE_DAY, Days
from chassis.refusal import FieldRefusal, Invalid, Refusal
from chassis.timeline import Timeline

from ..custody.domain import Custody, Grant, Home, Tie, Turns
from ..errors import (
    ChangesWait,
    CustodyDiffers,
    FileReceivedAnother,
    FilesAreTwoHomes,
    FilesOfOrganizations,
    HealthDiffers,
    HouseholdArchived,
    MergedAddressProtected,
    PersonInThirdFile,
)
from ..households.domain import HouseholdFile, Member, joined, left
from ..people.domain import Adult, Child

ValueT = TypeVar("ValueT")
UNDO_TIME: Final = timedelta(days=30)
"""For how long a merge can be undone."""


@dataclass(frozen=True, slots=True)
class Both:
    """Two files, with all that decides on their merge. `custodies` are of the children of either; `elsewhere` has a third file of whoever stands in one;
    `cared_for` are the children of whom something is said about their health; `received` is a file that the one that goes took in."""

    kept: HouseholdFile
    former: HouseholdFile
    custodies: Mapping[UUID, Custody]
    last_on: date
    elsewhere: Mapping[UUID, str] = field(default_factory=dict)
    cared_for: frozenset[UUID] = frozenset()
    received: str | None = None
    waiting_count: int = 0

    @property
    def today(self) -> Days:
        """The days from today on."""
        return Days.between(self.last_on)

    @property
    def later(self) -> Days:
        """The days from which homes and payers are those of the file that is kept."""
        return Days.between(self.last_on + ONE_DAY)

    @property
    def until_now(self) -> Days:
        """The days that stay as they are."""
        return Days.between(None, self.last_on)

    def fingerprint(self) -> str:
        """A hash of what a preview was made of."""
        custodies = [
            (custody.child, custody.in_order(), custody.homes, custody.swaps) for custody in self.custodies.values()
        ]
        seen = (self.kept, self.former, custodies, self.last_on, sorted(self.elsewhere.items()), sorted(self.cared_for))
        return hashlib.sha256(repr((seen, self.received, self.waiting_count)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody of the file that goes is somebody of the file that is kept."""

    person_id: UUID
    kept_person_id: UUID
    is_phone_taken: bool = False
    is_email_taken: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """Both files and whoever's custody and contacts are others by now."""

    kept: HouseholdFile
    former: HouseholdFile
    custodies: tuple[Custody, ...]
    adults: tuple[Adult, ...]
    same: Mapping[UUID, UUID]


def merged(both: Both, matches: Sequence[Match], *, is_address_taken: bool = False) -> Merged | Refusal:
    """Both files once they are one, or why they cannot be."""
    if refusal := _files_refusal(both) or _matches_refusal(both, matches):
        return refusal
    same = {match.person_id: match.kept_person_id for match in matches}
    custodies: dict[UUID, Custody] = {}
    for child in both.former.children:
        changed = _custody_along(both, child, same)
        if isinstance(changed, Refusal):
            return changed
        custodies |= {custody.child.child_id: custody for custody in changed}
    kept, former = both.kept, both.former
    later, people = both.later, {member.person_id for member in (*former.adult_members, *former.child_members)}
    payers = former.payers.within(both.later - kept.payers.days).map(lambda adult_id: same.get(adult_id, adult_id))
    adults = tuple(_with_contacts(both, match) for match in matches if match.is_phone_taken or match.is_email_taken)
    return Merged(
        kept=replace(
            kept,
            address=former.address if is_address_taken else kept.address,
            adult_members=_joined(both, kept.adult_members, former.adult_members, same),
            child_members=_joined(both, kept.child_members, former.child_members, same),
            payers=Timeline.of((item.during, item.value) for item in (*kept.payers, *payers)),
        ),
        former=replace(
            former,
            adult_members=_left(former.adult_members, people, later),
            child_members=_left(former.child_members, people, later),
            payers=former.payers.without(later),
        ),
        custodies=tuple(custodies.values()),
        adults=adults,
        same=same,
    )


def _files_refusal(both: Both) -> Refusal | None:
    """What stands against a merge whoever is whom."""
    if both.kept.organization is not None or both.former.organization is not None:
        return FilesOfOrganizations()
    for file in (both.kept, both.former):
        if file.archived_on is not None:
            return HouseholdArchived(reference=file.reference)
        if file.address is None:
            return MergedAddressProtected(reference=file.reference)
    if both.received is not None:
        return FileReceivedAnother(reference=both.former.reference, received=both.received)
    if both.waiting_count:
        return ChangesWait(reference=both.former.reference, count=both.waiting_count)
    return None


def _matches_refusal(both: Both, matches: Sequence[Match]) -> Refusal | None:
    """Why these are no matches: each is of two people of one kind, one of either file, and nobody is two people."""
    faults = [
        FieldRefusal(f"/matches/{place}/kept_person_id", "match_does_not_fit")
        for place, match in enumerate(matches)
        if not _fits(both, match)
        or [other.kept_person_id for other in matches].count(match.kept_person_id) > 1
        or [other.person_id for other in matches].count(match.person_id) > 1
    ]
    if faults:
        return Invalid(*faults)
    names = {child.child_id: child.first_name for child in both.former.children}
    names |= {adult.adult_id: adult.first_name for adult in both.former.adults}
    for match in matches:
        if match.person_id in both.elsewhere:
            return PersonInThirdFile(name=names[match.person_id], reference=both.elsewhere[match.person_id])
        if {match.person_id, match.kept_person_id} <= both.cared_for:
            return HealthDiffers(name=names[match.person_id])
    return None


def _fits(both: Both, match: Match) -> bool:
    """Whether somebody of one file may be somebody of the other. Whom both files name is one person already."""
    pairs = ((both.former.adult_members, both.kept.adult_members), (both.former.child_members, both.kept.child_members))
    return any(
        match.person_id in _ids(former) - _ids(kept) and match.kept_person_id in _ids(kept) - _ids(former)
        for former, kept in pairs
    )


def _ids(members: Sequence[Member]) -> set[UUID]:
    return {member.person_id for member in members}


def _joined(
    both: Both, kept: tuple[Member, ...], former: Sequence[Member], same: Mapping[UUID, UUID]
) -> tuple[Member, ...]:
    """The members of a file once those of another one belong to it from today on."""
    for member in former:
        for during in Days((member.during,)) & both.today:
            kept = joined(kept, same.get(member.person_id, member.person_id), during)
    return kept


def _left(members: tuple[Member, ...], people: set[UUID], gone: Days) -> tuple[Member, ...]:
    for person_id in people:
        members = left(members, person_id, gone)
    return members


def _with_contacts(both: Both, match: Match) -> Adult:
    """An adult of the file that is kept, with what of the other file's is right. An address of their own is never taken from anybody."""
    former = next(adult for adult in both.former.adults if adult.adult_id == match.person_id)
    kept = next(adult for adult in both.kept.adults if adult.adult_id == match.kept_person_id)
    if match.is_phone_taken:
        kept = replace(kept, phone=former.phone)
    if match.is_email_taken and kept.email is None:
        kept = replace(kept, email=former.email, is_invited=former.is_invited)
    return replace(kept, revision=kept.revision + 1)


def _custody_along(both: Both, child: Child, same: Mapping[UUID, UUID]) -> list[Custody] | Refusal:
    """The custody of a child of the file that goes, and of the child whom it is, once homes and adults are those of the file that is kept."""
    custody = both.custodies[child.child_id]
    former_id, kept_id = both.former.household_id, both.kept.household_id
    if any({former_id, kept_id} <= set(item.value.household_ids) for item in custody.homes.within(both.later)):
        return FilesAreTwoHomes(name=child.first_name)
    if child.child_id not in same:
        ties = _ties_along(both, custody, custody.ties, same)
        if ties is None:
            return CustodyDiffers(name=child.first_name)
        homes = custody.homes.within(both.later).map(lambda home: _home_along(home, former_id, kept_id))
        swaps = custody.swaps.within(both.later).map(lambda home_id: kept_id if home_id == former_id else home_id)
        return [
            replace(
                custody,
                ties=ties,
                homes=_then(both, custody.homes, homes),
                swaps=_then(both, custody.swaps, swaps),
            )
        ]
    other = both.custodies[same[child.child_id]]
    ties = _ties_along(both, custody, other.ties, same)
    if ties is None:
        return CustodyDiffers(name=child.first_name)
    gone = replace(
        custody,
        ties={tie: grants.within(both.until_now) for tie, grants in custody.ties.items()},
        homes=custody.homes.within(both.until_now),
        swaps=custody.swaps.within(both.until_now),
    )
    return [gone, replace(other, ties=ties)]


def _then(both: Both, before: Timeline[ValueT], after: Timeline[ValueT]) -> Timeline[ValueT]:
    """What stood until now, and something else from then on."""
    return Timeline.of((item.during, item.value) for item in (*before.within(both.until_now), *after))


def _ties_along(
    both: Both, custody: Custody, into: Mapping[Tie, Timeline[Grant]], same: Mapping[UUID, UUID]
) -> dict[Tie, Timeline[Grant]] | None:
    """What adults are to a child once those of the file that goes are those of the file that is kept; None where the files say of one of them that
    they have authority and that they have none."""
    ties = dict(into)
    for tie, grants in custody.ties.items():
        target = replace(tie, adult_id=same.get(tie.adult_id, tie.adult_id))
        if into is custody.ties and target == tie:
            continue
        coming = grants.within(both.later)
        known = ties.get(target, Timeline())
        if any(_differ(known, coming)):
            return None
        if into is custody.ties:
            ties[tie] = grants.within(both.until_now)
        missing = coming.within(both.later - known.days)
        ties[target] = Timeline.of((item.during, item.value) for item in (*known, *missing))
    return {tie: grants for tie, grants in ties.items() if grants.slices}


def _differ(known: Timeline[Grant], coming: Timeline[Grant]) -> Iterator[bool]:
    """For each day of which both say something, whether the authority is another."""
    for item in coming:
        for other in known.within(Days((item.during,))):
            yield other.value.authority is not item.value.authority


def _home_along(home: Home, former_id: UUID, kept_id: UUID) -> Home:
    """Where a child lives once one of its homes is another file."""

    def of(household_id: UUID) -> UUID:
        return kept_id if household_id == former_id else household_id

    holidays = home.turns.holidays
    if holidays is not None:
        holidays = holidays.model_copy(update={"even_first_id": of(holidays.even_first_id)})
    turns = Turns(home.turns.change_weekday, home.turns.change_hour, home.turns.second_home_days, holidays)
    return replace(home, household_ids=tuple(of(household_id) for household_id in home.household_ids), turns=turns)
