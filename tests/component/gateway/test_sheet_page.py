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
