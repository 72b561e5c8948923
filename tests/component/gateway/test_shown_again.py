"""A form that was posted is shown by a page with an address of its own, which can be reloaded, kept and left (POST, redirect, GET)."""

import re
from datetime import timedelta

import httpx2
import pytest

from portal.frame.kept_forms import FORMS_MAX, KEPT_SECONDS, LENGTH_MAX, PREFIX, TEXT_MAX
from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.test_agent_pages import family_form, field_errors
from tests.component.gateway.town import UNTIL_MIDNIGHT, Town, family_of
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

NEW_FAMILY = "/agents/familles/nouvelle"
ODD_HEADER = "eyJhbGciOiJkaXIiLCJlbmMiOnt9LCJ6aXAiOiJERUYifQ..PQgT9p_Fv7l2kRVy.53DnfrDjTQ.NMWQBgqoqpls3JxNe7PHPQ"
"""Sealed in a way that is an object and no name."""


@pytest.fixture
async def agent(town: Town) -> Browser:
    """An agent at the form of a new family."""
    browser = await town.agent(Role.FRONT_DESK)
    await browser.get(NEW_FAMILY)
    return browser


async def test_a_refused_form_is_reloaded_without_being_sent_again(agent: Browser) -> None:
    form = family_form(guardian__email="ana(at)famille.example")
    answer = await agent.post(NEW_FAMILY, form)
    address = answer.headers["location"]
    for _ in range(2):
        page = await agent.get(address)
        assert (is_refused(page), field_errors(page)) == (True, {"guardian-email"})
        assert 'value="ana(at)famille.example"' in page.text
    # The address names what is shown and nothing of what was typed.
    assert re.fullmatch(rf"{NEW_FAMILY}\?saisie=[0-9a-f]+", address)
    plain = await agent.get(NEW_FAMILY)
    assert (is_refused(plain), "ana(at)" in plain.text) == (False, False)


async def test_two_tabs_have_a_form_each(agent: Browser) -> None:
    first, second = [
        (await agent.post(NEW_FAMILY, family_form(guardian__email=email))).headers["location"]
        for email in ("un", "deux")
    ]
    assert 'value="un"' in (await agent.get(first)).text
    assert 'value="deux"' in (await agent.get(second)).text


async def test_the_browser_keeps_few_forms_and_not_for_long(agent: Browser) -> None:
    for number in range(FORMS_MAX + 2):
        answer = await agent.post(NEW_FAMILY, family_form(guardian__email=f"ana-{number}"))
        last = answer.headers["location"]
        kept = kept_forms(agent)
        assert len(kept) == min(number + 1, FORMS_MAX)
    assert 'value="ana-3"' in (await agent.get(last)).text
    (cookie,) = [c for c in answer.headers.get_list("set-cookie") if PREFIX in c and "max-age=0" not in c.lower()]
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    expected = {"secure", "httponly", "samesite=lax", f"path={NEW_FAMILY}", f"max-age={KEPT_SECONDS}"}
    assert attributes == expected
    assert "ana" not in cookie.partition(";")[0]


async def test_nobody_else_reads_what_was_typed(agent: Browser, town: Town) -> None:
    address = (await agent.post(NEW_FAMILY, family_form(guardian__email="ana(at)"))).headers["location"]
    other = await town.agent(Role.FRONT_DESK)
    for name, value in kept_forms(agent).items():
        other.http.cookies.set(name, value, domain="portail.valmont.example", path=NEW_FAMILY)
    page = await other.get(address)
    assert (page.status_code, is_refused(page), "ana(at)" in page.text) == (200, False, False)


async def test_a_kept_form_is_shown_by_its_own_page_alone(town: Town) -> None:
    parent, _ = await town.parent()
    await parent.get("/inscriptions/nouvelle")
    address = (await parent.post("/inscriptions/nouvelle", {"ends_on": "2020-01-01"})).headers["location"]
    for name, value in kept_forms(parent).items():
        parent.http.cookies.set(name, value, domain="portail.valmont.example", path="/calendrier")
    assert is_refused(await parent.get(address))
    assert not is_refused(await parent.get(f"/calendrier?{address.partition('?')[2]}"))


