"""Storage of merged files, and of what followed them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.data.database import Queries, Transaction
from contracts.family.events import HouseholdState

FORGET_MERGED_SQL = "delete from merged_files where household_id = $1"

FORGET_LEFT_SQL = """
delete from enrollments_left l using enrollments e where e.id = l.enrollment_id and e.household_id = $1
"""

KEEP_MERGED_SQL = "insert into merged_files (household_id, kept_id, last_on, actor_id) values ($1, $2, $3, $4)"

KEEP_PERSONS_SQL = """
insert into merged_persons (household_id, person_id, kept_person_id) select $1, * from unnest($2::uuid[], $3::uuid[])
"""


async def keep_merged(tx: Transaction, state: HouseholdState) -> None:
    """Take over whether a household's file is part of another one: its state is news."""
    await tx.execute(FORGET_MERGED_SQL, state.household_id)
    await tx.execute(FORGET_LEFT_SQL, state.household_id)
    if (merged := state.merged) is not None:
        same = merged.same_persons
        await tx.execute(KEEP_MERGED_SQL, state.household_id, merged.household_id, merged.last_on, merged.merged_by)
        await tx.execute(
            KEEP_PERSONS_SQL,
            state.household_id,
            [person.person_id for person in same],
            [person.kept_person_id for person in same],
        )


@dataclass(frozen=True, slots=True)
class Due:
    """An enrollment that is to go to a household, for a child, from a day on. `is_return`: it goes back to where it was."""

    enrollment_id: UUID
    household_id: UUID
    child_id: UUID
    from_on: date
    by: UUID
    is_return: bool


# What has begun stays. A household is followed once it is known that the child belongs to it: states of two files come in any order.
DUE_SQL = """
with wanted as (
    select e.id as enrollment_id, f.kept_id as household_id, coalesce(p.kept_person_id, e.child_id) as child_id,
           greatest(f.last_on, $1::date) + 1 as from_on, f.actor_id as by, false as is_return, e.days
    from merged_files f
    join enrollments e on e.household_id = f.household_id and e.status in ('requested', 'validated')
    left join merged_persons p on p.household_id = f.household_id and p.person_id = e.child_id
    where not exists (select from enrollments_left l where l.enrollment_id = e.id)
    union all
    select e.id, w.former_household_id, w.former_child_id, $1::date + 1, w.actor_id, true, e.days
    from followed_enrollments w join enrollments e on e.id = w.enrollment_id and e.status in ('requested', 'validated')
    where not exists (select from merged_files f where f.household_id = w.former_household_id)
      and not exists (select from enrollments_left l where l.enrollment_id = e.id)
)
select enrollment_id, household_id, child_id, from_on, by, is_return from wanted
where upper(days) > from_on and exists (
    select from household_children d
    where d.household_id = wanted.household_id and d.child_id = wanted.child_id and d.days @> greatest(lower(days), from_on))
order by enrollment_id limit 1
"""


async def next_due(db: Queries, today: date) -> Due | None:
    """The next enrollment that is to follow or to go back, if there is one."""
    row = await db.fetchrow(DUE_SQL, today)
    return Due(**dict(row)) if row else None


NOTE_FOLLOWED_SQL = """
insert into followed_enrollments (enrollment_id, former_household_id, former_child_id, actor_id) values ($1, $2, $3, $4)
"""

FORGET_FOLLOWED_SQL = "delete from followed_enrollments where enrollment_id = $1"


async def note_followed(tx: Transaction, begun_id: UUID, former: tuple[UUID, UUID], by: UUID) -> None:
    """Keep from where an enrollment came: the household and the child."""
    await tx.execute(NOTE_FOLLOWED_SQL, begun_id, *former, by)


async def forget_followed(tx: Transaction, enrollment_id: UUID) -> None:
    """An enrollment went back."""
    await tx.execute(FORGET_FOLLOWED_SQL, enrollment_id)


LEAVE_SQL = """
insert into enrollments_left (enrollment_id, code, noted_at) values ($1, $2, $3) on conflict (enrollment_id) do nothing
"""


async def leave(tx: Transaction, enrollment_id: UUID, code: str) -> None:
    """Leave an enrollment to an agent."""
    await tx.execute(LEAVE_SQL, enrollment_id, code, await tx.now())
