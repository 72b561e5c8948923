"""The families' calendar: what is ticked and unticked is confirmed in one act, and the page says what was done, or why not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import httpx2
import pytest

from tests.component.billing.families import publish_tariff
from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.town import UNTIL_MIDNIGHT, Town, family_of
from tests.factories.booking import BookingTown, Family

pytestmark = pytest.mark.anyio

WEEKS_AHEAD = 26
"""Of the town's calendar."""


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
    page = await parent.submit("/calendrier", {**unticked, "step": "quote"})
    assert page.status_code == 200
    assert 'value="confirm"' in page.text
    confirmed = {"step": "confirm", "quoted_total_cents": hidden(page, "quoted_total_cents")}
    page = await parent.submit("/calendrier", {**unticked, **confirmed})
    assert page.status_code == 200
    cells = await booking.cells(family)
    assert [cell["state"] for cell in cells if cell["slot_id"] == str(slot_id)] == ["cancelled"]


@dataclass
class Tab:
    """A parent at the calendar of a child who is booked today and in a week; on one more day there is one place."""

    browser: Browser
    booking: BookingTown
    family: Family
    other: Family
    week: str
    today: UUID
    next: UUID
    free: UUID
    last: UUID

    def control(self, slot_id: UUID) -> str:
        """The checkbox of a day."""
        return f"{self.family.child_id}:{slot_id}"

    async def send(self, ticked: Sequence[UUID], were: Sequence[UUID], **fields: str) -> httpx2.Response:
        """Post the form with these days ticked, when it was drawn with others."""
        controls = {"slot": [*map(self.control, ticked)], "was": [*map(self.control, were)]}
        return await self.browser.submit("/calendrier", {"week": self.week, **controls, **fields})

    async def confirmation(self, ticked: Sequence[UUID], were: Sequence[UUID]) -> dict[str, str]:
        """See the price of the changes; what the button that confirms them at it posts besides."""
        page = await self.send(ticked, were, step="quote")
        assert 'name="step" value="confirm"' in page.text
        return {name: hidden(page, name) for name in ("quoted_total_cents", "idempotency_key")} | {"step": "confirm"}

    async def confirm(self, ticked: Sequence[UUID], were: Sequence[UUID]) -> httpx2.Response:
        """See the price of the changes, and confirm them at it."""
        return await self.send(ticked, were, **await self.confirmation(ticked, were))

    async def states(self) -> dict[UUID, str]:
        """What the calendar says of each day."""
        return {UUID(cell["slot_id"]): cell["state"] for cell in await self.booking.cells(self.family)}

    async def give_back(self, slot_id: UUID) -> None:
        """The other parent does so, elsewhere."""
        cells = await self.booking.cells(self.family)
        (booking_id,) = (cell["booking_id"] for cell in cells if cell["slot_id"] == str(slot_id))
        answer = await self.booking.give_back(self.family, booking_id)
        assert answer.status_code == 201, answer.text

    async def close_sheet(self, slot_id: UUID) -> None:
        """An agent marks the child present and closes the sheet of a day."""
        client, agent = self.booking.client, self.booking.site_agent
        (line,) = (await client.get(f"/slots/{slot_id}/attendance", headers=agent)).json()["lines"]
        marks = {"marks": [{"child_id": line["child_id"], "attendance": "present"}]}
        await client.put(f"/slots/{slot_id}/attendance", json=marks, headers=agent)
        answer = await client.post(f"/slots/{slot_id}/attendance/closure", headers=agent)
        assert answer.status_code == 200, answer.text


@dataclass(frozen=True)
class Far:
    """The last week that the calendar shows and one of the past; a day in that last week, and one beyond it."""

    last_week: date
    past: date
    inside: UUID
    beyond: UUID


@pytest.fixture
async def tab(town: Town) -> Tab:
    """The calendar before anything is changed."""
    browser, household = await town.parent()
    other, _ = await town.household()
    booking, family = town.booking, family_of(household)
    await publish_tariff(town.services["billing"], effective_on="2000-01-01")
    activity_id = await booking.activity(cutoff=UNTIL_MIDNIGHT, tariff_code="leisure")
    today, following, free = await booking.open(activity_id, 0, 7, 8)
    (last,) = await booking.open(activity_id, 9, capacity=1)
    await town.settle()
    families = [family, family_of(other)]
    for someone in families:
        await booking.enroll(someone, activity_id)
    answer = await booking.book(family, today, following)
    assert answer.status_code == 201, answer.text
    await browser.get("/calendrier")
    return Tab(browser, booking, *families, str(await booking.day(7)), today, following, free, last)


