"""A sheet that two agents have open at the same time."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from tests.component.gateway.browser import is_refused, shown_on, words
from tests.component.gateway.town import UNTIL_MIDNIGHT, Town
from tests.factories.booking import Family
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


async def test_an_old_page_does_not_undo_what_another_agent_corrected(town: Town) -> None:
    """Nothing of it is saved when both changed the same child, and both marks are said."""
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


async def sheet_of_today(town: Town, *families: Family, booked: Sequence[Family] = ()) -> UUID:
    """A day at which these children are enrolled, and some of them booked."""
    activity_id = await town.booking.activity(cutoff=UNTIL_MIDNIGHT)
    (slot_id,) = await town.booking.open(activity_id, 0)
    for family in families:
        await town.booking.enroll(family, activity_id)
    for family in booked:
        assert (await town.booking.book(family, slot_id)).status_code == 201
    return slot_id


async def stored(town: Town, slot_id: UUID) -> dict[str, Any]:
    """A sheet as the service has it."""
    booking = town.booking
    answer = await booking.client.get(f"/slots/{slot_id}/attendance", headers=booking.site_agent)
    document: dict[str, Any] = answer.json()
    return document


async def test_the_others_who_are_present_are_those_that_the_page_showed(town: Town) -> None:
    """A child who was booked after the page was opened was noted present, and nobody had looked for it."""
    one, two = await town.booking.family("Ada Un"), await town.booking.family("Bea Deux")
    slot_id = await sheet_of_today(town, one, two, booked=[one])
    path, agent = f"/agents/pointage/{slot_id}", await town.agent(Role.SITE)
    old = shown_on(await agent.get(path))
    await town.booking.book(two, slot_id)

    page = await agent.submit(path, old | {"step": "all_present"})

    marks = {line["child_id"]: line["attendance"] for line in (await stored(town, slot_id))["lines"]}
    assert marks == {str(one.child_id): "present", str(two.child_id): None}
    assert "1 reste à pointer" in words(page).replace("\u00a0", " ")
    await agent.submit(path, shown_on(page) | {"step": "all_present"})
    assert {line["attendance"] for line in (await stored(town, slot_id))["lines"]} == {"present"}


async def test_an_old_page_does_not_add_a_child_whom_another_agent_added_and_corrected(town: Town) -> None:
    """The mark was undone, and the closed sheet opened."""
    family = await town.booking.family("Ada Un")
    slot_id = await sheet_of_today(town, family)
    path = f"/agents/pointage/{slot_id}"
    first, second = await town.agent(Role.SITE), await town.agent(Role.SITE)
    child = {"child": f"{family.child_id}:{family.household_id}"}
    assert child["child"] in (await second.get(path)).text
    await first.get(path)
    mine = shown_on(await first.submit(path, child | {"step": "add"}))
    await first.submit(path, mine | {f"mark.{family.child_id}": "absent_excused", "step": "close"})

    page = await second.submit(path, child | {"step": "add"})

    assert is_refused(page)
    assert re.search("a été noté «.Absent excusé.».; votre choix est «.Venu sans réservation", words(page))
    assert f'<a href="#champ-mark-{family.child_id}">' in page.text
    sheet = await stored(town, slot_id)
    assert [line["attendance"] for line in sheet["lines"]] == ["absent_excused"]
    assert sheet["closed_at"] is not None


async def test_whoever_adds_a_child_keeps_what_they_marked(town: Town) -> None:
    """Also when the child is refused, or none was chosen."""
    one, two = await town.booking.family("Ada Un"), await town.booking.family("Bea Deux")
    slot_id = await sheet_of_today(town, one, two, booked=[one])
    path, agent = f"/agents/pointage/{slot_id}", await town.agent(Role.SITE)
    ada, arrived = f"mark.{one.child_id}", f"arrived.{one.child_id}"
    page = await agent.get(path)
    marked = shown_on(page) | {ada: "present", arrived: "00:01", "step": "add"}
    page = await agent.submit(path, marked)
    assert is_refused(page)
    assert '<a href="#champ-child">' in page.text
    assert (shown_on(page)[ada], shown_on(page)[arrived]) == ("present", "00:01")
    await agent.submit(path, marked | {"child": f"{two.child_id}:{two.household_id}"})
    lines = (await stored(town, slot_id))["lines"]
    assert {line["child_id"]: line["attendance"] for line in lines} == {
        str(one.child_id): "present",
        str(two.child_id): "unbooked",
    }


async def test_a_child_who_is_elsewhere_is_not_added_and_the_form_says_where(town: Town) -> None:
    family = await town.booking.family("Ada Un")
    slot_id, other = await sheet_of_today(town, family), await sheet_of_today(town, family)
    path, agent = f"/agents/pointage/{slot_id}", await town.agent(Role.SITE)
    await agent.get(path)
    assert (await town.booking.book(family, other)).status_code == 201
    page = await agent.submit(path, {"step": "add", "child": f"{family.child_id}:{family.household_id}"})
    assert is_refused(page)
    assert "il est déjà attendu aux mêmes heures pour Centre de loisirs" in words(page)


async def test_an_hour_that_is_emptied_is_taken_away(town: Town) -> None:
    """The hour came back, and the page said that all was saved."""
    family = await town.booking.family("Ada Un")
    slot_id = await sheet_of_today(town, family, booked=[family])
    path = f"/agents/pointage/{slot_id}"
    arrived, left = f"arrived.{family.child_id}", f"left.{family.child_id}"
    first, second = await town.agent(Role.SITE), await town.agent(Role.SITE)
    old = shown_on(await first.get(path))
    hours = {f"mark.{family.child_id}": "present", arrived: "00:01", left: "00:02"}
    page = await first.submit(path, old | hours | {"step": "save"})
    assert {name: shown_on(page)[name] for name in (arrived, left)} == {arrived: "00:01", left: "00:02"}
    other = shown_on(await second.get(path))

    page = await first.submit(path, shown_on(page) | {left: "", "step": "save"})

    assert not is_refused(page), words(page)
    assert {name: shown_on(page)[name] for name in (arrived, left)} == {arrived: "00:01", left: ""}
    (line,) = (await stored(town, slot_id))["lines"]
    assert (line["arrived_at"] is None, line["left_at"]) == (False, None)
    await first.submit(path, shown_on(page) | {arrived: "00:00", "step": "save"})
    page = await second.submit(path, other | {arrived: "", "step": "save"})
    assert is_refused(page)
    assert "une heure a été notée ou changée" in words(page)
    assert shown_on(page)[arrived] == "", "what was asked for is kept"
    page = await second.submit(path, shown_on(page) | {"step": "save"})
    assert not is_refused(page), words(page)
    assert (await stored(town, slot_id))["lines"][0]["arrived_at"] is None


async def test_hours_of_a_child_who_is_not_marked_ask_for_its_mark(town: Town) -> None:
    """They were left out, and the page said that all was saved."""
    family = await town.booking.family("Ada Un")
    slot_id = await sheet_of_today(town, family, booked=[family])
    path, agent = f"/agents/pointage/{slot_id}", await town.agent(Role.SITE)
    arrived = f"arrived.{family.child_id}"
    page = await agent.submit(path, shown_on(await agent.get(path)) | {arrived: "00:01", "step": "save"})
    assert is_refused(page)
    assert "Indiquez si l’enfant était présent ou absent" in words(page)
    assert f'<a href="#champ-mark-{family.child_id}">' in page.text
    assert shown_on(page)[arrived] == "00:01"
    await agent.done(path, shown_on(page) | {f"mark.{family.child_id}": "present", "step": "save"})


async def test_nobody_closes_what_their_page_did_not_show(town: Town) -> None:
    """An absence that another agent had noted meanwhile was closed, and billed, by whoever saw "Présent"."""
    family = await town.booking.family("Ada Un")
    slot_id = await sheet_of_today(town, family, booked=[family])
    path, mark = f"/agents/pointage/{slot_id}", f"mark.{family.child_id}"
    first, second = await town.agent(Role.SITE), await town.agent(Role.SITE)
    await first.get(path)
    old = shown_on(await first.submit(path, {"step": "save", mark: "present"}))
    await second.submit(path, shown_on(await second.get(path)) | {"step": "save", mark: "absent_unexcused"})
    page = await first.submit(path, old | {"step": "close"})
    assert is_refused(page)
    assert "La feuille a changé depuis que vous l’avez ouverte" in words(page)
    assert (await stored(town, slot_id))["closed_at"] is None
    await first.submit(path, shown_on(page) | {"step": "close"})
    sheet = await stored(town, slot_id)
    assert (sheet["closed_at"] is not None, sheet["lines"][0]["attendance"]) == (True, "absent_unexcused")


async def test_a_day_that_was_booked_anew_is_not_marked_from_an_old_page(town: Town) -> None:
    """It was noted absent by "autres présents", since the page still showed the mark of the booking before."""
    booking, family = town.booking, await town.booking.family("Ada Un")
    slot_id = await sheet_of_today(town, family)
    (booked,) = (await booking.book(family, slot_id)).json()["bookings"]
    path, mark = f"/agents/pointage/{slot_id}", f"mark.{family.child_id}"
    agent = await town.agent(Role.SITE)
    await agent.get(path)
    old = shown_on(await agent.submit(path, {"step": "save", mark: "absent_excused"}))
    await booking.give_back(family, booked["booking_id"])
    await booking.book(family, slot_id)
    await agent.submit(path, old | {"step": "all_present"})
    assert [line["attendance"] for line in (await stored(town, slot_id))["lines"]] == [None]
    page = await agent.submit(path, old | {"step": "save", f"arrived.{family.child_id}": "00:01"})
    assert "n’y est plus" in words(page)
    assert [line["attendance"] for line in (await stored(town, slot_id))["lines"]] == [None]


async def test_an_hour_typed_for_an_unmarked_child_is_not_lost_to_another_agent_s_mark(town: Town) -> None:
    family = await town.booking.family("Ada Un")
    slot_id = await sheet_of_today(town, family, booked=[family])
    path = f"/agents/pointage/{slot_id}"
    first, second = await town.agent(Role.SITE), await town.agent(Role.SITE)
    old = shown_on(await first.get(path))
    await second.submit(
        path, shown_on(await second.get(path)) | {"step": "save", f"mark.{family.child_id}": "absent_excused"}
    )
    page = await first.submit(path, old | {"step": "save", f"arrived.{family.child_id}": "00:01"})
    assert is_refused(page)
    assert 'value="00:01"' in page.text
