"""An invoice goes to the address that the file has, of whichever country."""

from uuid import uuid4

import pytest

from contracts.family.events import Address
from tests.factories.households import household_state
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

LINES_SQL = "select address_lines from households where household_id = $1"


@pytest.mark.parametrize(
    ("postal_code", "city", "country", "printed"),
    [
        ("1000", "Bruxelles", "Belgique", ["1000 Bruxelles", "BELGIQUE"]),
        ("SW1A 2AA", "London", "Royaume-Uni", ["SW1A 2AA London", "ROYAUME-UNI"]),
        ("98000", "Monaco", None, ["98000 Monaco"]),
    ],
)
async def test_another_country_is_the_last_line_in_capitals(
    service: RunningService, postal_code: str, city: str, country: str | None, printed: list[str]
) -> None:
    household_id = uuid4()
    address = Address(lines=("1 rue Haute",), postal_code=postal_code, city=city, country=country)
    await service.deliver(household_state(household_id, [], [], address=address))
    assert await service.db.fetchval(LINES_SQL, household_id) == ["1 rue Haute", *printed]
