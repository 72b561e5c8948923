"""The families' calendar: a day that is only given back is shown as such in the basket, then confirmed."""

import re

import pytest

from tests.component.gateway.town import UNTIL_MIDNIGHT, Town, family_of, hidden, words

pytestmark = pytest.mark.anyio


async def test_a_day_is_given_back_without_booking_another(town: Town) -> None:
    parent, household = await town.parent()
    booking, family = town.booking, family_of(household)
    activity_id = await booking.activity(cutoff=UNTIL_MIDNIGHT)
    (slot_id,) = await booking.open(activity_id, 7)
    await booking.enroll(family, activity_id)
    booked = await booking.book(family, slot_id)
    assert booked.status_code == 201, booked.text
    week = str(await booking.day(7))
    control = f"{family.child_id}:{slot_id}"
    page = await parent.get(f"/calendrier?semaine={week}")
    assert re.search(rf'name="slot" value="{control}"[^>]* checked', page.text)
    unticked = {"week": week, "was": control}
    page = await parent.post("/calendrier/prix", unticked)
    assert (page.status_code, "à annuler" in words(page).lower()) == (200, True), words(page)
    page = await parent.post("/calendrier", {**unticked, "step": "quote"})
    assert page.status_code == 200
    assert 'value="confirm"' in page.text
    confirmed = {"step": "confirm", "quoted_total_cents": hidden(page, "quoted_total_cents")}
    page = await parent.landing(await parent.post("/calendrier", {**unticked, **confirmed}))
    assert page.status_code == 200
    cells = await booking.cells(family)
    assert [cell["state"] for cell in cells if cell["slot_id"] == str(slot_id)] == ["cancelled"]
