"""Lists of what files lack, computed when they are asked for: nothing is kept, so that whoever mends a file sees it leave the list."""

import asyncio
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from chassis.data.database import Database
from chassis.data.paging import page_of, read_id
from chassis.data.ranges import stored_range
from contracts.family.gaps import Gap, GapCount, GapKind
from contracts.http import Page

from ..births.domain import SILENCE_DAYS
from ..schools.domain import school_births, school_year_of
from ..settings import FamilyRules

NO_INSURANCE: Final = GapKind.NO_INSURANCE
"""What is a gap in a town alone that asks for it."""

# $1 is today, $2 the kind that is asked for, none for all: a branch of another kind is not run. $3 is the day by which a birth without news was expected, $4 the school year
# for which insurance is asked, none where it is not, $5 the kind of documents that proves it, and $6 the births of those who are at school this year; a town without schools
# asks for none. Files that are put aside lack
# nothing but what their own kinds say. Of a child, the file is the one that it belongs to, or did last. A file without any adult has no payer. Namesakes are doubled adults where a telephone number or an address is the same too.
GAPS: Final = """
with found as (
    select 'no_payer' as kind, h.household_id as key, h.household_id, null::uuid as person_id, null::date as since_on, null::uuid as other_id
    from households h
    where ($2::text is null or $2 = 'no_payer') and h.archived_on is null and h.merged_into is null
      and not exists (select from household_payers p where p.household_id = h.household_id and p.during @> $1::date)
    union all
    select 'no_home', c.child_id, m.household_id, c.child_id, null, null
    from (
        select c.child_id from children c
        where ($2::text is null or $2 = 'no_home') and c.birth_on > ($1::date - interval '18 years')::date and not c.is_expected
          and not exists (select from residences r where r.child_id = c.child_id and r.during @> $1::date)
        union
        select c.child_id from children c
        where ($2::text is null or $2 = 'no_home') and c.birth_on > ($1::date - interval '18 years')::date and not c.is_expected
          and not exists (select from household_members m where m.person_id = c.child_id and m.during @> $1::date)
    ) c
    cross join lateral (
        select m.household_id, m.during from household_members m join households h on h.household_id = m.household_id
        where m.person_id = c.child_id and m.kind = 'child' and h.archived_on is null and h.merged_into is null
        order by m.during @> $1::date desc, upper(m.during) desc, m.household_id limit 1) m
    where not lower(m.during) > $1::date
      and not exists (select from archived_members a where a.person_id = c.child_id)
    union all
    select 'no_representative', c.child_id, m.household_id, c.child_id, null, null
    from children c
    cross join lateral (
        select m.household_id from household_members m join households h on h.household_id = m.household_id
        where m.person_id = c.child_id and m.kind = 'child' and m.during @> $1::date and h.archived_on is null and h.merged_into is null
        order by m.household_id limit 1) m
    where ($2::text is null or $2 = 'no_representative') and c.birth_on > ($1::date - interval '18 years')::date
      and not exists (
        select from responsibilities r
        where r.child_id = c.child_id and r.role in ('guardian', 'caretaker') and r.authority <> 'none' and r.during @> $1::date)
    union all
    select 'no_school', c.child_id, m.household_id, c.child_id, null, null
    from children c
    cross join lateral (
        select m.household_id from household_members m join households h on h.household_id = m.household_id
        where m.person_id = c.child_id and m.kind = 'child' and m.during @> $1::date and h.archived_on is null and h.merged_into is null
        order by m.household_id limit 1) m
    where ($2::text is null or $2 = 'no_school') and c.birth_on <@ $6::daterange and not c.is_expected
      and exists (select from schools)
      and not exists (select from schoolings s where s.child_id = c.child_id and s.during @> $1::date)
    union all
    select 'no_class', s.child_id, m.household_id, s.child_id, lower(s.during), null
    from schoolings s
    cross join lateral (
        select m.household_id from household_members m join households h on h.household_id = m.household_id
        where m.person_id = s.child_id and m.kind = 'child' and m.during @> $1::date and h.archived_on is null and h.merged_into is null
        order by m.household_id limit 1) m
    where ($2::text is null or $2 = 'no_class') and s.during @> $1::date and s.school_code is not null and s.class_id is null
    union all
    select 'no_insurance', c.child_id, m.household_id, c.child_id, coalesce(i.ends_on + 1, make_date($4, 9, 1)), null
    from children c
    cross join lateral (
        select m.household_id from household_members m join households h on h.household_id = m.household_id
        where m.person_id = c.child_id and m.kind = 'child' and m.during @> $1::date and h.archived_on is null and h.merged_into is null
        order by m.household_id limit 1) m
    left join insurances i on i.child_id = c.child_id and i.school_year = $4::int
    where ($2::text is null or $2 = 'no_insurance') and $4 is not null and (i.ends_on is null or i.ends_on < $1)
      and exists (select from household_enrollments e where e.child_id = c.child_id and e.ends_on >= $1::date)
      and not exists (
        select from filed_documents d
        where d.subject_id = c.child_id and d.kind = $5::text and d.status = 'validated' and (d.ends_on is null or d.ends_on >= $1::date))
    union all
    select 'protected_address', p.household_id, p.household_id, null, p.starts_on, null
    from address_protections p join households h on h.household_id = p.household_id
    where ($2::text is null or $2 = 'protected_address') and p.ended_at is null and h.archived_on is null and h.merged_into is null
    union all
    select 'unreachable', h.household_id, h.household_id, null, null, null
    from households h
    where ($2::text is null or $2 = 'unreachable') and h.archived_on is null and h.merged_into is null
      and h.household_id in (
        select m.household_id from adults a join household_members m on m.person_id = a.adult_id
        where a.email is null and a.phone is null and m.during @> $1::date)
      and not exists (
        select from household_members m join adults a on a.adult_id = m.person_id
        where m.household_id = h.household_id and m.during @> $1::date and (a.email is not null or a.phone is not null))
    union all
    select 'birth_overdue', c.child_id, m.household_id, c.child_id, c.birth_on, null
    from children c
    cross join lateral (
        select m.household_id from household_members m join households h on h.household_id = m.household_id
        where m.person_id = c.child_id and m.kind = 'child' and m.during @> $1::date and h.archived_on is null and h.merged_into is null
        order by m.household_id limit 1) m
    where ($2::text is null or $2 = 'birth_overdue') and c.is_expected and c.birth_on <= $3::date
    union all
    select 'change_waiting', c.change_id, c.household_id, c.subject_id, (c.asked_at at time zone 'utc')::date, null
    from person_changes c
    where ($2::text is null or $2 = 'change_waiting') and c.status = 'waiting'
    union all
    select 'doubled_adult', a.adult_id, m.household_id, a.adult_id, null, o.household_id
    from persons_alike p
    join adults a on a.adult_id = p.one_id
    join adults b on b.adult_id = p.other_id and b.name_key = a.name_key and (b.phone = a.phone or b.email_key = a.email_key)
    cross join lateral (
        select m.household_id from household_members m join households h on h.household_id = m.household_id
        where m.person_id = a.adult_id and m.during @> $1::date and h.archived_on is null and h.merged_into is null order by m.household_id limit 1) m
    cross join lateral (
        select m.household_id from household_members m join households h on h.household_id = m.household_id
        where m.person_id = b.adult_id and m.during @> $1::date and h.archived_on is null and h.merged_into is null order by m.household_id limit 1) o
    where ($2::text is null or $2 = 'doubled_adult')
    union all
    select 'reopening_asked', r.household_id, r.household_id, r.asked_by, (r.asked_at at time zone 'utc')::date, null
    from household_archives r
    where ($2::text is null or $2 = 'reopening_asked') and r.asked_at is not null
    union all
    select 'archived_in_use', h.household_id, h.household_id, null, h.archived_on, null
    from households h
    where ($2::text is null or $2 = 'archived_in_use') and h.archived_on is not null and (
        exists (select from unpaid_invoices i where i.household_id = h.household_id)
        or exists (select from household_enrollments e where e.household_id = h.household_id and e.ends_on >= $1::date))
    union all
    select 'enrollment_left', e.enrollment_id, e.household_id, e.child_id, (
        select max(upper(m.during)) from household_members m where m.household_id = e.household_id and m.person_id = e.child_id), null
    from household_enrollments e join households h on h.household_id = e.household_id
    where ($2::text is null or $2 = 'enrollment_left') and e.ends_on >= $1::date and h.archived_on is null and h.merged_into is null
      and not exists (
        select from household_members m
        where m.household_id = e.household_id and m.person_id = e.child_id and (upper_inf(m.during) or upper(m.during) > $1::date))
)
"""

