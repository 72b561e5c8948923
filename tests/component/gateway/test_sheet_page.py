"""A sheet that two agents have open at the same time."""

import re

import httpx2
import pytest

from tests.component.gateway.browser import is_refused, words
from tests.component.gateway.town import UNTIL_MIDNIGHT, Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


def shown_on(page: httpx2.Response) -> dict[str, str]:
    """What a browser would send of a sheet on which nobody changed anything."""
    hidden = dict(re.findall(r'name="(seen\.[^"]+)" value="([^"]*)"', page.text))
    return hidden | dict(re.findall(r'name="(mark\.[^"]+)" value="([^"]+)" checked', page.text))


async def test_an_old_page_does_not_undo_what_another_agent_corrected(town: Town) -> None:
    """AG-3: nothing of it is saved when both changed the same child, and both marks are said."""
    booking = town.booking
    one, two = await booking.family("Ada Un"), await booking.family("Bea Deux")
    activity_id = await booking.activity(cutoff=UNTIL_MIDNIGHT)
    (slot_id,) = await booking.open(activity_id, 0)
    for family in (one, two):
        await booking.enroll(family, activity_id)
        await booking.book(family, slot_id)
    path, ada, bea = f"/agents/pointage/{slot_id}", f"mark.{one.child_id}", f"mark.{two.child_id}"
    first, second = await town.agent(Role.SITE), await town.agent(Role.SITE)
    await first.get(path)
    old = shown_on(await first.submit(path, {"step": "save", ada: "present"}))
    other = shown_on(await second.get(path))
    await second.submit(path, other | {"step": "close", ada: "absent_unexcused", bea: "present"})

    await first.submit(path, old | {"step": "save", bea: "present"})
    sheet = (await booking.client.get(f"/slots/{slot_id}/attendance", headers=booking.site_agent)).json()
    marks = {f"mark.{line['child_id']}": line["attendance"] for line in sheet["lines"]}
    assert marks == {ada: "absent_unexcused", bea: "present"}
    assert sheet["closed_at"] is not None, "what was not changed is not sent"

    page = await first.submit(path, old | {"step": "save", ada: "absent_excused", bea: "absent_excused"})
    assert is_refused(page)
    assert re.search("a été noté «.Absent sans excuse.».; votre choix est «.Absent excusé", words(page))
    kept = shown_on(page)
    assert (kept[ada], kept[bea]) == ("absent_excused", "absent_excused")
    page = await first.submit(path, kept | {"step": "save"})
    assert not is_refused(page), words(page)
    assert {shown_on(page)[name] for name in (ada, bea)} == {"absent_excused"}


async def test_an_hour_that_cannot_be_is_marked_at_its_child(town: Town) -> None:
    """Left before arrived, hours to come, no hour at all: the field says so, the rest stays as it was chosen, and once it is right the
    sheet is closed."""
    booking = town.booking
    family = await booking.family("Cleo Trois")
    activity_id = await booking.activity(cutoff=UNTIL_MIDNIGHT)
    (slot_id,) = await booking.open(activity_id, 0)
    await booking.enroll(family, activity_id)
    await booking.book(family, slot_id)
    path, mark = f"/agents/pointage/{slot_id}", {f"mark.{family.child_id}": "present"}
    arrived, left = f"arrived.{family.child_id}", f"left.{family.child_id}"
    agent = await town.agent(Role.SITE)
    for hours, field, sentence in (
        ({arrived: "00:02", left: "00:01"}, left, "La fin vient avant le début"),
        ({arrived: "x"}, arrived, "Indiquez une heure"),
    ):
        await agent.get(path)
        page = await agent.submit(path, {"step": "close", **mark, **hours})
        assert is_refused(page)
        place = f"champ-{field.replace('.', '-')}"
        for part in (
            f'<a href="#{place}">',
            f'id="{place}" aria-invalid="true" aria-describedby="{place}-error"',
            f'id="{place}-error"',
        ):
            assert part in page.text
        assert words(page).count(sentence) >= 2, words(page)
        assert shown_on(page)[f"mark.{family.child_id}"] == "present"
    await agent.done(path, {"step": "close", **mark, arrived: "00:01", left: "00:02"})
    sheet = (await booking.client.get(f"/slots/{slot_id}/attendance", headers=booking.site_agent)).json()
    assert sheet["closed_at"] is not None
