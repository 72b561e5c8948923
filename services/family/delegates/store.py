"""Storage of those who help families: which person has an address today, and for whom they are known."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from chassis.comparing import comparable_name
from chassis.data.database import Queries, Row, Transaction
from contracts.family.events import DelegateName

from ..people.domain import comparable_email
from .domain import Delegate

# Several adults may have one address, and one account then: whoever has the name that was said is meant, or else the first of them. Who left
# their household may have no account to act by, and is invited like anybody else.
INVITED_AT_SQL = """
select a.adult_id as delegate_id, a.first_name, a.last_name, null as email from adults a
where a.is_invited and a.email_key = $1 and exists (
    select from household_members m where m.person_id = a.adult_id and m.kind = 'adult' and not m.during << daterange($3, $3, '[]'))
order by a.name_key <> $2, a.adult_id limit 1
"""

DELEGATE_AT_SQL = "select delegate_id, first_name, last_name, email, left_at from delegates where email_key = $1"


async def delegate_at(tx: Transaction, email: str, first_name: str, last_name: str) -> tuple[Delegate | None, bool]:
    """Who has an address, whose turn is taken, and whether they have an account: an adult whom a file invites there, and who belongs to its
    household or will, comes first, of several the one who is called so."""
    key = comparable_email(email)
    if row := await tx.fetchrow(INVITED_AT_SQL, key, comparable_name(first_name, last_name), await tx.today()):
        return Delegate(**row), True
    row = await tx.fetchrow(DELEGATE_AT_SQL, key)
    return (_delegate(row), row["left_at"] is None) if row else (None, False)


KEEP_DELEGATE_SQL = """
insert into delegates (delegate_id, adult_id, first_name, last_name, email, email_key, created_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (delegate_id) do update set left_at = null
"""


async def keep_delegate(tx: Transaction, delegate: Delegate) -> None:
    """Store a delegate, unless they are known; their account is wanted again."""
    adult_id = delegate.delegate_id if delegate.email is None else None
    key = comparable_email(delegate.email) if delegate.email else None
    names = (delegate.first_name, delegate.last_name)
    await tx.execute(KEEP_DELEGATE_SQL, delegate.delegate_id, adult_id, *names, delegate.email, key, await tx.now())


# Those of one address have one account, and may each act in it as the other; whoever left a file has their address still.
KEPT_AWAY_SQL = """
select exists (
    select from responsibilities
    where (adult_id = $1 or adult_id in (select adult_id from adults where email_key = $4))
      and child_id = any($2::uuid[]) and role = 'forbidden_pickup' and during @> $3::date)
"""


async def is_kept_away(db: Queries, delegate_id: UUID, email: str, child_ids: Collection[UUID], today: date) -> bool:
    """Whether somebody, or whoever reads their mailbox with them, may not fetch one of these children."""
    return bool(await db.fetchval(KEPT_AWAY_SQL, delegate_id, list(child_ids), today, comparable_email(email)))


NAMES_SQL = """
select d.delegation_id, d.first_name || ' ' || d.last_name as name, coalesce(a.first_name, '') as parent_name
from delegations d left join adults a on a.adult_id = d.parent_id
where d.delegate_id = $1 order by d.delegation_id
"""

LOAD_DELEGATE_SQL = (
    "select delegate_id, first_name, last_name, email from delegates where delegate_id = $1 and left_at is null"
)


async def publish_delegate(tx: Transaction, delegate_id: UUID) -> None:
    """Publish a delegate as they stand now."""
    if row := await tx.fetchrow(LOAD_DELEGATE_SQL, delegate_id):
        names = [DelegateName(**name) for name in await tx.fetch(NAMES_SQL, delegate_id)]
        tx.emit(_delegate(row).state(names))


INVITED_SINCE_SQL = """
select h.delegate_id, h.first_name, h.last_name, h.email from delegates h
where h.left_at is null and exists (
    select from adults a join household_members m on m.person_id = a.adult_id
    where a.email_key = h.email_key and a.is_invited and m.kind = 'adult' and not m.during << daterange($2, $2, '[]'))
order by h.delegate_id limit $1
"""


async def delegates_with_a_file(db: Queries, today: date, limit: int) -> list[Delegate]:
    """Delegates at whose address a file invites an adult of its household by now."""
    return [_delegate(row) for row in await db.fetch(INVITED_SINCE_SQL, limit, today)]


REMOVE_DELEGATE_SQL = "delete from delegates where delegate_id = $1"


async def remove_delegate(tx: Transaction, delegate_id: UUID) -> None:
    """Forget somebody who holds nothing any more."""
    await tx.execute(REMOVE_DELEGATE_SQL, delegate_id)


LEAVE_SQL = """
update delegates set left_at = $2 where delegate_id in (
    select h.delegate_id from delegates h
    where h.left_at is null and not exists (
        select from delegations d where d.delegate_id = h.delegate_id and (d.ended_at is null or d.ended_at > $1))
    order by h.delegate_id limit $3 for update skip locked)
returning delegate_id
"""


async def let_leave(tx: Transaction, ended_by: datetime, at: datetime, limit: int) -> list[UUID]:
    """Delegates whose last delegation ended by then; their accounts go."""
    return [row["delegate_id"] for row in await tx.fetch(LEAVE_SQL, ended_by, at, limit)]


REMOVE_IDLE_SQL = """
delete from delegates h where h.left_at is not null and not exists (select from delegations d where d.delegate_id = h.delegate_id)
"""


async def remove_idle(tx: Transaction) -> None:
    """Forget those whose account is gone and who hold no delegation, not even one that ended."""
    await tx.execute(REMOVE_IDLE_SQL)


def _delegate(row: Row) -> Delegate:
    return Delegate(row["delegate_id"], row["first_name"], row["last_name"], row["email"])