async def test_changes_are_confirmed_in_one_act_and_counted(tab: Tab) -> None:
    page = await tab.confirm([tab.free, tab.today], [tab.today, tab.next])
    assert "Vos réservations sont confirmées : 1 jour. Un e-mail récapitulatif" in spaced(page)
    assert "Vos annulations sont enregistrées : 1 jour." in spaced(page)
    assert await tab.states() == {tab.today: "booked", tab.next: "cancelled", tab.free: "booked", tab.last: "bookable"}
    page = await tab.confirm([], [tab.today, tab.free])
    assert "Vos annulations sont enregistrées : 2 jours." in spaced(page)
    assert "confirmées" not in words(page)


async def test_a_stale_page_books_nothing_when_a_day_cannot_be_given_back(tab: Tab) -> None:
    """The sheet of the day that is unticked was closed since the page was drawn."""
    before, wished, were = await tab.states(), [tab.free, tab.next], [tab.today, tab.next]
    confirmation = await tab.confirmation(wished, were)
    await tab.close_sheet(tab.today)
    page = await tab.send(wished, were, **confirmation)
    assert is_refused(page)
    assert "Rien n’a été changé" in words(page)
    assert re.search(r"Lina a, \w+ \w+ \w+ : Ce jour a eu lieu et sa feuille de présence a été close", spaced(page)), (
        words(page)
    )
    assert await tab.states() == {**before, tab.today: "booked_locked"}
    # What was refused is not asked for again, and the rest of the choices is kept.
    assert "Ce qui n’est plus possible est sorti du panier" in words(page)
    ticked, were = (re.findall(rf'name="{name}" value="([^"]+)"', page.text) for name in ("slot", "was"))
    assert tab.control(tab.today) not in {*ticked, *were}
    page = await tab.confirm([tab.free, tab.next], [tab.next])
    assert "Vos réservations sont confirmées" in words(page)
    assert (await tab.states())[tab.free] == "booked"


async def test_a_day_that_became_full_gives_nothing_back(tab: Tab) -> None:
    before, wished, were = await tab.states(), [tab.last, tab.free], [tab.today, tab.next]
    confirmation = await tab.confirmation(wished, were)
    assert (await tab.booking.book(tab.other, tab.last)).status_code == 201
    page = await tab.send(wished, were, **confirmation)
    assert (is_refused(page), "Rien n’a été changé" in words(page)) == (True, True)
    assert len(re.findall("La dernière place vient d’être prise", words(page).partition("Semaine")[0])) == 1
    assert await tab.states() == {**before, tab.last: "full"}


async def test_a_removal_alone_that_is_refused_changes_nothing_either(tab: Tab) -> None:
    wished, were = [tab.next], [tab.today, tab.next]
    confirmation = await tab.confirmation(wished, were)
    await tab.close_sheet(tab.today)
    page = await tab.send(wished, were, **confirmation)
    assert (is_refused(page), "Rien n’a été changé" in words(page)) == (True, True)
    page = await tab.send(wished, were, step="quote")
    assert (page.status_code, "Ce qui n’est plus possible est sorti du panier" in words(page)) == (200, True)


async def test_what_another_tab_did_meanwhile_is_no_failure(tab: Tab) -> None:
    """Back to choices that are done: nothing is said to be impossible, and nothing is in the basket."""
    wished, were = [tab.today, tab.next, tab.free], [tab.today, tab.next]
    priced = await tab.send(wished, were, step="quote")
    await tab.confirm(wished, were)
    page = await tab.browser.get(str(priced.url))
    assert "sorti du panier" not in words(page)
    assert "0 jour à réserver" in spaced(page)


async def test_another_price_confirms_nothing(tab: Tab) -> None:
    before, wished, were = await tab.states(), [tab.free, tab.next], [tab.today, tab.next]
    confirmation = await tab.confirmation(wished, were)
    page = await tab.send(wished, were, **{**confirmation, "quoted_total_cents": "1"})
    assert (is_refused(page), "Rien n’a été changé" in words(page)) == (True, True)
    assert "Ce n’est plus le total affiché" in words(page)
    assert await tab.states() == before


async def test_a_day_that_was_given_back_elsewhere_meanwhile_is_no_error(tab: Tab) -> None:
    confirmation = await tab.confirmation([tab.today], [tab.today, tab.next])
    await tab.give_back(tab.next)
    page = await tab.send([tab.today], [tab.today, tab.next], **confirmation)
    assert (page.status_code, "Ces jours n’étaient déjà plus réservés" in words(page)) == (200, True)


