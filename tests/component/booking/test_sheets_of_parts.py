"""Whoever is there with the whole day is there in the morning: listed, marked once, and added nowhere else at these hours."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from contracts.family.events import ChildMembership
from services.booking.invariants.queries import OVERSOLD_SQL
from tests.component.booking.sheets import UNTIL_MIDNIGHT, Sheet, book, today
from tests.component.booking.test_one_place import COURSE
from tests.factories.booking import PARTS, BookingTown, Family, refusal_codes
from tests.factories.households import LONG_AGO, KnownChild, adult, custody_state, household_state
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def parts(town: BookingTown, family: Family) -> dict[str, Sheet]:
    """The sheets of today's parts of an activity, and of its whole day, in which the family's children are enrolled."""
    activity_id = await town.activity(units=PARTS, cutoff=UNTIL_MIDNIGHT)
    await town.enroll(family, activity_id)
    units = await town.open_units(activity_id, 0, capacity=5)
    return {code: Sheet(town, slot_id, [family], []) for code, slot_id in units.items()}


async def course(town: BookingTown, family: Family) -> Sheet:
    """Today's sheet of a course in the morning, in which the family's children are enrolled too."""
    activity_id = await town.activity(label="Judo", units=COURSE, cutoff=UNTIL_MIDNIGHT)
    await town.enroll(family, activity_id)
    (slot_id,) = await town.open(activity_id, 0)
    return Sheet(town, slot_id, [family], [])


async def test_the_morning_lists_the_children_of_the_whole_day(town: BookingTown) -> None:
    """They were offered as unbooked, and a second day was billed."""
    family = await town.family("Ada Martin", "Bea Martin", "Zoe Martin")
    whole, morning, _ = family.child_ids
    sheets = await parts(town, family)
    await town.book_lines(family, [(whole, sheets["journee"].slot_id), (morning, sheets["matin"].slot_id)])

    sheet = await sheets["matin"].read()
    assert [line["child_first_name"] for line in sheet["lines"]] == ["Bea"]
    assert sheet["implied"] == [
        {
            "child_id": str(whole),
            "child_first_name": "Ada",
            "child_last_name": "Martin",
            "child_birth_on": None,
            "child_class": None,
            "slot_id": str(sheets["journee"].slot_id),
            "unit_label": "Journée",
            "attendance": None,
        }
    ]
    assert [child["child_first_name"] for child in sheet["candidates"]] == ["Zoe"]
    await sheets["journee"].mark((str(whole), "present"))
    assert [line["attendance"] for line in (await sheets["matin"].read())["implied"]] == ["present"]

    whole_day = await sheets["journee"].read()
    assert [line["child_first_name"] for line in whole_day["lines"]] == ["Ada"]
    assert whole_day["implied"] == [], "the morning is not the whole day"
    assert [child["child_first_name"] for child in whole_day["candidates"]] == ["Zoe"]
    await sheets["matin"].mark((str(morning), "present"))
    assert (await sheets["matin"].close()).status_code == 200, "the others are marked on their own sheet"


async def test_whoever_came_unbooked_for_the_whole_day_is_there_in_the_morning(town: BookingTown) -> None:
    family = await town.family()
    sheets = await parts(town, family)
    (child_id,) = map(str, family.child_ids)
    await sheets["journee"].mark((child_id, "unbooked"))
    sheet = await sheets["matin"].read()
    assert ([line["attendance"] for line in sheet["implied"]], sheet["candidates"]) == (["unbooked"], [])
    await sheets["journee"].mark((child_id, "absent_excused"))
    sheet = await sheets["matin"].read()
    assert (sheet["implied"], [child["child_id"] for child in sheet["candidates"]]) == ([], [child_id])


async def test_who_came_unbooked_books_nothing_else_at_these_hours(town: BookingTown) -> None:
    """Also in another activity, until the mark is corrected."""
    family = await town.family()
    sheets, judo = await parts(town, family), await course(town, family)
    (child_id,) = map(str, family.child_ids)
    await sheets["matin"].mark((child_id, "unbooked"))
    for sheet in (sheets["journee"], judo):
        refused = await town.book(family, sheet.slot_id)
        assert (refused.status_code, refusal_codes(refused)) == (409, [("/lines/0/slot_id", "elsewhere")])
    reasons = {cell["slot_id"]: cell["reason"] for cell in await town.cells(family)}
    assert reasons == {
        str(sheets["matin"].slot_id): "already_present",
        str(sheets["journee"].slot_id): "elsewhere",
        str(judo.slot_id): "elsewhere",
        str(sheets["repas"].slot_id): None,
        str(sheets["apres-midi"].slot_id): None,
    }
    assert (await town.book(family, sheets["apres-midi"].slot_id)).status_code == 201
    await sheets["matin"].mark((child_id, "absent_excused"))
    assert (await town.book(family, judo.slot_id)).status_code == 201


async def test_who_is_booked_elsewhere_does_not_come_unbooked(town: BookingTown) -> None:
    """A mark obeys the rule that a booking obeys."""
    family = await town.family()
    sheets, judo = await parts(town, family), await course(town, family)
    (child_id,) = map(str, family.child_ids)
    await town.book(family, judo.slot_id)
    for code in ("matin", "journee"):
        assert (await sheets[code].read())["candidates"] == []
        refused = await sheets[code].mark((child_id, "unbooked"))
        assert (refused.status_code, refused.json()["code"]) == (409, "marks_refused")
        assert refusal_codes(refused) == [("/marks/0/attendance", "elsewhere")]
        assert refused.json()["errors"][0]["params"] == {"other_activity": "Judo", "other_unit": "Cours"}
    assert (await sheets["apres-midi"].mark((child_id, "unbooked"))).status_code == 200


async def test_a_child_who_is_absent_where_it_is_booked_is_noted_where_it_is(
    service: RunningService, town: BookingTown
) -> None:
    """And is not there after all once it was seen somewhere else, unless that was a mistake."""
    family = await town.family()
    here, there = await today(town, family), await today(town, family)
    child_id = str(family.child_id)
    await book(here)
    assert (await there.mark((child_id, "unbooked"))).status_code == 409
    assert (await here.mark((child_id, "absent_unexcused"))).status_code == 200
    assert [candidate["child_id"] for candidate in (await there.read())["candidates"]] == [child_id]
    assert (await there.mark((child_id, "unbooked"))).status_code == 200
    assert await service.db.fetch(OVERSOLD_SQL) == []
    refused = await here.mark((child_id, "present"))
    assert refusal_codes(refused) == [("/marks/0/attendance", "elsewhere")]
    assert (await there.mark((child_id, "absent_excused"))).status_code == 200
    assert (await here.mark((child_id, "present"))).status_code == 200


async def test_a_candidate_of_who_moved_is_one_of_the_home_of_the_day(
    service: RunningService, town: BookingTown
) -> None:
    """The sheet offered the household that the child had left, and marking it was refused."""
    family = await town.family()
    sheet = await today(town, family)
    child, last = KnownChild(family.child_id), await town.day(-1)
    home_id, guardian_id = uuid4(), uuid4()
    left = ChildMembership(person_id=child.child_id, name="Lina", starts_on=LONG_AGO, ends_on=last)
    joined = left.model_copy(update={"starts_on": last + timedelta(days=1), "ends_on": None})
    await service.deliver(
        household_state(family.household_id, [adult(family.guardian_id)], [child], child_members=(left,)),
        household_state(home_id, [adult(guardian_id)], [child], reference="F-2", child_members=(joined,)),
        custody_state(child, [family.guardian_id, guardian_id], [home_id]),
    )
    (candidate,) = (await sheet.read())["candidates"]
    assert UUID(candidate["household_id"]) == home_id
    marked = await sheet.mark((candidate["child_id"], "unbooked"), household_id=candidate["household_id"])
    assert marked.status_code == 200, marked.text


async def test_a_candidate_of_two_homes_is_one_of_the_home_that_enrolled_it(town: BookingTown) -> None:
    family = await town.family()
    await town.second_home(family)
    sheet = await today(town)
    slot = (await sheet.read())["slot"]
    await town.enroll(family, UUID(slot["activity_id"]), household_id=str(family.household_id))
    assert [child["household_id"] for child in (await sheet.read())["candidates"]] == [str(family.household_id)]
