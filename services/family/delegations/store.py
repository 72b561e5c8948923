"""Storage of delegations: one changes under its own lock, and is published whole."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from contracts.family.events import DelegatedAct, DelegationEnd

from ..people.domain import comparable_email
from .domain import Delegation, Ground

# By joint authority nobody answers for a child whom another answers for alone. Of a child whom a decision entrusts to somebody else, these do the
# usual acts that a delegation is about (Code civil, 373-4), whatever authority its parents keep; and what was entrusted is not entrusted on.
GROUND_SQL = """
select m.person_id as child_id, exists (
    select from responsibilities r
    where r.child_id = m.person_id and r.adult_id = $2 and r.role = 'guardian' and r.during @> $3::date
      and r.authority in ('sole', 'joint') and not exists (
          select from responsibilities o
          where o.child_id = r.child_id and o.adult_id <> $2 and o.during @> $3::date
            and (o.role = 'caretaker' or o.role = 'guardian' and o.authority = 'sole' and r.authority = 'joint'))) as is_answered_for
from household_members m
where m.household_id = $1 and m.kind = 'child' and m.during @> $3::date
"""

IS_MEMBER_SQL = """
select exists (
    select from household_members
    where household_id = $1 and person_id = $2 and kind = 'adult' and during @> $3::date)
"""


async def load_ground(db: Queries, household_id: UUID, parent_id: UUID, today: date) -> Ground:
    """What a parent stands on in a household."""
    rows = await db.fetch(GROUND_SQL, household_id, parent_id, today)
    return Ground(
        bool(await db.fetchval(IS_MEMBER_SQL, household_id, parent_id, today)),
        frozenset(row["child_id"] for row in rows),
        frozenset(row["child_id"] for row in rows if row["is_answered_for"]),
    )


# Those of one address have one account, and may each act in it as the other.
DELEGATE_TODAY_SQL = """
select o.adult_id = $2 as is_parent, r.child_id
from delegates h left join adults a on a.adult_id = h.adult_id
join adults o on o.adult_id = h.delegate_id or o.email_key = coalesce(h.email_key, a.email_key)
left join responsibilities r
    on r.adult_id = o.adult_id and r.child_id = any($3::uuid[]) and r.role = 'forbidden_pickup' and r.during @> $4::date
where h.delegate_id = $1
"""


async def load_standing(db: Queries, known: Delegation, today: date) -> Ground:
    """What a delegation stands on: what its parent does, and what is known by now of whoever holds it."""
    ground = await load_ground(db, known.household_id, known.parent_id, today)
    rows = await db.fetch(DELEGATE_TODAY_SQL, known.delegate_id, known.parent_id, known.child_ids, today)
    return replace(
        ground,
        kept_away=frozenset(row["child_id"] for row in rows if row["child_id"]),
        is_joined=any(row["is_parent"] for row in rows),
    )


HOME_EMAILS_SQL = """
select a.email_key from adults a join household_members m on m.person_id = a.adult_id
where m.household_id = $1 and m.kind = 'adult' and m.during @> $2::date and a.email_key is not null
"""


async def home_emails(db: Queries, household_id: UUID, today: date) -> frozenset[str]:
    """The addresses of the adults of a household, as they are compared."""
    return frozenset(row["email_key"] for row in await db.fetch(HOME_EMAILS_SQL, household_id, today))


GIVEN_COUNT_SQL = "select count(*) from delegations where household_id = $1 and (ending is null or given_at > $2)"


async def given_count(db: Queries, household_id: UUID, since: datetime) -> int:
    """How many delegations of a household stand, or were given lately."""
    return int(await db.fetchval(GIVEN_COUNT_SQL, household_id, since))


HOLDS_SQL = """
select exists (
    select from delegations
    where household_id = $1 and parent_id = $2 and (delegate_id = $3 or email_key = $4) and ending is null)
