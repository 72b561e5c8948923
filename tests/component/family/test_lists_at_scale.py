"""Lists that walk a whole town read what they need by index: looked at in plans, among 20,000 people."""

import json
import re
from datetime import date
from uuid import UUID

import pytest

from services.family.duplicates.queries import SUSPECTED_SQL
from services.family.duplicates.store import COMPARE_ADULTS_SQL, COMPARE_CHILDREN_SQL
from services.family.search.queries import PUPILS_SQL
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

TODAY = date(2026, 9, 9)
FILL_SQL = """
with people as (
    insert into persons (person_id, kind, created_at, created_by)
    select uuidv7(), case when n % 2 = 0 then 'adult' else 'child' end, now(), uuidv7() from generate_series(1, 20000) n returning person_id, kind
), grown as (
    insert into adults (adult_id, civility, first_name, last_name, name_key, phone, is_invited, compared_name, compared_phone)
    select person_id, 'none', 'Lou', 'Nom', 'nom lou', '+33' || row_number() over (), false, 'nom lou', '+33' || row_number() over ()
    from people where kind = 'adult'
)
insert into children (child_id, first_name, last_name, name_key, list_key, birth_on, compared_name, compared_birth_on)
select person_id, 'Lou', 'Nom', 'nom lou', 'nom  lou', '2015-01-01'::date + n % 2000, 'nom lou', '2015-01-01'::date + n % 2000
from (select person_id, (row_number() over ())::int as n from people where kind = 'child') c
"""
FILES_SQL = """
with files as (
    insert into households (household_id, reference, address_lines, postal_code, city, payer_key, search_marks, created_at, created_by)
    select uuidv7(), 'T-' || n, '{rue}', '14000', 'Valmont', 'nom' || n, '', now(), uuidv7() from generate_series(1, 10000) n
    returning household_id, (substr(reference, 3))::int as n
)
insert into household_members (household_id, person_id, kind, position, during)
select household_id, child_id, 'child', 0, daterange('2026-09-01', null)
from files join (select child_id, (row_number() over ())::int as n from children) c using (n)
"""
PUPILS_FILL_SQL = """
insert into schools (school_code, label, levels) select 'ecole-' || n, 'École', '{ce1}' from generate_series(1, 20) n
"""
SCHOOLINGS_SQL = """
insert into schoolings (child_id, school_year, level, school_code, during)
select child_id, 2026, 'ce1', 'ecole-' || 1 + n % 20, daterange('2026-09-01', '2027-09-01')
from (select child_id, (row_number() over ())::int as n from children) c
"""


@pytest.fixture
async def town(service: RunningService) -> RunningService:
    """As it is most of the time: everybody was compared."""
    for statement in (FILL_SQL, FILES_SQL, PUPILS_FILL_SQL, SCHOOLINGS_SQL):
        await service.alter(statement)
    for table in ("adults", "children", "persons_alike", "household_members", "households", "schoolings"):
        await service.alter(f"analyze {table}")
    return service


async def read_whole(service: RunningService, statement: str, *parameters: object) -> set[str]:
    """The tables that a statement reads from end to end."""
    plan = json.dumps(json.loads(await service.db.fetchval(f"explain (format json) {statement}", *parameters)))
    return set(re.findall(r'"Node Type": "Seq Scan".*?"Relation Name": "(\w+)"', plan))


async def test_a_page_of_files_in_double_reads_nobody_who_has_no_like(town: RunningService) -> None:
    nowhere = UUID(int=0)
    tables = await read_whole(town, SUSPECTED_SQL, TODAY, nowhere, nowhere, 26)
    assert not tables & {"adults", "children", "household_members", "households"}


async def test_comparing_reads_those_who_are_new_alone(town: RunningService) -> None:
    assert not await read_whole(town, COMPARE_CHILDREN_SQL, 5) & {"children"}
    assert not await read_whole(town, COMPARE_ADULTS_SQL, 5) & {"adults"}


async def test_families_of_a_school_are_read_from_its_pupils(town: RunningService) -> None:
    of_school = (None, None, TODAY, None, "", UUID(int=0), None, False, 26, "ecole-1", None)
    assert not await read_whole(town, PUPILS_SQL, *of_school) & {"households", "household_members", "schoolings"}


async def test_a_plan_that_reads_a_table_whole_is_seen(town: RunningService) -> None:
    unserved = "select household_id from households where city = $1"
    assert await read_whole(town, unserved, "Valmont") == {"households"}
