"""A child is in one place at a time, across activities and homes."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.factories.booking import PARTS, BookingTown, refusal_codes, unit
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

COURSE = [unit("cours", "09:00", "12:00")]
SNACK = [unit("gouter", "12:00", "14:00")]


async def open_one(town: BookingTown, offset: int = 10, **fields: Any) -> tuple[UUID, UUID]:
    """An activity of one unit with one open day: its id, and the slot."""
    activity_id = await town.activity(**fields)
    (slot_id,) = await town.open(activity_id, offset)
    return activity_id, slot_id


async def test_the_same_wednesday_is_not_spent_twice(town: BookingTown) -> None:
    """Centre from 8 to 18, course from 9 to 12."""
    centre_id, centre = await open_one(town)
    course_id, course = await open_one(town, label="Judo", units=COURSE)
    family, other = await town.family(), await town.family()
    for household in (family, other):
        for activity_id in (centre_id, course_id):
            await town.enroll(household, activity_id)
    assert (await town.book(family, centre)).status_code == 201

    answer = await town.book(family, course)

    assert (answer.status_code, refusal_codes(answer)) == (409, [("/lines/0/slot_id", "elsewhere")])
    params = answer.json()["errors"][0]["params"]
    assert (params["activity"], params["other_activity"], params["other_unit"]) == (
        "Judo",
        "Centre de loisirs",
        "Journée",
    )
    cells = {cell["slot_id"]: cell for cell in await town.cells(family)}
    assert (cells[str(course)]["state"], cells[str(course)]["reason"]) == ("closed", "elsewhere")
    assert cells[str(course)]["params"].items() <= params.items()
    assert cells[str(centre)]["state"] == "booked"
    assert refusal_codes(await town.book(other, course, centre)) == [("/lines/1/slot_id", "elsewhere")]


async def test_morning_here_and_afternoon_there_is_fine(town: BookingTown) -> None:
    """Ends are excluded, so 8 to 12 and 12 to 14 meet and do not overlap."""
    centre_id = await town.activity(units=PARTS)
    slots = await town.open_units(centre_id, 10)
    snack_id, snack = await open_one(town, label="Goûter", units=SNACK)
    family = await town.family()
    for activity_id in (centre_id, snack_id):
        await town.enroll(family, activity_id)
    both = await town.book(family, slots["matin"], snack)
    assert both.status_code == 201, both.text
    assert refusal_codes(await town.book(family, slots["repas"])) == [("/lines/0/slot_id", "elsewhere")]
    assert refusal_codes(await town.book(family, slots["journee"])) == [("/lines/0/slot_id", "elsewhere")]
    assert (await town.book(family, slots["apres-midi"])).status_code == 201


async def test_what_is_given_back_in_the_same_act_is_free(town: BookingTown) -> None:
    centre_id, centre = await open_one(town)
    course_id, course = await open_one(town, label="Judo", units=COURSE)
    family = await town.family()
    for activity_id in (centre_id, course_id):
        await town.enroll(family, activity_id)
    held = (await town.book(family, centre)).json()["bookings"][0]["booking_id"]
    changed = await town.change(family, [(family.child_id, course)], [held])
    assert changed.status_code == 201, changed.text


async def test_the_other_home_s_booking_counts_too(town: BookingTown) -> None:
    """Also for the same slot: each home is told that the child is there already."""
    activity_id, slot_id = await open_one(town)
    mother = await town.family()
    father = await town.second_home(mother)
    for home in (mother, father):
        await town.enroll(home, activity_id, household_id=str(home.household_id))
    assert (await town.book(mother, slot_id)).status_code == 201
    assert refusal_codes(await town.book(father, slot_id)) == [("/lines/0/slot_id", "elsewhere")]
    (cell,) = await town.cells(father)
    assert (cell["state"], cell["reason"], cell["booking_id"]) == ("closed", "elsewhere", None)
    assert [cell["state"] for cell in await town.cells(mother)] == ["booked"]


async def test_the_database_holds_it_too(service: RunningService, town: BookingTown) -> None:
    """A live booking keeps its minutes whatever its state; one that was cancelled keeps none."""
    activity_id, slot_id = await open_one(town)
    family = await town.family()
    await town.enroll(family, activity_id)
    await town.book(family, slot_id)
    copy_sql = """
        insert into bookings (id, service_on, basket_id, household_id, child_id, activity_id, slot_id, span, status,
                              booked_by, confirmed_at)
        select gen_random_uuid(), service_on, basket_id, household_id, child_id, activity_id, slot_id,
               int4range($1, $2), $3, booked_by, confirmed_at from bookings limit 1
    """
    for status in ("held", "requested", "confirmed"):
        with pytest.raises(asyncpg.ExclusionViolationError):
            await service.db.execute(copy_sql, 1079, 1100, status)
    await service.db.execute(copy_sql, 480, 1080, "cancelled")
    await service.db.execute(copy_sql, 480, 1080, "expired")
    await service.db.execute(copy_sql, 1080, 1100, "held")