@pytest.mark.parametrize("value", ["", "x", "é", "a.b.c.d.e", "eyJhbGciOiJub25lIn0...", ODD_HEADER])
async def test_a_cookie_that_is_none_of_ours_shows_a_fresh_form(agent: Browser, value: str) -> None:
    headers = {b"Cookie": f"{PREFIX}0={value}; __Host-session={agent.session_token}".encode()}
    page = await agent.http.get(f"{NEW_FAMILY}?saisie=0", headers=headers)
    assert (page.status_code, is_refused(page)) == (200, False)


async def test_a_form_that_no_cookie_can_hold_is_shown_at_once(agent: Browser) -> None:
    """Nothing that was typed is lost, however long it is."""
    for long in ("".join(f"{number:x}" for number in range(2 * LENGTH_MAX)), "a" * (TEXT_MAX + 1)):
        answer = await agent.post(NEW_FAMILY, family_form(guardian__first_name=long))
        assert (answer.status_code, kept_forms(agent)) == (200, {})
        assert is_refused(answer)
        assert f'value="{long}"' in answer.text


async def test_passwords_are_never_kept(town: Town) -> None:
    browser, _ = await town.newcomer()
    await browser.get("/premiere-connexion/identifiants")
    fields = {"username": "ab", "password": "Secret-Long-42", "password_confirmation": "autre"}
    page = await browser.submit("/premiere-connexion/identifiants", fields)
    assert is_refused(page)
    assert "Secret-Long-42" not in page.text
    assert 'value="ab"' in page.text


async def test_a_refused_step_of_a_run_is_not_taken_by_a_reload(town: Town) -> None:
    """F5 replayed "J'ai relu" on a draft that nobody had read."""
    finance = await town.agent(Role.FINANCE)
    await finance.get("/agents/facturation")
    last_year = (await town.booking.today()).replace(day=1) - timedelta(days=200)
    run = (await finance.post("/agents/facturation", {"period": f"{last_year:%Y-%m}"})).headers["location"]
    refused = (await finance.post(run, {"step": "review"})).headers["location"]
    assert is_refused(await finance.get(refused))
    await town.bill()
    page = await finance.get(refused)
    assert "À relire" in words(page)
    assert "Relue" not in words(page)


async def test_the_week_and_the_choices_are_in_the_address(town: Town) -> None:
    parent, household = await town.parent()
    booking, family = town.booking, family_of(household)
    activity_id = await booking.activity(cutoff=UNTIL_MIDNIGHT)
    this_week, next_week = await booking.open(activity_id, 7, 14)
    await booking.enroll(family, activity_id)
    week = await booking.day(7)
    monday = week - timedelta(days=week.weekday())
    controls = [f"{family.child_id}:{slot_id}" for slot_id in (this_week, next_week)]
    await parent.get(f"/calendrier?semaine={week}")

    form = {"week": str(week), "slot": controls[0], "go": str(monday + timedelta(weeks=1))}
    following = await parent.post("/calendrier", form)
    assert following.headers["location"].startswith(f"/calendrier?semaine={monday + timedelta(weeks=1)}&saisie=")
    for _ in range(2):
        page = await parent.get(following.headers["location"])
        assert ticked(page) == {controls[0]}
    both = await parent.post(
        "/calendrier", {"week": str(monday + timedelta(weeks=1)), "slot": controls, "step": "quote"}
    )
    assert ticked(await parent.get(both.headers["location"])) == set(controls)
    nothing = await parent.post("/calendrier", {"week": str(week), "go": str(monday + timedelta(weeks=1))})
    assert nothing.headers["location"] == f"/calendrier?semaine={monday + timedelta(weeks=1)}"
    # Back shows the choices as they were then; the plain address shows none.
    assert ticked(await parent.get(following.headers["location"])) == {controls[0]}
    assert ticked(await parent.get(f"/calendrier?semaine={week}")) == set()


def kept_forms(browser: Browser) -> dict[str, str]:
    """The forms that the browser keeps, sealed."""
    return {cookie.name: cookie.value or "" for cookie in browser.http.cookies.jar if cookie.name.startswith(PREFIX)}


def ticked(page: httpx2.Response) -> set[str]:
    """The days that are chosen, on the week shown or on others."""
    hidden = re.findall(r'type="hidden" name="slot" value="([^"]+)"', page.text)
    return {*hidden, *re.findall(r'name="slot" value="([^"]+)"[^>]* checked', page.text)}
