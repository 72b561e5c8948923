"""An adult who belongs to two households: every page is about one of them, which they chose, which it names and which they may change."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID, uuid4

import pytest

from contracts.family.models import Household
from tests.component.billing.families import Booked, Family, activity, invoice_month, publish_tariff
from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.months import Month
from tests.component.gateway.town import Town, family_of
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

CHOICE = "/mes-dossiers"
OF_ONE_HOUSEHOLD = (
    "/mon-accueil",
    "/inscriptions/nouvelle",
    "/calendrier",
    "/inscriptions",
    "/factures",
    "/historique",
)


async def in_two(town: Town) -> tuple[Browser, Household, Household]:
    """A parent of two who, since last week, belongs to a second household with one child."""
    (parent, own), (_, other) = await town.parent(children=2), await town.parent()
    since = await town.booking.today() - timedelta(days=7)
    await change_member(town, "put", membership(own, other), starts_on=since)
    return parent, own, other


def membership(own: Household, other: Household) -> str:
    return f"/households/{other.household_id}/members/{own.adults[0].adult_id}"


async def change_member(town: Town, method: str, path: str, **days: date) -> None:
    family = town.services["family"]
    body = {name: str(day) for name, day in days.items()}
    answer = await family.client.request(method, path, json=body, headers=family.as_agent(Role.FRONT_DESK))
    assert answer.status_code == 200, answer.text
    await town.settle()


async def choose(browser: Browser, household: Household, **fields: str) -> Any:
    await browser.get(CHOICE)
    return await browser.done(CHOICE, {"household_id": str(household.household_id), **fields})


def shown(household: Household) -> str:
    return f"Vous regardez le dossier {household.reference}."


async def test_pages_ask_once_which_household_and_lead_back(town: Town) -> None:
    """In pages: nothing is shown of either household before one is chosen."""
    parent, own, other = await in_two(town)
    for path in OF_ONE_HOUSEHOLD:
        answer = await parent.get(path)
        assert (answer.status_code, answer.headers.get("location")) == (
            303,
            f"{CHOICE}?retour={quote(path, safe='')}",
        ), path
    page = await parent.get(f"{CHOICE}?retour=%2Fcalendrier")
    assert {own.reference, other.reference} <= set(words(page).replace(".", " ").split())
    chosen = await parent.done(CHOICE, {"household_id": str(other.household_id), "next": "/calendrier"})
    assert chosen.headers["location"] == "/calendrier"
    for path in OF_ONE_HOUSEHOLD:
        page = await parent.get(path)
        assert page.status_code == 200
        assert shown(other) in words(page)
        assert own.adults[0].last_name in words(page), "nobody is named by half"


async def test_what_pages_show_follows_the_choice(town: Town) -> None:
    """There and back; a form that was opened before a change is still about its own household."""
    parent, own, other = await in_two(town)
    second_child = own.children[1].first_name
    for household in (own, other, own):
        home = await parent.landing(await choose(parent, household))
        wish = await parent.get("/inscriptions/nouvelle")
        for page in (home, wish):
            assert shown(household) in words(page)
            assert (second_child in words(page)) == (household is own)
        assert hidden(wish, "household_id") == str(household.household_id)


async def test_days_chosen_for_one_household_are_not_taken_for_the_other(town: Town) -> None:
    """Two tabs: in the second the other household was chosen. Nothing is booked, and the choices wait for their own."""
    parent, own, other = await in_two(town)
    activity_id = await town.booking.activity()
    await town.booking.enroll(family_of(own), activity_id)
    (slot_id,) = await town.booking.open(activity_id, 7)
    control = f"{own.children[0].child_id}:{slot_id}"
    await choose(parent, own)
    form = await parent.get(f"/calendrier?semaine={await town.booking.day(7)}")
    fields = {name: hidden(form, name) for name in ("week", "household_id")} | {"slot": control}
    await choose(parent, other)
    basket = await parent.post("/calendrier/prix", fields)
    assert "d’un autre dossier famille" in words(basket)
    for pressed in ({"step": "quote"}, {"go": str(await town.booking.day(14))}):
        page = await parent.submit("/calendrier", fields | pressed)
        assert "Ces jours sont ceux d’un autre dossier famille" in words(page), pressed
    page = await parent.submit("/calendrier", fields | {"step": "confirm", "quoted_total_cents": "0"})
    for sentence in ("Rien n’a été changé", "Ces jours sont ceux d’un autre dossier famille"):
        assert sentence in words(page), sentence
    assert "sorti du panier" not in words(page)
    (link,) = re.findall(r'href="/mes-dossiers[?]retour=([^"]+)"', page.text)
    back = unquote(unescape(link))
    await parent.get(CHOICE)
    calendar = await parent.submit(CHOICE, {"household_id": str(own.household_id), "next": back})
    assert f'value="{control}"' in calendar.text
    assert "1 jour à réserver" in words(calendar)
    booked = await town.services["booking"].db.fetchval("select count(*) from bookings where slot_id = $1", slot_id)
    assert booked == 0


async def test_a_request_from_a_form_of_the_other_file_says_so(town: Town) -> None:
    parent, own, other = await in_two(town)
    activity_id = await town.booking.activity()
    await choose(parent, own)
    form = await parent.get("/inscriptions/nouvelle")
    wish = {"child_id": str(own.children[0].child_id), "activity_id": str(activity_id)}
    await choose(parent, other)
    sent = await parent.done("/inscriptions/nouvelle", wish | {"household_id": hidden(form, "household_id")})
    assert "pour le dossier famille que son formulaire montrait" in words(await parent.landing(sent))


async def test_a_refused_form_of_the_other_file_says_whose_page_it_is_now(town: Town) -> None:
    """Corrected and sent again, it enrolled the child in the file that was chosen meanwhile, without a word."""
    parent, own, other = await in_two(town)
    activity_id = await town.booking.activity()
    await choose(parent, own)
    form = await parent.get("/inscriptions/nouvelle")
    wish = {"child_id": str(own.children[0].child_id), "activity_id": str(activity_id), "starts_on": "2001-01-01"}
    await choose(parent, other)
    page = await parent.submit("/inscriptions/nouvelle", wish | {"household_id": hidden(form, "household_id")})
    assert is_refused(page)
    assert "pour un autre dossier" in words(page)
    assert hidden(page, "household_id") == str(other.household_id)


async def test_a_household_of_others_is_not_chosen(town: Town) -> None:
    """Another family's id, none at all, and an address that leads away."""
    parent, own, _ = await in_two(town)
    _, stranger = await town.parent()
    for household_id in (str(stranger.household_id), "", "x"):
        await parent.get(CHOICE)
        answer = await parent.done(CHOICE, {"household_id": household_id})
        assert "set-cookie" not in answer.headers or "__Host-household" not in answer.headers["set-cookie"]
        assert "n’est plus le vôtre" in words(await parent.landing(answer))
    assert (await choose(parent, own, next="//ailleurs.example")).headers["location"] == "/mon-accueil"


