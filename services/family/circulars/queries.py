"""Circulars as agents follow them, and as the families read them who are asked."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from chassis.access import AT_SITE, reach_of, reaching
from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.database import Database, Row, Transaction
from chassis.data.paging import page_of, read_cursor, text_key
from chassis.refusal import NotFound
from contracts.family.circular_words import CircularState
from contracts.family.circulars import (
    Circular,
    CircularChild,
    CircularCreate,
    CircularLine,
    CircularPreview,
    OwnCircular,
    OwnCirculars,
)
from contracts.http import Page

from ..access import CHILD
from ..households.queries import household_id_for
from ..procedures.queries import counting
from ..procedures.store import said_by
from ..settings import FamilyRules
from .store import ANSWER, GROUP

LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
OWN_MAX: Final = 50

PREVIEW_SQL = f"""
with c as (
    select $1::text as code, $2::timestamptz as since_at, $3::int as school_year, $4::text as school_code, $5::text[] as levels, $6::uuid[] as class_ids
), l as (
    select g.child_id, g.household_id from c cross join lateral ({GROUP.format(today="$7::date")}) as g)
select count(distinct l.child_id) as child_count, count(distinct l.household_id) as household_count, count(*) as line_count,
       count(*) filter (where exists ({ANSWER})) as answered_count,
       count(*) filter (where not exists (
           select from household_members m join adults a on a.adult_id = m.person_id
           where m.household_id = l.household_id and m.during @> $7::date and a.email is not null)) as unreached_count
from l cross join c
"""  # noqa: S608 - it is put together from constants alone


async def preview_of(db: Database, request: CircularCreate, since_at: datetime) -> CircularPreview:
    """Whom a circular would ask."""
    group = (request.school_year, request.school_code, list(request.levels), list(request.class_ids))
    row = await db.fetchrow(PREVIEW_SQL, request.code, since_at, *group, await db.today())
    return CircularPreview.model_validate(dict(row or {}))


# A circular to every school is for who works everywhere.
SHOWN: Final = AT_SITE.of("c.school_code")
# The circulars of a page are counted together: what was sent by their procedures is read once, and each line looked up in it.
COUNTS_SQL = """
with c as (
    select circular_id, code, since_at from circulars where circular_id = any($1::uuid[])
), answered as (
    select r.code, r.person_id, coalesce(h.merged_into, h.household_id) as file_id, max(r.sent_at) as sent_at
    from requests r join households h using (household_id)
    where r.code in (select code from c) and r.status in ('sent', 'under_review', 'more_asked', 'accepted')
    group by r.code, r.person_id, file_id)
select c.circular_id, count(*) as line_count, count(*) filter (where a.sent_at >= c.since_at) as answered_count
from c join circular_children l using (circular_id) join households h using (household_id)
left join answered a on a.code = c.code and a.person_id = l.child_id and a.file_id = coalesce(h.merged_into, h.household_id)
group by c.circular_id
"""

COUNTED: Final = f"""
select count(*) as line_count, count(*) filter (where a.request_id is not null) as answered_count,
       count(distinct l.child_id) as child_count, count(distinct l.household_id) as household_count,
       count(*) filter (where l.wanted is not null) as wanted_count,
       count(*) filter (where a.request_id is null and l.told_at is not null and l.mailed_count = 0) as unreached_count
from circular_children l left join lateral ({ANSWER}) a on true
where l.circular_id = c.circular_id
"""  # noqa: S608 - it is put together from constants alone

LIST_SQL = reaching(
    """
select c.*, v.text, o.label as school_label
from circulars c
join procedure_versions v on v.code = c.code and v.version = c.version
left join schools o on o.school_code = c.school_code
where {is_shown} and (c.created_at, c.circular_id) < ($4::timestamptz, $5::uuid)
order by c.created_at desc, c.circular_id desc limit $6
""",
    is_shown=SHOWN,
)

READ_SQL = reaching(
    f"""
