"""Storage of circulars: the group, whom each asks, and the mails that are yet to be written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from chassis.access import reaching
from chassis.data.database import Queries, Row, Transaction
from contracts.family.circulars import CircularGroup

from ..access import CHILD


@dataclass(frozen=True, slots=True)
class NewCircular:
    """A circular that begins."""

    circular_id: UUID
    code: str
    version: int
    ends_on: date
    since_at: datetime
    remind_on: date | None


# The pupils of the group `c`, each with every home that it has today, on the day of the group's school year that is nearest to today.
GROUP: Final = """
select distinct s.child_id, m.household_id
from schoolings s
join household_members m on m.person_id = s.child_id and m.kind = 'child' and m.during @> {today}
where s.school_year = c.school_year and s.school_code is not null
  and s.during @> least(greatest({today}, make_date(c.school_year, 9, 1)), make_date(c.school_year + 1, 8, 31))
  and (c.school_code is null or s.school_code = c.school_code)
  and (cardinality(c.levels) = 0 or s.level = any(c.levels))
  and (cardinality(c.class_ids) = 0 or s.class_id = any(c.class_ids))
"""

# What the home of a line `l` sent about its child by the procedure of `c`; a home that became part of another one answers with it.
ANSWER: Final = """
select r.request_id, r.number, r.status, r.sent_at
from households h
join households filed on coalesce(filed.merged_into, filed.household_id) = coalesce(h.merged_into, h.household_id)
join requests r on r.household_id = filed.household_id and r.person_id = l.child_id
where h.household_id = l.household_id and r.code = c.code and r.sent_at >= c.since_at
  and r.status in ('sent', 'under_review', 'more_asked', 'accepted')
