"""Questions to API Particulier that wait, when a file becomes part of another one."""

import pytest

from contracts.family.models import Household
from tests.component.family.desk import Desk
from tests.component.family.test_quotient_readings import (  # noqa: F401 - fixtures
    Particulier,
    api,
    api_process,
    ask,
    home,
    service,
)
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_nothing_is_asked_for_a_file_that_is_part_of_another_one(
    service: RunningService,  # noqa: F811 - a fixture
    desk: Desk,
    home: Household,  # noqa: F811 - a fixture
    api: Particulier,  # noqa: F811 - a fixture
) -> None:
    """It would be asked every minute, for nothing could be kept of the answer."""
    kept = await desk.open(guardian={"first_name": "Ana", "email": "ana@courriel.example"}, twin_reason="x")
    await api.order("faults", {"mode": "37001"})
    await ask(service, home, desk.headers, is_later_agreed=True)
    merged = "update households set merged_into = $2 where household_id = $1"
    await service.db.execute(merged, home.household_id, kept.household_id)
    service.advance(minutes=5)
    await service.run_job("read_quotients")
    assert len(await api.calls()) == 1
    assert await service.db.fetchval("select count(*) from quotient_readings") == 0