select c.*, v.text, o.label as school_label, n.*,
       array(select k.label from classes k where k.class_id = any(c.class_ids) order by k.label_key) as class_labels,
       (select count(*) from ({GROUP.format(today="$3::date")}) g
        where not exists (
            select from circular_children l
            where l.circular_id = c.circular_id and l.child_id = g.child_id and l.household_id = g.household_id)) as late_count
from circulars c
join procedure_versions v on v.code = c.code and v.version = c.version
left join schools o on o.school_code = c.school_code
cross join lateral ({COUNTED}) n
where c.circular_id = $4 and {{is_shown}}
""",  # noqa: S608 - it is put together from constants alone
    is_shown=SHOWN,
)

FIND_SQL = reaching("select c.circular_id from circulars c where c.circular_id = $4 and {is_shown}", is_shown=SHOWN)


async def circular_for(db: Database | Transaction, actor: Actor, circular_id: UUID) -> None:
    """Look whether there is a circular of a school where an agent works. Raises NotFound."""
    if await db.fetchval(FIND_SQL, *reach_of(actor, await db.today()), circular_id) is None:
        raise NotFound


def _line(row: Row, counts: tuple[int, int]) -> dict[str, Any]:
    names = ("circular_id", "code", "school_year", "school_label", "ends_on", "created_at", "closed_at")
    counted = dict(zip(("line_count", "answered_count"), counts, strict=True))
    return {"label": said_by(row["text"]).label, **counted, **{name: row[name] for name in names}}


async def list_circulars(db: Database, actor: Actor, cursor: str | None, limit: int) -> Page[CircularLine]:
    """Circulars of the schools where an agent works, the newest first. Raises Invalid."""
    before = read_cursor(cursor, datetime.fromisoformat, UUID) if cursor else (LATEST, UUID(int=0))
    rows = await db.fetch(LIST_SQL, *reach_of(actor, await db.today()), *before, limit + 1)
    counts = await db.fetch(COUNTS_SQL, [row["circular_id"] for row in rows])
    counted = {row["circular_id"]: (row["line_count"], row["answered_count"]) for row in counts}
    items = [CircularLine(**_line(row, counted.get(row["circular_id"], (0, 0)))) for row in rows]
    return page_of(items, lambda item: (item.created_at, item.circular_id), limit)


async def read_circular(db: Database | Transaction, actor: Actor, circular_id: UUID) -> Circular:
    """A circular with its counts. Raises NotFound."""
    today = await db.today()
    row = await db.fetchrow(READ_SQL, *reach_of(actor, today), circular_id)
    if row is None:
        raise NotFound
    names = ("school_code", "levels", "class_labels", "remind_on", "mailed_on", "created_by", "closed_by")
    counts = ("child_count", "household_count", "unreached_count", "wanted_count", "late_count")
    is_open = row["closed_at"] is None
    return Circular(
        **_line(row, (row["line_count"], row["answered_count"])),
        **{name: row[name] for name in (*names, *counts)},
        since_on=civil_day(row["since_at"], db.zone),
        is_remindable=is_open and row["mailed_on"] < today and row["answered_count"] < row["line_count"],
    )


# Who works at some schools sees who answered, and not the answers: those are for who works everywhere.
CHILDREN_SQL = f"""
select l.child_id, l.household_id, f.reference, p.first_name, p.last_name, p.birth_on, p.list_key, k.label as class_label,
       l.told_at, l.reminded_at, a.sent_at as answered_at, a.number, a.request_id, a.status as request_status,
       case when a.request_id is not null then 'answered'
            when l.told_at is not null and l.mailed_count = 0 then 'unreached' else 'awaited' end as state
from circulars c
join circular_children l using (circular_id)
join children p on p.child_id = l.child_id
join households o on o.household_id = l.household_id
join households f on f.household_id = coalesce(o.merged_into, o.household_id)
left join schoolings s on s.child_id = l.child_id and s.school_year = c.school_year
  and s.school_code = coalesce(c.school_code, s.school_code)
  and s.during @> least(greatest($3::date, make_date(c.school_year, 9, 1)), make_date(c.school_year + 1, 8, 31))