order by r.sent_at desc limit 1
"""

ADD_SQL = """
insert into circulars
    (circular_id, code, version, ends_on, since_at, remind_on, school_year, school_code, levels, class_ids, mailed_on, created_at, created_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""


async def add_circular(tx: Transaction, new: NewCircular, group: CircularGroup, by: UUID) -> None:
    """Keep a circular."""
    values = (new.circular_id, new.code, new.version, new.ends_on, new.since_at, new.remind_on)
    chosen = (group.school_year, group.school_code, list(group.levels), list(group.class_ids))
    await tx.execute(ADD_SQL, *values, *chosen, await tx.today(), await tx.now(), by)


ADD_CHILDREN_SQL = f"""
with added as (
    insert into circular_children (circular_id, child_id, household_id, wanted)
    select c.circular_id, l.child_id, l.household_id, case when not exists ({ANSWER}) then 'asking' end
    from circulars c cross join lateral ({GROUP.format(today="$2::date")}) as l
    where c.circular_id = $1
    on conflict do nothing returning wanted)
select count(*) from added
"""  # noqa: S608 - it is put together from constants alone


async def add_children(tx: Transaction, circular_id: UUID) -> int:
    """Ask whoever is of the group and is not asked yet; who answered already is not written to."""
    count: int = await tx.fetchval(ADD_CHILDREN_SQL, circular_id, await tx.today())
    return count


LOCK_SQL = "select circular_id, mailed_on, closed_at from circulars where circular_id = $1 for update"


async def lock_circular(tx: Transaction, circular_id: UUID) -> Row | None:
    """Hold a circular until the transaction ends."""
    return await tx.fetchrow(LOCK_SQL, circular_id)


# Who is written to already needs no reminder of it, nor does who is of the group no more.
REMIND_SQL = f"""
with chosen as (
    update circular_children l set wanted = 'reminder'
    from circulars c
    where c.circular_id = $1 and l.circular_id = c.circular_id and l.wanted is null and not exists ({ANSWER})
      and l.child_id in (select g.child_id from ({GROUP.format(today="$2::date")}) g)
    returning 1)
select count(*) from chosen
"""  # noqa: S608 - it is put together from constants alone

REMINDED_SQL = "update circulars set mailed_on = $2, remind_on = case when remind_on > $2 then remind_on end where circular_id = $1"


async def remind(tx: Transaction, circular_id: UUID) -> int:
    """Have those written to who did not answer; how many answers are awaited of them."""
    today = await tx.today()
    count: int = await tx.fetchval(REMIND_SQL, circular_id, today)
    await tx.execute(REMINDED_SQL, circular_id, today)
    return count


CLOSE_SQL = "update circulars set closed_at = $2, closed_by = $3 where circular_id = $1"
UNWANT_SQL = "update circular_children set wanted = null where circular_id = $1 and wanted is not null"


async def close(tx: Transaction, circular_id: UUID, by: UUID) -> None:
    """Ask nobody any more, also by what is yet to be written."""
    await tx.execute(UNWANT_SQL, circular_id)
    await tx.execute(CLOSE_SQL, circular_id, await tx.now(), by)


DUE_SQL = """
select circular_id, mailed_on, remind_on, ends_on from circulars
where remind_on <= $1 and closed_at is null order by remind_on, circular_id limit 1 for update skip locked
"""
SKIP_REMINDER_SQL = "update circulars set remind_on = null where circular_id = $1"


async def take_due(tx: Transaction, today: date) -> Row | None:
    """A circular whose reminder is due, held."""
    return await tx.fetchrow(DUE_SQL, today)


async def skip_reminder(tx: Transaction, circular_id: UUID) -> None:
    """Somebody reminded them today, or it is too late: the reminder by itself is not needed any more."""
    await tx.execute(SKIP_REMINDER_SQL, circular_id)


# Two processes work on circulars of their own: brothers and sisters are never written about by both.
TAKE_SQL = f"""
with held as (
    select c.circular_id from circulars c
    where exists (select from circular_children l where l.circular_id = c.circular_id and l.wanted is not null)
    order by c.circular_id limit 1 for update skip locked
), first as (
    select l.circular_id, l.household_id from held join circular_children l using (circular_id)
    where l.wanted is not null order by l.household_id limit 1
), home as (
    select first.circular_id, coalesce(o.merged_into, o.household_id) as file_id from first join households o using (household_id))
select l.circular_id, l.child_id, l.household_id, home.file_id, l.wanted, c.code, c.ends_on, v.text, exists ({ANSWER}) as is_answered
from home
join households filed on filed.household_id = home.file_id or filed.merged_into = home.file_id
join circular_children l on l.circular_id = home.circular_id and l.household_id = filed.household_id
join circulars c on c.circular_id = home.circular_id
join procedure_versions v on v.code = c.code and v.version = c.version
where l.wanted is not null order by l.child_id, l.household_id for update of l
"""  # noqa: S608 - it is put together from constants alone


async def take_home(tx: Transaction) -> Sequence[Row]:
    """The children of the next home that is to be written to, held; none where nobody is, or another process writes."""
    rows: Sequence[Row] = await tx.fetch(TAKE_SQL)
    return rows


TOLD_SQL = """
update circular_children set wanted = null, mailed_count = coalesce($4, mailed_count),
    told_at = case when wanted = 'asking' then $5 else told_at end,
    reminded_at = case when wanted = 'reminder' and $4 is not null then $5 else reminded_at end
where circular_id = $1 and household_id = $2 and child_id = $3
"""


async def settle(tx: Transaction, line: Row, mailed_count: int | None) -> None:
    """Write that a home was written to about a child, so many of its adults; None where it answered meanwhile."""
    key = (line["circular_id"], line["household_id"], line["child_id"])
    await tx.execute(TOLD_SQL, *key, mailed_count, await tx.now())


READERS_SQL = """
select a.adult_id, a.email from households h
join household_members m on m.household_id = coalesce(h.merged_into, h.household_id) and m.during @> $2::date
join adults a on a.adult_id = m.person_id
where h.household_id = $1 and a.email is not null order by m.position, a.adult_id
"""

# Whoever reads is asked about as if they asked: by the same rule.
REACHED_SQL = reaching(
    "select c.child_id, c.first_name from children c where c.child_id = any($4::uuid[]) and {is_reached} order by c.birth_on, c.child_id",
    is_reached=CHILD.of("c.child_id"),
)


async def readers_of(
    tx: Transaction, household_id: UUID, child_ids: Sequence[UUID]
) -> list[tuple[str, dict[UUID, str]]]:
    """The addresses of a home's adults, each with the children, by id and first name, whom that adult answers for today."""
    today = await tx.today()
    readers = []
    for adult in await tx.fetch(READERS_SQL, household_id, today):
        rows = await tx.fetch(REACHED_SQL, adult["adult_id"], None, today, list(child_ids))
        readers.append((adult["email"], {row["child_id"]: row["first_name"] for row in rows}))
    return readers


CLASSES_SQL = "select count(*) from classes where school_code = $1 and school_year = $2 and class_id = any($3::uuid[])"


async def has_classes(db: Queries, group: CircularGroup) -> bool:
    """Whether the classes of a group are those of its school and year."""
    wanted = set(group.class_ids)
    count: int = await db.fetchval(CLASSES_SQL, group.school_code, group.school_year, list(wanted))
    return count == len(wanted)


FORGET_SQL = """
delete from circulars where circular_id in (
    select circular_id from circulars where ends_on < ($1::timestamptz at time zone 'utc')::date
    order by circular_id limit $2 for update skip locked)
"""
