"""The price of a basket, line by line, with why; for the parent's own children alone."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.family.events import HouseholdState, Quotient, QuotientState
from contracts.types import QuotientSource
from tests.component.billing.families import WEDNESDAY, Family, activity, publish_tariff
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

CENTRE = UUID("01900000-0000-7000-8000-000000000001")


def line(family: Family, service_on: date = WEDNESDAY, activity_id: UUID = CENTRE) -> dict[str, str]:
    """A day of the family's child."""
    return {"child_id": str(family.child_id), "activity_id": str(activity_id), "service_on": service_on.isoformat()}


async def quote(service: RunningService, headers: dict[str, str], *lines: dict[str, Any]) -> Any:
    """The answer to a request for a quote."""
    return await service.client.post("/quotes", json={"lines": lines}, headers=headers)


@pytest.fixture
async def family(service: RunningService) -> Family:
    """A family with a quotient of 750 euros, in a town with one activity."""
    family = Family()
    await publish_tariff(service)
    await service.deliver(activity(CENTRE), family.state(), family.quotient(75_000))
    return family


async def test_a_basket_is_priced_line_by_line_with_why(service: RunningService, family: Family) -> None:
    answer = await quote(
        service, service.as_parent(family.guardian_id), line(family), line(family, WEDNESDAY + timedelta(days=7))
    )
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert document["total_cents"] == 1840
    assert [item["amount_cents"] for item in document["lines"]] == [920, 920]
    assert document["lines"][0]["activity_label"] == "Mercredis du centre de loisirs"
    assert document["lines"][0]["explanation"] == {
        "tariff_code": "leisure",
        "tariff_label": "Centre de loisirs, journée",
        "grid_version": 1,
        "bracket_label": "Tranche 2",
        "quotient_cents": 75_000,
        "is_maximum_for_want_of_quotient": False,
        "quotient_ended_on": None,
        "is_quotient_awaited": False,
    }


async def test_without_a_quotient_the_maximum_applies_and_is_said(service: RunningService, family: Family) -> None:
    other = Family()
    await service.deliver(other.state())
    (item,) = (await quote(service, service.as_parent(other.guardian_id), line(other))).json()["lines"]
    assert item["amount_cents"] == 1480
    assert item["explanation"]["quotient_cents"] is None
    assert item["explanation"]["is_maximum_for_want_of_quotient"]


async def test_each_day_has_the_grid_and_the_quotient_of_that_day(service: RunningService, family: Family) -> None:
    later = WEDNESDAY + timedelta(days=7)
    dearer = [{"label": "Tous", "quotient_min_cents": 0, "quotient_max_cents": None, "price_cents": 2000}]
    await publish_tariff(service, effective_on=later.isoformat(), brackets=dearer)
    first = Quotient(value_cents=10_000, effective_on=date(2026, 1, 1), source=QuotientSource.CAF)
    second = Quotient(value_cents=130_000, effective_on=WEDNESDAY, source=QuotientSource.CAF)
    await service.deliver(QuotientState(household_id=family.household_id, quotients=(first, second)))
    answer = await quote(
        service,
        service.as_parent(family.guardian_id),
        line(family, WEDNESDAY - timedelta(days=1)),
        line(family, WEDNESDAY),
        line(family, later),
        line(family, date(2025, 12, 31)) | {"service_on": "2026-01-01"},
    )
    assert [item["amount_cents"] for item in answer.json()["lines"]] == [450, 1480, 2000, 450]


async def test_a_day_before_any_grid_has_no_price(service: RunningService, family: Family) -> None:
    answer = await quote(service, service.as_parent(family.guardian_id), line(family, date(2025, 12, 31)))
    assert (answer.status_code, answer.json()["code"]) == (409, "tariff_missing")
    assert answer.json()["params"]["service_on"] == "2025-12-31"


async def test_an_unknown_activity_has_no_price(service: RunningService, family: Family) -> None:
    answer = await quote(
        service, service.as_parent(family.guardian_id), line(family), line(family, activity_id=uuid4())
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "tariff_missing")


async def test_a_child_of_others_does_not_exist(service: RunningService, family: Family) -> None:
    other = Family()
    await service.deliver(other.state())
    parent = service.as_parent(family.guardian_id)
    assert (await quote(service, parent, line(family), line(other))).status_code == 404
    assert (await quote(service, parent, line(Family()))).status_code == 404
    assert (await quote(service, service.as_agent(Role.FRONT_DESK), line(family), line(other))).status_code == 200
    assert (await quote(service, {}, line(family))).status_code == 401


async def test_a_child_of_two_homes_is_priced_for_the_one_who_asks(service: RunningService, family: Family) -> None:
    other = Family(child_id=family.child_id)
    await service.deliver(other.state(), other.quotient(10_000))
    amounts = [
        (await quote(service, service.as_parent(guardian), line(family))).json()["total_cents"]
        for guardian in (family.guardian_id, other.guardian_id)
    ]
    assert amounts == [920, 450]


async def test_a_guardian_who_left_the_household_sees_it_no_more(service: RunningService, family: Family) -> None:
    replacement = Family(household_id=family.household_id, child_id=family.child_id)
    await service.deliver(replacement.state())
    assert (await quote(service, service.as_parent(family.guardian_id), line(family))).status_code == 404


async def test_an_erased_household_is_forgotten(service: RunningService, family: Family) -> None:
    state = service.envelope(family.state())
    tombstone = type(state)(**{name: getattr(state, name) for name in state.__slots__} | {"payload": None})
    await service.deliver(tombstone)
    assert (await quote(service, service.as_parent(family.guardian_id), line(family))).status_code == 404
    assert await service.db.fetchval("select count(*) from household_children") == 0


async def test_an_older_state_never_replaces_a_newer_one(service: RunningService, family: Family) -> None:
    old = service.envelope(HouseholdState(**family.state().model_dump()), sequence=1)
    await service.deliver(Family(household_id=family.household_id, child_id=family.child_id).state())
    await service.deliver(old, service.envelope(family.quotient(10), sequence=1))
    assert (await quote(service, service.as_parent(family.guardian_id), line(family))).status_code == 404
    assert await service.db.fetchval("select value_cents from quotients") == 75_000


async def test_what_is_no_basket_is_refused(service: RunningService) -> None:
    baskets = [[], [{}], [{"child_id": "x", "activity_id": "y", "service_on": "z"}], "no list", [None], [{}] * 101]
    for lines in baskets:
        answer = await service.client.post("/quotes", json={"lines": lines}, headers=service.as_agent(Role.FRONT_DESK))
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), lines
