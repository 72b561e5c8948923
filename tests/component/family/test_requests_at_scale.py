"""Requests of one household are read by index, among 20,000: looked at in plans."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.family.procedures.queries import STATUSES_SQL
from services.family.requests.queries import OWN_SQL
from services.family.requests.store import COUNT_OPEN_SQL
from tests.component.family.test_lists_at_scale import read_whole
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

NOBODY, TODAY = UUID(int=0), date(2026, 9, 9)
FILL_SQL = """
with version as (
    insert into procedure_versions (code, version, text, published_at) values ('cantine', 1, '', now()) returning code, version
), files as (
    insert into households (household_id, reference, address_lines, postal_code, city, payer_key, search_marks, created_at, created_by)
    select uuidv7(), 'R-' || n, '{rue}', '14000', 'Valmont', 'nom' || n, '', now(), uuidv7() from generate_series(1, 5000) n
    returning household_id
)
insert into requests (request_id, household_id, code, version, subject, status, created_at, asked_by, changed_at)
select uuidv7(), household_id, code, version, 'household', 'draft', now(), uuidv7(), now()
from files cross join version cross join generate_series(1, 4)
"""


async def test_a_household_s_requests_are_found_without_looking_at_everybody_s(service: RunningService) -> None:
    await service.alter(FILL_SQL)
    for table in ("requests", "households"):
        await service.alter(f"analyze {table}")
    reach = (NOBODY, None, TODAY)
    now = datetime(2026, 9, 9, tzinfo=UTC)
    assert not await read_whole(service, OWN_SQL, *reach, NOBODY, 200, now) & {"requests", "households"}
    assert not await read_whole(service, STATUSES_SQL, *reach, NOBODY, None) & {"requests", "households"}
    assert not await read_whole(service, COUNT_OPEN_SQL, NOBODY) & {"requests", "households"}