left join classes k on k.class_id = s.class_id
left join lateral ({ANSWER}) a on true
where c.circular_id = $1
  and ($2::text is null or $2 = case when a.request_id is not null then 'answered'
            when l.told_at is not null and l.mailed_count = 0 then 'unreached' else 'awaited' end)
  and (p.list_key, l.child_id, l.household_id) > ($4::text collate "C", $5::uuid, $6::uuid)
order by p.list_key, l.child_id, l.household_id limit $7
"""  # noqa: S608 - it is put together from constants alone


@dataclass(frozen=True, slots=True)
class ChildrenAsked:
    """Of which circular an agent asks for whom: all, or those of a state."""

    circular_id: UUID
    state: CircularState | None
    cursor: str | None
    limit: int


async def list_children(db: Database, actor: Actor, asked: ChildrenAsked) -> Page[CircularChild]:
    """Whom a circular asks, by name. Raises NotFound, Invalid."""
    await circular_for(db, actor, asked.circular_id)
    nobody = UUID(int=0)
    after = read_cursor(asked.cursor, text_key, UUID, UUID) if asked.cursor else ["", nobody, nobody]
    today: date = await db.today()
    rows = await db.fetch(CHILDREN_SQL, asked.circular_id, asked.state, today, *after, asked.limit + 1)
    keys = {(row["child_id"], row["household_id"]): row["list_key"] for row in rows}
    hidden = {"list_key"} if actor.sites is None else {"list_key", "number", "request_id", "request_status"}
    blank = dict.fromkeys(hidden - {"list_key"})
    items = [
        CircularChild.model_validate({name: value for name, value in row.items() if name not in hidden} | blank)
        for row in rows
    ]
    return page_of(
        items,
        lambda item: (keys[item.child_id, item.household_id], item.child_id, item.household_id),
        asked.limit,
    )


OWN_SQL = reaching(
    f"""
select distinct on (c.ends_on, p.birth_on, l.child_id, c.circular_id)
       c.circular_id, c.code, v.text, l.child_id, p.first_name || ' ' || p.last_name as name, c.ends_on,
       exists (
           select from requests d
           where d.household_id = $4 and d.person_id = l.child_id and d.code = c.code and d.status = 'draft') as is_begun
from circular_children l
join circulars c using (circular_id)
join procedure_versions v on v.code = c.code and v.version = c.version
join children p on p.child_id = l.child_id
join household_members m on m.household_id = $4 and m.person_id = l.child_id and m.during @> $3::date
where l.household_id in (select o.household_id from households o where o.household_id = $4 or o.merged_into = $4)
  and c.closed_at is null and {{is_reached}} and not exists ({ANSWER})
order by c.ends_on, p.birth_on, l.child_id, c.circular_id limit $5
""",  # noqa: S608 - it is put together from constants alone
    is_reached=CHILD.of("l.child_id"),
)


async def open_codes(db: Database, rules: FamilyRules) -> frozenset[str]:
    """The procedures that can be begun today: by no other one is anybody asked or written to."""
    today = await db.today()
    return frozenset(code for code, one in (await counting(db, rules)).items() if one.procedure.is_open(today))


async def own_circulars(db: Database, actor: Actor, rules: FamilyRules, household_id: UUID | None) -> OwnCirculars:
    """What a household is asked for the children whom the adult who asks answers for, by procedures that it can begin today. Raises NotFound, HouseholdAmbiguous."""
    actor.require_guardian()
    today = await db.today()
    own_id = await household_id_for(db, actor, household_id, today)
    rows = await db.fetch(OWN_SQL, *reach_of(actor, today), own_id, OWN_MAX)
    begun_by = await open_codes(db, rules)
    items = [
        OwnCircular(label=said_by(row["text"]).label, **{name: value for name, value in row.items() if name != "text"})
        for row in rows
        if row["code"] in begun_by
    ]
    return OwnCirculars(household_id=own_id, items=tuple(items))
