"""Who answers for a child and where the child lives, as an agent sees it."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Queries
from chassis.days import DateRange
from chassis.refusal import NotFound
from contracts.family.api import read_custody
from contracts.family.custody import (
    ChildFile,
    ChildFiles,
    ChildHome,
    ChildResidence,
    ChildResponsibility,
    ChildStay,
    ChildWithTurns,
    OwnStay,
)
from contracts.family.residence import stays
from contracts.history import HistoryEntry
from contracts.http import Page
from contracts.types import ActorKind

from ..households.queries import household_id_for
from ..people.domain import child_names
from ..people.store import load_children
from .domain import Custody, Home
from .store import load_custody

CUSTODY_ACTS: Final = frozenset(
    {"responsibility_changed", "responsibility_ended", "residence_changed", "home_days_changed"}
)
SHOWN: Final = timedelta(days=8 * 7 - 1)
"""How far ahead homes are shown."""


def as_far_as_open(actor: Actor, page: Page[HistoryEntry]) -> Page[HistoryEntry]:
    """A history whose acts about custody say what they changed, the evidence and the other home with it, only to agents who may read
    custody; that they were done, to every agent and to the family."""
    if actor.kind is not ActorKind.PARENT and read_custody.access.allows(actor.kind, actor.permissions):
        return page
    items = tuple(
        entry.model_copy(update={"before": None, "after": None}) if entry.action in CUSTODY_ACTS else entry
        for entry in page.items
    )
    return Page(items=items, next_cursor=page.next_cursor)


ADULT_NAMES_SQL = """
select adult_id, first_name || ' ' || last_name as name from adults where adult_id = any($1::uuid[])
"""


HOMES_SQL = """
select h.household_id, h.reference, coalesce(h.legal_name, p.first_name || ' ' || p.last_name, '') as payer_name,
       lower(m.during) as starts_on, upper(m.during) - 1 as ends_on
from household_members m join households h on h.household_id = m.household_id
left join adults p on p.adult_id = h.payer_adult_id
where m.person_id = $1 and not m.during << daterange($2, $2, '[]')
order by lower(m.during), h.reference
"""


async def child_files(db: Queries, child_id: UUID, today: date) -> ChildFiles:
    """The households of a child. Raises NotFound."""
    child = (await load_children(db, [child_id])).get(child_id)
    if child is None:
        raise NotFound
    return ChildFiles(
        child_id=child_id,
        first_name=child.first_name,
        last_name=child.last_name,
        homes=await _homes(db, child_id, today),
    )


async def _homes(db: Queries, child_id: UUID, today: date) -> tuple[ChildHome, ...]:
    return tuple(ChildHome.model_validate(dict(row)) for row in await db.fetch(HOMES_SQL, child_id, today))


async def child_file(db: Queries, child_id: UUID, today: date) -> ChildFile:
    """A child's custody, and where it is in the weeks to come. Raises NotFound."""
    child = (await load_children(db, [child_id])).get(child_id)
    if child is None:
        raise NotFound
    custody = await load_custody(db, child)
    ties = custody.in_order()
    rows = await db.fetch(ADULT_NAMES_SQL, [tie.adult_id for tie, _ in ties])
    names = {row["adult_id"]: row["name"] for row in rows}
    return ChildFile(
        child_id=child.child_id,
        first_name=child.first_name,
        last_name=child.last_name,
        birth_on=child.birth_on,
        responsibilities=tuple(
            ChildResponsibility(
                adult_id=tie.adult_id,
                adult_name=names[tie.adult_id],
                role=tie.role,
                authority=item.value.authority,
                evidence_kind=item.value.evidence.kind,
                evidence_on=item.value.evidence.dated_on,
                evidence=item.value.evidence.reference,
                starts_on=item.during.first,
                ends_on=item.during.ends_on,
            )
            for tie, item in ties
        ),
        residences=tuple(_residence(item.value, item.during) for item in custody.homes),
        swaps=tuple(
            ChildStay(household_id=item.value, starts_on=item.during.first, ends_on=item.during.last)
            for item in custody.swaps
        ),
        homes=await _homes(db, child_id, today),
        stays=tuple(
            ChildStay(household_id=stay.household_id, starts_on=stay.starts_on, ends_on=stay.ends_on)
            for stay in stays(custody.residences(), today, today + SHOWN)
        ),
    )


def _residence(home: Home, during: DateRange) -> ChildResidence:
    turns = home.turns
    return ChildResidence(
        pattern=home.pattern,
        household_ids=home.household_ids,
        anchor_on=home.anchor_on,
        change_weekday=turns.change_weekday,
        change_hour=turns.change_hour,
        second_home_days=turns.second_home_days,
        holidays_even_first_id=turns.holidays.even_first_id if turns.holidays else None,
        evidence_kind=home.evidence.kind,
        evidence_on=home.evidence.dated_on,
        evidence=home.evidence.reference,
        starts_on=during.first,
        ends_on=during.ends_on,
    )


# Whom an adult answers for is theirs to know; of a child whom a decision takes from them, nothing is.
CHILDREN_SQL = """
select m.person_id as child_id from household_members m
where m.household_id = $1 and m.kind = 'child' and m.during @> $2::date and ($3::uuid is null or exists (
    select from responsibilities r
    where r.child_id = m.person_id and r.adult_id = $3 and r.role in ('guardian', 'caretaker') and r.authority <> 'none'
      and r.during @> $2::date))
order by m.position
"""


async def children_in_turns(db: Database, actor: Actor, household_id: UUID | None) -> Page[ChildWithTurns]:
    """The children who live at a household by turns in the weeks to come, as that household may know it. Raises like `household_id_for`."""
    today = await db.today()
    home = await household_id_for(db, actor, household_id, today)
    rows = await db.fetch(CHILDREN_SQL, home, today, actor.guardian_id)
    children = await load_children(db, [row["child_id"] for row in rows])
    names = child_names(children.values())
    shown = [
        _as_known_at(home, await load_custody(db, children[row["child_id"]]), names[row["child_id"]], today)
        for row in rows
    ]
    return Page(items=tuple(child for child in shown if child is not None))


def _as_known_at(household_id: UUID, custody: Custody, name: str, today: date) -> ChildWithTurns | None:
    """A child's turns as one home may know them: here or not. None of a child that does not change homes."""
    known = list(stays(custody.residences(), today, today + SHOWN))
    if len(known) < 2 or household_id not in {stay.household_id for stay in known}:
        return None
    pattern = custody.homes.at(today)
    return ChildWithTurns(
        child_id=custody.child.child_id,
        first_name=name,
        change_hour=pattern.turns.change_hour if pattern else None,
        stays=tuple(
            OwnStay(
                is_here=None if stay.household_id is None else stay.household_id == household_id,
                starts_on=stay.starts_on,
                ends_on=stay.ends_on,
            )
            for stay in known
        ),
    )