"""


async def holds(db: Queries, given: Delegation) -> bool:
    """Whether somebody, or whoever shares their address, holds a delegation of this parent and household."""
    ids = (given.household_id, given.parent_id, given.delegate_id)
    return bool(await db.fetchval(HOLDS_SQL, *ids, comparable_email(given.email)))


ADD_DELEGATION_SQL = """
insert into delegations (delegation_id, household_id, parent_id, delegate_id, first_name, last_name, email, email_key, child_ids, acts, begins_on,
                         ends_on, given_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""


async def add_delegation(tx: Transaction, given: Delegation) -> None:
    """Store a delegation."""
    await tx.execute(
        ADD_DELEGATION_SQL,
        given.delegation_id,
        given.household_id,
        given.parent_id,
        given.delegate_id,
        given.first_name,
        given.last_name,
        given.email,
        comparable_email(given.email),
        given.child_ids,
        [act.value for act in given.acts],
        given.begins_on,
        given.ends_on,
        given.given_at,
    )


LOCK_DELEGATION_SQL = """
select delegation_id, household_id, parent_id, delegate_id, first_name, last_name, email, child_ids, acts, begins_on, ends_on, given_at,
       left_child_ids, ending, ended_at, end_reason
from delegations where delegation_id = $1 for update
"""


async def lock_delegation(tx: Transaction, delegation_id: UUID) -> Delegation | None:
    """A delegation, held until the transaction ends."""
    row = await tx.fetchrow(LOCK_DELEGATION_SQL, delegation_id)
    return delegation_of(row) if row else None


GIVEN_BY_SQL = "select delegation_id from delegations where parent_id = $1 and ending is null order by delegation_id"


async def given_by(tx: Transaction, parent_id: UUID) -> list[UUID]:
    """Delegations of a parent that stand, whose households are held."""
    return [row["delegation_id"] for row in await tx.fetch(GIVEN_BY_SQL, parent_id)]


END_DELEGATION_SQL = "update delegations set ending = $2, ended_at = $3, end_reason = $4 where delegation_id = $1"


async def save_end(tx: Transaction, ended: Delegation) -> None:
    """Write how a delegation ended."""
    await tx.execute(END_DELEGATION_SQL, ended.delegation_id, ended.end, ended.ended_at, ended.end_reason)


SAVE_CHILDREN_SQL = "update delegations set child_ids = $2, left_child_ids = $3 where delegation_id = $1"


async def save_children(tx: Transaction, known: Delegation) -> None:
    """Write for whom a delegation lasts, and for whom no more."""
    await tx.execute(SAVE_CHILDREN_SQL, known.delegation_id, known.child_ids, known.left_child_ids)


# What stands on nothing any more, or on less, as `domain.ending` says it; each is judged again under its lock.
FALLEN_SQL = """
select d.delegation_id from delegations d
where d.ending is null and (d.ends_on < $1::date
    or not exists (
        select from household_members p
        where p.household_id = d.household_id and p.person_id = d.parent_id and p.kind = 'adult' and p.during @> $1::date)
    or not exists (
        select from household_members m
        join responsibilities r on r.child_id = m.person_id
        where m.household_id = d.household_id and m.person_id = any(d.child_ids) and m.during @> $1::date
          and r.adult_id = d.parent_id and r.role = 'guardian' and r.during @> $1::date
          and r.authority in ('sole', 'joint') and not exists (
              select from responsibilities o
              where o.child_id = r.child_id and o.adult_id <> d.parent_id and o.during @> $1::date
                and (o.role = 'caretaker' or o.role = 'guardian' and o.authority = 'sole' and r.authority = 'joint')))
    or exists (
        select from delegates h left join adults a on a.adult_id = h.adult_id
        join adults o on o.adult_id = d.delegate_id or o.email_key = coalesce(h.email_key, a.email_key)
        where h.delegate_id = d.delegate_id and (o.adult_id = d.parent_id or exists (
            select from responsibilities r
            where r.adult_id = o.adult_id and r.child_id = any(d.child_ids) and r.role = 'forbidden_pickup' and r.during @> $1::date))))
order by d.delegation_id limit $2
"""


async def fallen(db: Queries, today: date, limit: int) -> list[UUID]:
    """Delegations that something ended, or narrowed, which nobody did."""
    return [row["delegation_id"] for row in await db.fetch(FALLEN_SQL, today, limit)]


# Of two that would be one, of one parent and household, that of the former id has ended already: `commands` saw to it.
MOVE_DELEGATIONS_SQL = "update delegations set delegate_id = $2 where delegate_id = $1"

TWICE_HELD_SQL = """
select mine.delegation_id from delegations mine
join delegations other on other.household_id = mine.household_id and other.parent_id = mine.parent_id and other.ending is null
where mine.delegate_id = $1 and mine.ending is null and other.delegate_id = $2
"""

OF_DELEGATE_SQL = """
select delegation_id, household_id, parent_id, delegate_id, first_name, last_name, email, child_ids, acts, begins_on, ends_on, given_at,
       left_child_ids, ending, ended_at, end_reason
from delegations where delegate_id = $1 order by delegation_id for update
"""


async def twice_held(tx: Transaction, delegate_id: UUID, adult_id: UUID) -> list[UUID]:
    """Delegations of a delegate that an adult, who is the same person, holds too."""
    return [row["delegation_id"] for row in await tx.fetch(TWICE_HELD_SQL, delegate_id, adult_id)]


async def move_delegations(tx: Transaction, delegate_id: UUID, adult_id: UUID) -> list[Delegation]:
    """Let an adult hold what a delegate held; what they hold now."""
    await tx.execute(MOVE_DELEGATIONS_SQL, delegate_id, adult_id)
    return [delegation_of(row) for row in await tx.fetch(OF_DELEGATE_SQL, adult_id)]


REMOVE_OLD_SQL = """
delete from delegations where delegation_id in (
    select delegation_id from delegations where ended_at < $1 order by ended_at limit $2 for update skip locked)
returning delegation_id, delegate_id
"""


async def remove_old(tx: Transaction, ended_by: datetime, limit: int) -> list[Row]:
    """Forget delegations that ended by then; `delegation_id` and `delegate_id` of each."""
    return await tx.fetch(REMOVE_OLD_SQL, ended_by, limit)


def delegation_of(row: Row) -> Delegation:
    """A delegation of a row that holds its columns."""
    made = ("end", "child_ids", "left_child_ids", "acts")
    return Delegation(
        **{name: row[name] for name in Delegation.__dataclass_fields__ if name not in made},
        child_ids=tuple(row["child_ids"]),
        left_child_ids=tuple(row["left_child_ids"]),
        acts=tuple(DelegatedAct(act) for act in row["acts"]),
        end=DelegationEnd(row["ending"]) if row["ending"] else None,
    )
