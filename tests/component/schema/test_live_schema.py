"""The live schema of every service, migrated as it starts: keys, instants, who and when, ranges.

Each rule is a query of the catalogue that answers what breaks it; what is right all the same is named here, with the reason.
"""

from collections.abc import Mapping
from typing import Final

import asyncpg
import pytest

from contracts.types import SERVICES
from tests.support.databases import Postgres

pytestmark = pytest.mark.anyio

# A partition is like its table, which is looked at. Of a key's columns those are needed that find one row where they lead (`finding`): an index
# leads with them in any order, or is unique on some of the key's columns.
UNINDEXED_KEYS_SQL = """
select k.conrelid::regclass || ' ' || a.attname
from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
where k.contype = 'f' and k.conparentid = 0 and not exists (
    select from pg_index target
    cross join lateral (
        select array_agg(k.conkey[array_position(k.confkey, attnum)]) as finding from unnest(target.indkey::int2[]) attnum
    ) needed
    join pg_index i on i.indrelid = k.conrelid and i.indpred is null
    where target.indrelid = k.confrelid and target.indisunique and target.indpred is null
      and target.indkey::int2[] <@ k.confkey
      and ((i.indkey::int2[])[0:cardinality(finding) - 1] @> finding or i.indisunique and i.indkey::int2[] <@ k.conkey)
)
"""

COLUMNS: Final = """
select c.oid::regclass::text as table, a.attname as column, a.atttypid::regtype::text as type, a.attnotnull as is_needed,
       a.attgenerated <> '' as is_generated, t.typtype in ('r', 'm') as is_range, c.oid, a.attnum
from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  and a.attnum > 0 and not a.attisdropped
"""

UNZONED_INSTANTS_SQL = f"""
select "table" || ' ' || "column" from ({COLUMNS}) columns
where type = 'timestamp without time zone'
   or ("column" like '%\\_at' and type not in ('timestamp with time zone', 'time without time zone'))
   or ("column" like '%\\_on' and type <> 'date')
"""

UNPAIRED_PEOPLE_SQL = f"""
with columns as ({COLUMNS})
select who."table" || ' ' || who."column" from columns who
left join columns moment on moment.oid = who.oid and moment."column" = left(who."column", -3) || '_at'
where who."column" like '%\\_by' and not coalesce(
    who.is_needed and moment.is_needed or exists (
        select from pg_constraint k where k.conrelid = who.oid and k.contype = 'c' and pg_get_constraintdef(k.oid) in (
            format('CHECK (((%I IS NULL) = (%I IS NULL)))', who."column", coalesce(moment."column", '')),
            format('CHECK (((%I IS NULL) = (%I IS NULL)))', coalesce(moment."column", ''), who."column")
        )
    ), false)
"""

UNBOUNDED_RANGES_SQL = f"""
select "table" || ' ' || "column" from ({COLUMNS}) columns
where is_range and not is_generated and not exists (
    select from pg_constraint k where k.conrelid = columns.oid and k.contype = 'c'
      and pg_get_constraintdef(k.oid) like format('%%isempty(%I)%%', "column")
      and pg_get_constraintdef(k.oid) like format('%%lower_inf(%I)%%', "column")
)
"""

OVERLAPPING_RANGES_SQL = f"""
select "table" || ' ' || "column" from ({COLUMNS}) columns
where is_range and not exists (
    select from pg_constraint k where k.conrelid = columns.oid and k.contype = 'x' and columns.attnum = any(k.conkey)
)
"""

RULES: Final[Mapping[str, str]] = {
    "a foreign key has an index that leads with its columns": UNINDEXED_KEYS_SQL,
    "an instant has its zone, and a date is one": UNZONED_INSTANTS_SQL,
    "who did something stands beside when, and neither without the other": UNPAIRED_PEOPLE_SQL,
    "a range begins somewhere and is not empty": UNBOUNDED_RANGES_SQL,
    "ranges of one thing do not overlap": OVERLAPPING_RANGES_SQL,
}

REPLICATED: Final = "a replica, one row for each member: its source bounds the days and keeps them apart"
DERIVED: Final = "derived from replicas, one row for each adult and child"

RIGHT: Final[Mapping[str, Mapping[str, str]]] = {
    UNINDEXED_KEYS_SQL: {
        "bookings slot_id": "slots are never deleted, and the live bookings of one are found by an index of their own: a whole one would"
        " cost each booking another write",
    },
    UNPAIRED_PEOPLE_SQL: {
        "bookings booked_by": "stands beside `confirmed_at`, which is what its event calls it",
        "request_pieces seen_by": "seen when the request is typed: `sent_at` of that one",
        "requests asked_by": "the adult who began it, then who sent it: `created_at`, then `sent_at`",
        "requests entered_by": "stands beside `sent_at`: what is on paper is no draft",
        "procedure_versions published_by": "none for what the town began with: nobody published it here",
    },
    UNBOUNDED_RANGES_SQL: {
        "household_adults days": REPLICATED,
        "household_children days": REPLICATED,
        "household_payers days": REPLICATED,
        "responsibilities days": REPLICATED,
        "guardianships days": DERIVED,
        "kept_apart days": DERIVED,
    },
    OVERLAPPING_RANGES_SQL: {
        "household_adults days": REPLICATED,
        "household_children days": REPLICATED,
        "household_payers days": REPLICATED,
        "responsibilities days": REPLICATED,
        "guardianships days": DERIVED,
        "kept_apart days": DERIVED,
        "units span": "units of one activity may share minutes: what a child cannot have together, a unit excludes",
    },
}
"""What is right although a rule says else, with the reason."""


async def breaches(address: str, rule: str) -> list[str]:
    """The columns of a database that break a rule, without those that are right all the same."""
    connection = await asyncpg.connect(address)
    try:
        return sorted({row[0] for row in await connection.fetch(RULES[rule])} - RIGHT.get(RULES[rule], {}).keys())
    finally:
        await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_every_schema_follows_the_rules(service: str, postgres: Postgres) -> None:
    address = await postgres.create(service)
    assert {rule: columns for rule in RULES if (columns := await breaches(address, rule))} == {}
    await postgres.drop(address)


async def test_what_breaks_a_rule_is_found(postgres: Postgres) -> None:
    address = await postgres.create("family")
    connection = await asyncpg.connect(address)
    await connection.execute(WRONG_SQL)
    await connection.close()
    assert [await breaches(address, rule) for rule in RULES] == [
        ["wrong adult_id", "wrong person_id"],
        ["wrong closed_at", "wrong ends_on", "wrong opened_at"],
        ["wrong closed_by", "wrong made_by", "wrong named_by"],
        ["wrong during", "wrong span"],
        ["wrong during", "wrong span"],
    ]
    await postgres.drop(address)


WRONG_SQL: Final = """
create table wrong (
    adult_id uuid references adults, child_id uuid references children, person_id uuid, kind text,
    opened_at timestamp, closed_at date, ends_on timestamptz, made_at timestamptz,
    closed_by uuid, made_by uuid not null, named_by uuid,
    during daterange not null check (not isempty(during)), span int4range, days daterange check (not isempty(days) and not lower_inf(days)),
    foreign key (person_id, kind) references persons (person_id, kind),
    exclude using gist (child_id with =, days with &&)
);
create index wrong_adult on wrong (adult_id) where made_by is not null;
create index wrong_child on wrong (child_id, kind);
create index wrong_person on wrong (kind, person_id, child_id) where false;
"""
