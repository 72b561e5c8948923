"""What agents see of a merge before it is made, and after."""

from uuid import UUID

from chassis.comparing import comparable_name
from chassis.data.database import Database, Queries
from chassis.refusal import Refusal
from contracts.family.merging import (
    FileMerge,
    FileMergePreview,
    KeptPerson,
    MergedPerson,
    Obstacle,
    PersonKind,
)
from contracts.http import PAGE_SIZE, Page

from ..duplicates.domain import is_alike
from ..households.domain import HouseholdFile
from ..households.queries import read_household
from ..people.domain import Adult, Child, is_same_email
from .domain import UNDO_TIME, Both, Match, merged
from .store import MergeRecord, load_both, merges_of, standing_of

DELEGATIONS_SQL = "select count(*) from delegations where household_id = $1 and ending is null"


async def preview(db: Database, kept_id: UUID, former_id: UUID) -> FileMergePreview:
    """What comes of merging a file into one. Raises NotFound, HouseholdMerged."""
    both = await load_both(db, kept_id, former_id)
    proposed = proposals(both)
    decision = merged(both, [Match(went, stays) for went, stays in proposed.items()])
    shared = {person.person_id for person in _people(both.kept)}
    people = _people(both.former)
    return FileMergePreview(
        people=tuple(
            MergedPerson(
                **person.model_dump(),
                kept_person_id=proposed.get(person.person_id),
                is_same=person.person_id in shared,
            )
            for person in people
        ),
        kept_people=tuple(_people(both.kept)),
        delegation_count=await db.fetchval(DELEGATIONS_SQL, former_id),
        obstacle=Obstacle(code=decision.code(), params=dict(decision.params))
        if isinstance(decision, Refusal)
        else None,
        last_on=both.last_on,
        undo_days=UNDO_TIME.days,
        fingerprint=both.fingerprint(),
    )


def proposals(both: Both) -> dict[UUID, UUID]:
    """Who of the file that goes seems to be whom of the other one: each is proposed once, and an agent judges."""
    known = {person.person_id for person in _people(both.kept)}
    of_former = {person.person_id for person in _people(both.former)}
    proposed: dict[UUID, UUID] = {}
    for adult in both.former.adults:
        for other in both.kept.adults:
            if adult.adult_id not in known and other.adult_id not in proposed.values() and _seem_one(adult, other):
                proposed.setdefault(adult.adult_id, other.adult_id)
    for child in both.former.children:
        for twin in both.kept.children:
            if child.child_id in known or twin.child_id in proposed.values() or child.birth_on != twin.birth_on:
                continue
            if is_alike((child.first_name, child.last_name), (twin.first_name, twin.last_name)):
                proposed.setdefault(child.child_id, twin.child_id)
    return {went: stays for went, stays in proposed.items() if stays not in of_former}


def _seem_one(one: Adult, other: Adult) -> bool:
    """Whether two adults of two files seem to be one: by their name alone, for their files are alike already."""
    names = (comparable_name(one.first_name, one.last_name), comparable_name(other.first_name, other.last_name))
    if names[0] == names[1]:
        return True
    is_reached_alike = bool(one.phone and one.phone == other.phone) or bool(
        one.email and is_same_email(one.email, other.email)
    )
    return is_reached_alike and is_alike((one.first_name, one.last_name), (other.first_name, other.last_name))


def _people(file: HouseholdFile) -> list[KeptPerson]:
    everybody: tuple[Adult | Child, ...] = (*file.adults, *file.children)
    return [_shown(person) for person in everybody]


def _shown(person: Adult | Child) -> KeptPerson:
    name = f"{person.first_name} {person.last_name}"
    if isinstance(person, Child):
        return KeptPerson(
            person_id=person.child_id,
            kind=PersonKind.CHILD,
            name=name,
            birth_on=person.birth_on,
            phone=None,
            email=None,
        )
    return KeptPerson(
        person_id=person.adult_id,
        kind=PersonKind.ADULT,
        name=name,
        birth_on=None,
        phone=person.phone,
        email=person.email,
    )


async def file_merges(db: Database, household_id: UUID) -> Page[FileMerge]:
    """The merges that a file was part of, the newest first. Raises NotFound."""
    await read_household(db, household_id, await db.today())
    return Page(items=tuple([await answer(db, merge) for merge in await merges_of(db, household_id, PAGE_SIZE)]))


async def answer(db: Queries, merge: MergeRecord) -> FileMerge:
    """A merge as an agent sees it."""
    standing = None if merge.undone_at else await standing_of(db, merge)
    return FileMerge(
        merge_id=merge.merge_id,
        kept_id=merge.kept_id,
        kept_reference=merge.kept_reference,
        former_id=merge.former_id,
        former_reference=merge.former_reference,
        last_on=merge.last_on,
        merged_at=merge.merged_at,
        undo_ends_at=merge.undo_ends_at,
        undone_at=merge.undone_at,
        blocked_by=tuple(part.value for part in standing.changed) if standing else (),
    )