COUNT_SQL = f"""{GAPS}
select count(*) from found
"""  # noqa: S608 - it is put together from constants alone

# A page first, then its names: how many are found is no planner's guess.
LIST_SQL = f"""{GAPS}, f as materialized (
    select * from found where $7::uuid is null or key > $7 order by key limit $8
)
select f.kind, f.key, f.household_id, h.reference, f.person_id, f.since_on, o.reference as other_reference,
       coalesce(h.legal_name, p.first_name || ' ' || p.last_name, '') as payer_name,
       coalesce(c.first_name || ' ' || c.last_name, a.first_name || ' ' || a.last_name) as person_name
from f
join households h on h.household_id = f.household_id
left join adults p on p.adult_id = h.payer_adult_id
left join children c on c.child_id = f.person_id
left join adults a on a.adult_id = f.person_id
left join households o on o.household_id = f.other_id
order by f.key
"""  # noqa: S608 - it is put together from constants alone


async def count_gaps(db: Database, rules: FamilyRules, only: GapKind | None) -> Page[GapCount]:
    """How many there are of each kind that the town has, in the order of the kinds, or of one."""
    insurance, today = rules.policy.insurance, await db.today()
    kinds = (only,) if only else tuple(kind for kind in GapKind if kind is not NO_INSURANCE or insurance.is_asked)
    asked = [_asked(rules, kind, today) for kind in kinds]
    counts = await asyncio.gather(*(db.fetchval(COUNT_SQL, *parameters) for parameters in asked))
    return Page(items=tuple(GapCount(kind=kind, count=count) for kind, count in zip(kinds, counts, strict=True)))


async def list_gaps(db: Database, rules: FamilyRules, kind: GapKind, cursor: str | None, limit: int) -> Page[Gap]:
    """Those of a kind. Raises Invalid."""
    asked = _asked(rules, kind, await db.today())
    rows = await db.fetch(LIST_SQL, *asked, read_id(cursor), limit + 1)
    keys: dict[int, UUID] = {}
    gaps = []
    for row in rows:
        gap = Gap.model_validate({name: row[name] for name in Gap.model_fields})
        keys[id(gap)] = row["key"]
        gaps.append(gap)
    return page_of(gaps, lambda gap: (keys[id(gap)],), limit)


def _asked(rules: FamilyRules, kind: GapKind, today: date) -> tuple[Any, ...]:
    """The first parameters of `GAPS`."""
    insurance = rules.policy.insurance
    year = school_year_of(today)
    asked_year = year if insurance.is_asked else None
    births = stored_range(school_births(year))
    return today, kind.value, today - timedelta(days=SILENCE_DAYS), asked_year, insurance.proof_kind, births
