"""Pairs of files that may be of one household: somebody of the one looks like somebody of the other, and nobody said that they are two."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.data.database import Database, Row
from chassis.data.paging import page_of, read_cursor
from chassis.data.sealed_values import unseal_value
from contracts.family.merging import DuplicateFiles, FileName, Likeness
from contracts.http import PAGE_SIZE, Page

from .store import IS_ALIKE, place

# Of the pairs that were found (`store.py: compare`), those who are alike still. Whom both files name is nobody's likeness, and twins of one home look
# like each other in each of their homes. People are looked up one by one (`offset 0`): the pairs are few, whatever the planner thinks.
PAIRS = f"""
with near as (
    select 'child' as kind, one.child_id as one_id, other.child_id as two_id, one.first_name || ' ' || one.last_name as one_name,
           other.first_name || ' ' || other.last_name as other_name, one.birth_on
    from persons_alike p
    cross join lateral (select * from children where child_id = p.one_id offset 0) one
    cross join lateral (select * from children where child_id = p.other_id offset 0) other
    where other.birth_on = one.birth_on and {IS_ALIKE}
    union all
    select reached.kind, one.adult_id, other.adult_id, one.first_name || ' ' || one.last_name, other.first_name || ' ' || other.last_name, null
    from persons_alike p
    cross join lateral (select * from adults where adult_id = p.one_id offset 0) one
    cross join lateral (select * from adults where adult_id = p.other_id offset 0) other
    cross join lateral (values ('phone', other.phone = one.phone), ('email', other.email_key = one.email_key)) reached(kind, is_same)
    where reached.is_same and {IS_ALIKE}
), pairs as (
    select least(a.household_id, b.household_id) as household_id, greatest(a.household_id, b.household_id) as other_id, near.kind,
           case when a.household_id < b.household_id then one_name else other_name end as one_name,
           case when a.household_id < b.household_id then other_name else one_name end as other_name, birth_on
    from near
    join household_members a on a.person_id = near.one_id and not a.during << daterange($1, $1, '[]')
    join household_members b on b.person_id = near.two_id and not b.during << daterange($1, $1, '[]') and b.household_id <> a.household_id
    join households h on h.household_id = a.household_id and h.merged_into is null and h.kind = 'individual'
    join households o on o.household_id = b.household_id and o.merged_into is null and o.kind = 'individual'
    where not exists (
        select from household_members x join household_members y using (household_id)
        where x.person_id = near.one_id and y.person_id = near.two_id)
), alike as (
    select household_id, other_id, jsonb_agg(distinct jsonb_build_object(
        'kind', kind, 'name', one_name, 'other_name', other_name, 'birth_on', birth_on)) as likenesses
    from pairs where (household_id, other_id) > ($2::uuid, $3::uuid) group by household_id, other_id
)
"""  # noqa: S608 - it is put together from constants alone
NAMES = """
select p.household_id, p.other_id, p.likenesses, p.reason, p.noted_at, h.reference, o.reference as other_reference,
       coalesce(a.first_name || ' ' || a.last_name, '') as payer_name, coalesce(b.first_name || ' ' || b.last_name, '') as other_payer_name,
       h.created_at, o.created_at as other_created_at
from paged p
join households h on h.household_id = p.household_id join households o on o.household_id = p.other_id
left join adults a on a.adult_id = h.payer_adult_id left join adults b on b.adult_id = o.payer_adult_id
order by p.household_id, p.other_id
"""
SUSPECTED_SQL = f"""{PAIRS}, paged as (
    select alike.*, null::bytea as reason, null::timestamptz as noted_at from alike
    where not exists (select from files_apart k where k.household_id = alike.household_id and k.other_id = alike.other_id)
    order by household_id, other_id limit $4
) {NAMES}"""  # noqa: S608 - it is put together from constants alone
APART_SQL = f"""with paged as (
    select k.household_id, k.other_id, '[]'::jsonb as likenesses, k.reason, k.noted_at from files_apart k
    where (k.household_id, k.other_id) > ($1::uuid, $2::uuid) order by k.household_id, k.other_id limit $3
) {NAMES}"""  # noqa: S608 - it is put together from constants alone


async def duplicate_files(db: Database, is_apart: bool, cursor: str | None) -> Page[DuplicateFiles]:
    """Pairs of files that may be of one household, or those that somebody keeps apart."""
    after = read_cursor(cursor, UUID, UUID) if cursor else (UUID(int=0), UUID(int=0))
    limit = PAGE_SIZE + 1
    if is_apart:
        rows = await db.fetch(APART_SQL, *after, limit)
    else:
        rows = await db.fetch(SUSPECTED_SQL, await db.today(), *after, limit)
    pairs = {(row["household_id"], row["other_id"]): await _pair(db, row) for row in rows}
    keys = {id(pair): key for key, pair in pairs.items()}
    return page_of(list(pairs.values()), lambda pair: keys[id(pair)], PAGE_SIZE)


async def _pair(db: Database, row: Row) -> DuplicateFiles:
    ids = (row["household_id"], row["other_id"])
    one = _file(ids[0], row["reference"], row["payer_name"], row["created_at"])
    other = _file(ids[1], row["other_reference"], row["other_payer_name"], row["other_created_at"])
    likenesses = [_likeness(item) for item in row["likenesses"]]
    if (other.created_at, other.reference) < (one.created_at, one.reference):
        one, other = other, one
        likenesses = [item.model_copy(update={"name": item.other_name, "other_name": item.name}) for item in likenesses]
    reason = await unseal_value(db, ids[0], place(ids), row["reason"])
    return DuplicateFiles(file=one, other=other, likenesses=tuple(likenesses), reason=reason, noted_at=row["noted_at"])


def _file(household_id: UUID, reference: str, payer_name: str, created_at: datetime) -> FileName:
    return FileName(household_id=household_id, reference=reference, payer_name=payer_name, created_at=created_at)


def _likeness(item: Mapping[str, Any]) -> Likeness:
    return Likeness.model_validate(item)
