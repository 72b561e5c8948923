"""Putting a file aside, and taking it up again: who belongs to it then. Pure. Who pays, where children live and what was agreed stand as they were."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from chassis.days import Days

from ..households.domain import HouseholdFile, Member, joined, left


def put_aside(file: HouseholdFile, today: date) -> tuple[HouseholdFile, tuple[Member, ...]]:
    """A file to which nobody belongs from today on, and who did on which days."""
    gone = Days.between(today)
    members = (*file.adult_members, *file.child_members)
    aside = tuple(member for member in members if not gone.is_disjoint(Days((member.during,))))
    archived = replace(file, archived_on=today)
    for member in aside:
        archived = replace(
            archived,
            adult_members=left(archived.adult_members, member.person_id, gone),
            child_members=left(archived.child_members, member.person_id, gone),
        )
    return archived, aside


def taken_up(file: HouseholdFile, adults: Iterable[Member], children: Iterable[Member], today: date) -> HouseholdFile:
    """A file to which those who belonged to it when it was put aside do again from today on, as long as they would have."""
    adult_members, child_members = file.adult_members, file.child_members
    for member in adults:
        adult_members = _back(adult_members, member, today)
    for member in children:
        child_members = _back(child_members, member, today)
    return replace(file, archived_on=None, adult_members=adult_members, child_members=child_members)


def _back(members: tuple[Member, ...], member: Member, today: date) -> tuple[Member, ...]:
    for during in Days((member.during,)) & Days.between(today):
        members = joined(members, member.person_id, during)
    return members
