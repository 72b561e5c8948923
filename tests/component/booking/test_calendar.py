"""The household calendar: every cell's state with its reason, and the same verdict when the day is then booked."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.factories.booking import EVENING, BookingTown, Family, refusal_codes
from tests.support.databases import Postgres
from tests.support.roles import Role
from tests.support.services import RunningService, running_service, write_town
from tests.support.towns import also_under

pytestmark = pytest.mark.anyio

OPEN_STATES = {"bookable", "cancelled"}


async def test_a_row_is_pending_until_an_agent_validates_it(town: BookingTown) -> None:
    family = await town.family()
    activity_id = await town.activity()
    await town.open(activity_id, 10, 17)
    enrollment_id = (await town.request_enrollment(family, activity_id)).json()["enrollment_id"]

    (row,) = (await town.calendar(family))["rows"]
    assert row["marker"] == "requested"
    assert {(cell["state"], cell["reason"]) for cell in row["cells"]} == {("pending", "enrollment_not_validated")}

    await town.decide(enrollment_id, is_validated=True)
    (row,) = (await town.calendar(family))["rows"]
    assert (row["marker"], row["child_first_name"], row["activity_label"]) == (
        "validated",
        "Lina 1",
        "Centre de loisirs",
    )
    assert [cell["service_on"] for cell in row["cells"]] == [str(await town.day(10)), str(await town.day(17))]
    assert {cell["state"] for cell in row["cells"]} == {"bookable"}


@also_under("tirelire")
async def test_every_state_of_a_validated_row(service: RunningService, town: BookingTown) -> None:
    family, other = await town.family(), await town.family()
    activity_id = await town.activity()
    late, locked, booked, cancelled, full, beyond, free = await town.open(
        activity_id, 3, 4, 10, 11, 12, 40, 13, capacity=1
    )
    await town.enroll(family, activity_id, ends_on=str(await town.day(30)))
    await town.enroll(other, activity_id)
    bookings = (await town.book(family, locked, booked, cancelled)).json()["bookings"]
    await town.give_back(family, bookings[2]["booking_id"])
    assert (await town.book(other, full)).status_code == 201
    service.advance(days=3)

    cells = {UUID(cell["slot_id"]): cell for cell in await town.cells(family, -3, 57)}

    assert {slot_id: (cell["state"], cell["reason"]) for slot_id, cell in cells.items()} == {
        late: ("closed", "cutoff_passed"),
        locked: ("booked_locked", "cutoff_passed"),
        booked: ("booked", None),
        cancelled: ("cancelled", None),
        full: ("full", "slot_full"),
        free: ("bookable", None),
        beyond: ("closed", "outside_enrollment"),
    }
    assert cells[booked]["booking_id"] == bookings[1]["booking_id"]
    assert cells[cancelled]["booking_id"] is None
    assert [cells[slot_id]["free"] for slot_id in (booked, cancelled)] == [0, 1]
    cutoff = datetime.fromisoformat(cells[free]["until"])
    assert cells[late]["params"]["until"] == datetime.fromisoformat(cells[late]["until"]).isoformat()
    assert timedelta(days=1) < datetime.fromisoformat(cells[beyond]["until"]) - cutoff


async def test_what_is_shown_is_what_is_decided(service: RunningService, town: BookingTown) -> None:
    """Invariant I17: each cell, booked alone, meets exactly the verdict that the calendar showed."""
    family, other = await town.family(guardians=2), await town.family()
    activity_id = await town.activity()
    small_id = await town.activity(label="Baby-gym", age_min=3, age_max=7, units=[EVENING])
    days = await town.open(activity_id, 2, 3, 4, 10, 11, 12, 150, capacity=1)
    await town.open(small_id, 10, 195, capacity=2)
    await town.enroll(family, activity_id, ends_on=str(await town.day(60)))
    await town.enroll(family, small_id)
    await town.enroll(other, activity_id)
    await town.book(other, days[3])
    await town.book(family, days[2], days[4])
    service.advance(days=3)

    shown = await town.cells(family, -3, 30) + await town.cells(family, 140, 197)
    assert len({cell["state"] for cell in shown}) >= 5
    for cell in shown:
        answer = await town.book(family, UUID(cell["slot_id"]))
        assert (answer.status_code == 201) == (cell["state"] in OPEN_STATES), cell
        if answer.status_code != 201:
            (error,) = answer.json()["errors"]
            expected = "already_booked" if cell["state"].startswith("booked") else cell["reason"]
            assert error["code"] == expected
            assert cell["params"].items() <= error["params"].items()


async def test_a_child_grows_out_of_an_activity_day_by_day(town: BookingTown) -> None:
    family = await town.family(age=7)
    activity_id = await town.activity(age_max=7, ends_on=str(await town.day(500)))
    near, far = await town.open(activity_id, 10, 400)
    await town.enroll(family, activity_id)
    (cell,) = await town.cells(family, 390, 410)
    assert (cell["slot_id"], cell["state"], cell["reason"]) == (str(far), "closed", "age_not_accepted")
    assert cell["params"] == {"age_min": "3", "age_max": "7", "age": "8"}
    assert refusal_codes(await town.book(family, near, far)) == [("/lines/1/slot_id", "age_not_accepted")]


async def test_a_town_may_hide_how_many_places_are_left(postgres: Postgres, secrets_dir: Path, tmp_path: Path) -> None:
    town_file = write_town(tmp_path, booking={"shows_free_places": False})
    async with running_service("booking", postgres, secrets_dir, town_file=town_file) as service:
        town = BookingTown(service)
        family = await town.family()
        activity_id = await town.activity()
        await town.open(activity_id, 10)
        await town.enroll(family, activity_id)
        (cell,) = await town.cells(family)
        assert cell["state"] == "bookable"
        assert cell["free"] is None


async def ask(town: BookingTown, headers: dict[str, str], **params: object) -> tuple[int, str]:
    query = {"from_on": str(await town.day(0)), "to_on": str(await town.day(7)), **params}
    answer = await town.client.get("/calendar", params=query, headers=headers)
    return answer.status_code, answer.json().get("code", "")


async def test_a_calendar_answers_to_its_own_guardians_and_to_agents(town: BookingTown) -> None:
    family, other = await town.family(guardians=2), await town.family()
    stranger = Family(uuid4(), (uuid4(),), ())
    own = {"household_id": str(family.household_id)}
    assert (await ask(town, town.parent(family, guardian=1)))[0] == 200
    assert (await ask(town, town.parent(family), **own))[0] == 200
    assert await ask(town, town.parent(other), **own) == (404, "not_found")
    assert await ask(town, town.parent(stranger)) == (404, "not_found")
    assert (await ask(town, town.service.as_agent(Role.FRONT_DESK), **own))[0] == 200
    assert await ask(town, town.service.as_agent(Role.FRONT_DESK)) == (422, "invalid")
    assert await ask(town, {}) == (401, "unauthenticated")


@pytest.mark.parametrize("to_on", ["2000-01-01", "2999-01-01", "demain", "0000-00-00", ""])
async def test_an_absurd_range_is_refused(town: BookingTown, to_on: str) -> None:
    family = await town.family()
    assert await ask(town, town.parent(family), to_on=to_on) == (422, "invalid")


async def test_children_of_the_same_first_name_have_different_rows(town: BookingTown) -> None:
    """Half-siblings of one household were the same row twice."""
    family = await town.family("Lou Roy", "Lou Petit", "Max Roy")
    await town.enroll(family, await town.activity())
    rows = (await town.calendar(family))["rows"]
    assert sorted(row["child_name"] for row in rows) == ["Lou Petit", "Lou Roy", "Max"]
    assert {row["child_first_name"] for row in rows} == {"Lou", "Max"}
