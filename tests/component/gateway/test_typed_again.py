"""What was typed when a session ended comes back after the next sign-in, for the same person and nobody else."""

from datetime import date, timedelta

import pytest

from tests.component.billing.families import publish_tariff
from tests.component.gateway.browser import ORIGIN, Browser, hidden, is_refused, words
from tests.component.gateway.test_agent_pages import family_form
from tests.component.gateway.test_shown_again import ticked
from tests.component.gateway.town import PASSWORD, UNTIL_MIDNIGHT, Town, family_of
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

NEW_FAMILY = "/agents/familles/nouvelle"


def coming_from(path: str) -> dict[str, str]:
    """What a browser says of where a form stands."""
    return {"Origin": ORIGIN, "Referer": f"{ORIGIN}{path}"}


async def signed_in_again(browser: Browser, page_path: str, login: str = "") -> str:
    """Sign in on the page that a form led to; where that leads back to."""
    page = await browser.get(page_path)
    assert "rien n’a encore été enregistré" in words(page)
    assert page.text.count('class="alert ') == 1, "one sentence says it"
    fields = {"login": login or browser.username, "password": PASSWORD, "next": hidden(page, "next")}
    return str((await browser.post("/connexion", fields)).headers["location"])


async def test_days_that_were_picked_are_booked_once_after_the_next_sign_in(town: Town) -> None:
    parent, household = await town.parent()
    booking, family = town.booking, family_of(household)
    await publish_tariff(town.services["billing"], effective_on="2000-01-01")
    activity_id = await booking.activity(cutoff=UNTIL_MIDNIGHT, tariff_code="leisure")
    days = await booking.open(activity_id, 7, 8, 9)
    await town.settle()
    await booking.enroll(family, activity_id)
    first: date = await booking.day(7)
    week = f"/calendrier?semaine={first - timedelta(days=first.weekday())}"
    controls = {f"{family.child_id}:{slot_id}" for slot_id in days}
    page = await parent.get(week)
    form = {"week": str(first), "slot": sorted(controls), "step": "quote", "household_id": str(family.household_id)}
    parent.http.cookies.delete("__Host-session")

    led_to = (await parent.post("/calendrier", form, coming_from(week))).headers["location"]
    again = await signed_in_again(parent, led_to)
    assert again.startswith(week)
    page = await parent.get(again)
    assert "rien n’a encore été enregistré" in words(page)
    assert ticked(page) == controls
    confirmation = {
        "idempotency_key": hidden(page, "idempotency_key"),
        "household_id": hidden(page, "household_id"),
        "quoted_total_cents": hidden(page, "quoted_total_cents"),
    }
    fields = form | confirmation | {"step": "confirm"}
    assert "3 jours" in words(await parent.landing(await parent.done("/calendrier", fields)))
    states = [cell["state"] for cell in await booking.cells(family)]
    assert states == ["booked"] * 3


async def test_an_agent_finds_a_long_form_as_it_was(town: Town) -> None:
    agent = await town.agent(Role.FRONT_DESK)
    await agent.get(NEW_FAMILY)
    agent.http.cookies.delete("__Host-session")
    form = family_form(guardian__first_name="Violette")
    led_to = (await agent.post(NEW_FAMILY, form, coming_from(NEW_FAMILY))).headers["location"]
    page = await agent.get(await signed_in_again(agent, led_to))
    assert not is_refused(page), "nothing was lost, so nothing went wrong"
    assert "Voici ce que vous aviez saisi" in words(page)
    assert 'value="Violette"' in page.text


async def test_whoever_signs_in_next_sees_nothing_of_what_another_person_typed(town: Town) -> None:
    agent, other = await town.agent(Role.FRONT_DESK), await town.agent(Role.FRONT_DESK)
    await agent.get(NEW_FAMILY)
    agent.http.cookies.delete("__Host-session")
    form = family_form(guardian__first_name="Violette")
    led_to = (await agent.post(NEW_FAMILY, form, coming_from(NEW_FAMILY))).headers["location"]
    page = await agent.get(await signed_in_again(agent, led_to, other.username))
    assert page.status_code == 200
    assert not is_refused(page)
    assert "Violette" not in page.text


async def test_a_form_of_the_session_before_is_shown_again_in_the_next_one(town: Town) -> None:
    """Somebody signed in anew in another tab: their former page was refused as a stranger's, and what they had typed was gone."""
    agent = await town.agent(Role.FRONT_DESK)
    await agent.get(NEW_FAMILY)
    former_token = agent.form_token
    agent.http.cookies.delete("__Host-session")
    await agent.get("/connexion")
    await agent.done("/connexion", {"login": agent.username, "password": PASSWORD})
    form = family_form(guardian__first_name="Violette") | {"csrf_token": former_token}
    answer = await agent.post(NEW_FAMILY, form, coming_from(NEW_FAMILY))
    page = await agent.landing(answer)
    assert not is_refused(page)
    assert "rien n’a encore été enregistré" in words(page)
    assert 'value="Violette"' in page.text


@pytest.mark.parametrize(
    "referer", ["https://evil.example/agents/familles/nouvelle", f"{ORIGIN}//evil.example/", "https://[evil"]
)
async def test_what_was_typed_leads_to_no_other_site(town: Town, referer: str) -> None:
    agent = await town.agent(Role.FRONT_DESK)
    await agent.get(NEW_FAMILY)
    agent.http.cookies.delete("__Host-session")
    headers = {"Origin": ORIGIN, "Referer": referer}
    answer = await agent.post(NEW_FAMILY, family_form(), headers)
    assert answer.headers["location"].startswith("/connexion")
    assert "evil" not in answer.headers["location"]
