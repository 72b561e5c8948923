"""What was noted on a sheet is in the history of the households concerned, sealed by the key of each."""

from typing import Any

import pytest

from chassis.data.history import forget_changes
from tests.component.booking.sheets import Sheet, book, today
from tests.factories.booking import BookingTown, Family
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def marks_noted(service: RunningService, family: Family) -> list[dict[str, Any] | None]:
    """What the acts of a household's history say of its marks, the first one first; None where nothing can be read any more."""
    answer = await service.client.get(
        "/history", params={"household_id": str(family.household_id)}, headers=service.as_agent(Role.FRONT_DESK)
    )
    entries = [entry for entry in answer.json()["items"] if entry["action"].startswith("attendance")]
    assert {entry["action"] for entry in entries} <= {"attendance_marked"}
    return [entry["after"] for entry in reversed(entries)]


async def noted(sheet: Sheet, family: Family, mark: str) -> dict[str, Any]:
    slot = (await sheet.read())["slot"]
    return {
        "child_id": str(family.child_id),
        "activity_id": slot["activity_id"],
        "activity": slot["activity_label"],
        "service_on": slot["service_on"],
        "mark": mark,
    }


async def test_each_household_has_an_act_of_its_own_children(service: RunningService, town: BookingTown) -> None:
    first, second = await town.family(), await town.family()
    sheet = await today(town, first, second)
    await book(sheet)
    await sheet.mark((sheet.children[0], "present"), (sheet.children[1], "absent_excused"))
    await sheet.close()
    assert await marks_noted(service, first) == [{"marks": [await noted(sheet, first, "present")]}]
    assert await marks_noted(service, second) == [{"marks": [await noted(sheet, second, "absent_excused")]}]
    await sheet.mark((sheet.children[0], "present"), (sheet.children[1], "present"))
    assert len(await marks_noted(service, first)) == 1, "nothing else is said of that child"


async def test_what_was_marked_cannot_be_read_once_the_household_is_erased(
    service: RunningService, town: BookingTown
) -> None:
    """It was sealed by a key of the sheet, which nobody ever deletes."""
    family = await town.family()
    sheet = await today(town, family)
    await book(sheet)
    await sheet.mark((sheet.children[0], "present"))
    await sheet.close()
    assert await marks_noted(service, family) != [None]
    async with service.db.transaction() as tx:
        await forget_changes(tx, [family.household_id])
    assert await marks_noted(service, family) == [None]
    sealed = "select count(*) from history where subject = $1 and sealed_for = $1"
    assert await service.db.fetchval(sealed, str(sheet.slot_id)) == 0


async def test_a_corrected_home_is_noted_for_both(service: RunningService, town: BookingTown) -> None:
    """As it is published: the former home is excused."""
    family = await town.family()
    home = await town.second_home(family)
    sheet = await today(town)
    child_id = str(family.child_id)
    await sheet.mark((child_id, "unbooked"), household_id=str(family.household_id))
    await sheet.mark((child_id, "unbooked"), household_id=str(home.household_id))
    marks = [await noted(sheet, family, mark) for mark in ("unbooked", "absent_excused")]
    assert await marks_noted(service, family) == [{"marks": [mark]} for mark in marks]
    assert await marks_noted(service, home) == [{"marks": marks[:1]}]