async def test_a_form_that_is_sent_twice_is_done_once_and_says_so(tab: Tab) -> None:
    wished, were = [tab.today, tab.free], [tab.today, tab.next]
    confirmation = await tab.confirmation(wished, were)
    for expected in ("Vos annulations sont enregistrées", "Ces changements étaient déjà faits"):
        page = await tab.send(wished, were, **confirmation)
        assert expected in words(page)
    assert (await tab.states())[tab.free] == "booked"


@pytest.mark.parametrize(
    ("step", "sentence"), [("quote", "Choisissez d’abord un jour"), ("confirm", "avant de valider")]
)
async def test_nothing_chosen_is_said(tab: Tab, step: str, sentence: str) -> None:
    page = await tab.send([tab.today, tab.next], [tab.today, tab.next], step=step)
    assert (is_refused(page), sentence in words(page)) == (True, True)
    assert "Rien n’a été changé" not in words(page)


@pytest.mark.parametrize(
    "notice",
    ["success.booked", "success.booked-x", "success.nothing-1", "success", "success.booked-1.cancelled-1.x", ""],
)
async def test_a_notice_that_is_none_of_ours_is_not_shown(tab: Tab, notice: str) -> None:
    page = await tab.browser.get(
        "/calendrier", headers={"Cookie": f"__Host-flash={notice}; __Host-session={tab.browser.session_token}"}
    )
    assert page.status_code == 200
    assert 'class="alert success' not in page.text


def spaced(page: httpx2.Response) -> str:
    """What a page says, with plain spaces."""
    return words(page).replace("\u00a0", " ")


@pytest.fixture
async def far(tab: Tab, town: Town) -> Far:
    """Days of last week, of the last week that the calendar shows, and of the one after it."""
    today = await tab.booking.today()
    last_week = today - timedelta(days=today.weekday()) + timedelta(weeks=WEEKS_AHEAD)
    offsets = [-7, (last_week - today).days + 1, (last_week - today).days + 8]
    ends_on = str(await tab.booking.day(400))
    activity_id = await tab.booking.activity(cutoff=UNTIL_MIDNIGHT, tariff_code="leisure", ends_on=ends_on)
    await tab.booking.enroll(tab.family, activity_id)
    _, inside, beyond = await tab.booking.open(activity_id, *offsets)
    await town.settle()
    return Far(last_week, today - timedelta(weeks=1), inside, beyond)


async def test_choices_are_kept_over_every_week_that_is_shown(tab: Tab, far: Far) -> None:
    """A week of the past and the last one of all, with a choice in another one: the same calendar, priced."""
    for week in (far.past, far.last_week):
        page = await tab.browser.submit(
            "/calendrier", {"week": str(tab.week), "slot": tab.control(far.inside), "go": str(week)}
        )
        assert (page.status_code, is_refused(page)) == (200, False), week
        assert "sorti du panier" not in words(page)
        assert f'value="{tab.control(far.inside)}"' in page.text
    assert "1 jour à réserver" in spaced(page)
    assert 'name="quoted_total_cents"' in page.text
    assert 'data-go="next"' not in page.text


async def test_no_week_is_shown_whose_days_could_not_be_confirmed(tab: Tab, far: Far) -> None:
    beyond = far.last_week + timedelta(weeks=1)
    answer = await tab.browser.get(f"/calendrier?semaine={beyond}")
    assert answer.headers["location"] == f"/calendrier?semaine={far.last_week}"
    page = await tab.browser.submit("/calendrier", {"week": tab.week, "slot": tab.control(tab.free), "go": str(beyond)})
    assert str(page.url).partition("semaine=")[2].startswith(str(far.last_week))


async def test_a_day_whose_price_was_not_shown_is_not_confirmed(tab: Tab, far: Far) -> None:
    """Nothing of it is, although the rest has the price that was shown."""
    before = await tab.states()
    confirmation = await tab.confirmation([tab.free, tab.today, tab.next], [tab.today, tab.next])
    page = await tab.send([tab.free, tab.today, tab.next, far.beyond], [tab.today, tab.next], **confirmation)
    assert is_refused(page)
    assert "ne sont pas dans le calendrier affiché" in words(page)
    page = await tab.send([far.beyond], [], step="confirm", quoted_total_cents="")
    assert is_refused(page)
    assert await tab.states() == before