async def test_a_cookie_opens_no_household(town: Town) -> None:
    """Somebody who writes the cookie by hand gets what the services say: nothing of it is there for them."""
    parent, household = await town.parent()
    _, stranger = await town.parent()
    adult_id = household.adults[0].adult_id
    parent.http.cookies.set(
        "__Host-household", f"{adult_id}.{stranger.household_id}.{stranger.reference}", domain="portail.valmont.example"
    )
    for path, status in (("/calendrier", 404), ("/inscriptions/nouvelle", 404), ("/factures", 200)):
        page = await parent.get(path)
        assert page.status_code == status, path
        assert stranger.adults[0].last_name not in page.text


async def test_a_choice_ends_with_the_membership(town: Town) -> None:
    """The home page forgets it and shows the household that is left; whoever has one is asked nothing."""
    parent, own, other = await in_two(town)
    await choose(parent, other)
    await leave(town, own, other)
    home = await parent.landing(await parent.get("/mon-accueil"))
    assert home.status_code == 200
    assert "Vous regardez le dossier" not in words(home)
    assert (await parent.get("/calendrier")).status_code == 200
    assert (await parent.get(CHOICE)).headers["location"] == "/mon-accueil"


async def test_a_choice_ends_when_nothing_is_left_to_choose(town: Town) -> None:
    """The adult left the household that they do not look at."""
    parent, own, other = await in_two(town)
    await choose(parent, own)
    await leave(town, own, other)
    home = await parent.landing(await parent.get("/mon-accueil"))
    assert home.status_code == 200
    assert "Vous regardez le dossier" not in words(home)


async def test_what_is_to_be_paid_is_shown_whichever_file_is_looked_at(town: Town) -> None:
    """An adult of two homes has an invoice of each to pay, and one of a third that they left."""
    parent, own, other = await in_two(town)
    _, former = await town.parent()
    homes, billing, centre = (own, other, former), town.services["billing"], uuid4()
    payer_id = own.adults[0].adult_id
    await publish_tariff(billing, "of_2021", effective_on="2018-01-01")
    await billing.deliver(activity(centre, "of_2021"))
    for household in homes:
        await change_member(town, "put", membership(own, household), starts_on=date(2020, 1, 1))
        await pays(town, household, payer_id, date(2020, 1, 1))
        family = Family(household.household_id, payer_id, household.children[0].child_id)
        await billing.deliver(Booked(family, centre, date(2021, 3, 3)).attended())
    await town.give_up_drafts()
    await invoice_month(billing, Month.HOMES)
    rows = await billing.db.fetch(
        "select number from invoices where household_id = any($1::uuid[])", [home.household_id for home in homes]
    )
    numbers = {row["number"] for row in rows}
    assert len(numbers) == 3
    await leave(town, own, former)
    for household in (own, other):
        await choose(parent, household)
        page = words(await parent.get("/factures"))
        assert "Voici les factures de tous vos dossiers" in page
        assert {number for number in numbers if number in page} == numbers
        assert "3 factures à payer" in words(await parent.get("/mon-accueil"))


async def pays(town: Town, household: Household, adult_id: UUID, since: date) -> None:
    family, path = town.services["family"], f"/households/{household.household_id}/payer"
    body = {"adult_id": str(adult_id), "starts_on": str(since)}
    answer = await family.client.put(path, json=body, headers=family.as_agent(Role.FRONT_DESK))
    assert answer.status_code == 200, answer.text
    await town.settle()


async def leave(town: Town, own: Household, other: Household) -> None:
    yesterday = await town.booking.today() - timedelta(days=1)
    await change_member(town, "post", f"{membership(own, other)}/end", ends_on=yesterday)


async def test_another_person_at_the_same_browser_has_no_choice_made(town: Town) -> None:
    parent, _, other = await in_two(town)
    await choose(parent, other)
    second, _ = await town.parent()
    second.http.cookies.set(
        "__Host-household", parent.http.cookies["__Host-household"], domain="portail.valmont.example"
    )
    home = await second.get("/mon-accueil")
    assert home.status_code == 200
    assert "Vous regardez le dossier" not in words(home)
