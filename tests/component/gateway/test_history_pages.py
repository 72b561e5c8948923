"""What was done for a household, as its family and agents read it: in words, by name, from all services that answer."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.family.events import HouseholdState
from contracts.family.models import Household
from portal.kit.formats import date_short
from tests.component.gateway.browser import Browser
from tests.component.gateway.town import UNTIL_MIDNIGHT, Town, family_of
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

TAG = re.compile(r"<[^>]+>")


def words(page: str) -> str:
    """What a reader sees of a page."""
    return " ".join(TAG.sub(" ", page).split())


async def booked(town: Town) -> tuple[Browser, Household]:
    """A family that booked two days and gave one back, as an agent did for them too."""
    parent, household = await town.parent()
    family, activity_id = family_of(household), await town.booking.activity()
    await town.booking.enroll(family, activity_id)
    first, second = await town.booking.open(activity_id, 20, 21)
    answer = await town.booking.book(family, first, second)
    assert answer.status_code == 201, answer.text
    given_back = answer.json()["bookings"][0]
    body = {"cancellations": [{name: given_back[name] for name in ("service_on", "booking_id")}]}
    booking = town.services["booking"]
    headers = {**booking.as_parent(family.guardian_id), **booking.key(), "X-Channel": "portal"}
    assert (await booking.client.post("/bookings", json=body, headers=headers)).status_code == 201
    return parent, household


async def test_a_family_reads_what_was_done_for_it(town: Town) -> None:
    parent, _ = await booked(town)
    page = words((await parent.get("/historique")).text)
    for sentence in ("2 jours réservés", "1 jour rendu", "Inscription demandée", "Inscription validée", "Vous"):
        assert sentence in page, sentence
    for sentence in (
        "Dossier famille créé",
        "Conditions générales acceptées",
        "Identifiants choisis",
        "Portail famille",
    ):
        assert sentence in page, sentence
    assert "indisponible" not in page


async def test_an_act_names_the_child_the_activity_and_the_days(town: Town) -> None:
    parent, household = await booked(town)
    (child,), today = household.children, await town.booking.today()
    first, second = (date_short(today + timedelta(days=offset)) for offset in (20, 21))
    expected = (
        f"{child.first_name}, Centre de loisirs : 2 jours réservés ({first}, {second})",
        f"{child.first_name}, Centre de loisirs : 1 jour rendu ({first})",
        f"Inscription validée {child.first_name}, Centre de loisirs",
    )
    agent = await town.agent(Role.FRONT_DESK)
    for page in (
        await parent.get("/historique"),
        await agent.get(f"/agents/familles/{household.household_id}/historique"),
    ):
        shown = words(page.text).replace("\u00a0", " ")
        for sentence in expected:
            assert sentence in shown, sentence


async def test_many_days_are_told_by_the_first_and_the_last(town: Town) -> None:
    parent, household = await town.parent()
    family, activity_id = family_of(household), await town.booking.activity()
    await town.booking.enroll(family, activity_id)
    answer = await town.booking.book(family, *await town.booking.open(activity_id, 20, 21, 22, 23))
    assert answer.status_code == 201, answer.text
    today = await town.booking.today()
    first, last = (date_short(today + timedelta(days=offset)) for offset in (20, 23))
    assert f"4 jours réservés (du {first} au {last})" in words((await parent.get("/historique")).text)


async def test_the_newest_act_comes_first(town: Town) -> None:
    parent, _ = await booked(town)
    page = words((await parent.get("/historique")).text)
    order = [page.index(words) for words in ("1 jour rendu", "2 jours réservés", "Dossier famille créé")]
    assert order == sorted(order)


async def test_a_family_is_told_the_service_and_a_colleague_the_name(town: Town) -> None:
    agent, (parent, household) = await town.agent(Role.FRONT_DESK), await town.parent()
    path = f"/agents/familles/{household.household_id}"
    fields = {"value_cents": "750", "effective_on": str(await town.booking.today()), "source": "agent"}
    await agent.get(path)
    await agent.done(f"{path}/quotient", fields)
    own, theirs = words((await parent.get("/historique")).text), words((await agent.get(f"{path}/historique")).text)
    today = date_short(await town.booking.today())
    assert f"Quotient familial noté 750,00 €, à partir du {today}" in own.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Service enfance" in own
    assert "Camille Marchand" not in own
    assert "Camille Marchand" in theirs
    assert "Guichet de la mairie" in theirs


async def test_a_part_that_does_not_answer_is_said_to_be_missing(town: Town) -> None:
    parent, _ = await booked(town)
    async with town.without("billing"):
        page = words((await parent.get("/historique")).text)
    assert "Factures et paiements, dans l’historique" in page
    assert "2 jours réservés" in page


async def test_long_histories_go_on_from_page_to_page(town: Town) -> None:
    parent, household = await town.parent()
    family = town.services["family"]
    for number in range(30):
        body = {"value_cents": 50_000 + number, "effective_on": str(await town.booking.today())}
        path = f"/households/{household.household_id}/quotient"
        answer = await family.client.put(path, json=body, headers=family.as_agent(Role.FRONT_DESK))
        assert answer.status_code == 200, answer.text
    first = (await parent.get("/historique")).text
    (following,) = re.findall(r'href="(/historique\?suite=[^"]+)"', first)
    second = (await parent.get(following)).text
    assert words(first).count("Quotient familial noté") == 25
    assert words(second).count("Quotient familial noté") == 5
    assert "Dossier famille créé" in words(second)


async def test_an_agent_without_the_permission_is_shown_none(town: Town) -> None:
    finance, (_, household) = await town.agent(Role.FINANCE), await town.parent()
    page = words((await finance.get(f"/agents/familles/{household.household_id}/historique")).text)
    assert "Dossier famille créé" in page
    assert "Conditions générales acceptées" not in page


async def test_erasure_leaves_the_act_and_takes_what_it_changed(town: Town) -> None:
    _, household = await booked(town)
    _, states = await town.services["family"].emitted(kind=HouseholdState)
    state = next(item for item in states if item.key == str(household.household_id))
    path = f"/history?household_id={household.household_id}"
    booking, identity = town.services["booking"], town.services["identity"]
    before = (await booking.client.get(path, headers=booking.as_agent(Role.FRONT_DESK))).json()["items"]
    keys = await identity.db.fetchval("select count(*) from history_keys")
    for service in (booking, identity):
        await service.deliver(replace(service.envelope(state), payload=None))
    after = (await booking.client.get(path, headers=booking.as_agent(Role.FRONT_DESK))).json()["items"]
    assert [item["action"] for item in after] == [item["action"] for item in before]
    assert any(item["after"] for item in before)
    assert not any(item["before"] or item["after"] for item in after)
    assert await identity.db.fetchval("select count(*) from history_keys") == keys - 1


async def test_what_was_seen_of_a_child_is_in_the_history_of_its_household_alone(town: Town) -> None:
    """It stood with the sheet, for nobody to read and for nobody to erase."""
    (parent, household), (other_parent, other) = await town.parent(), await town.parent()
    booking, today = town.booking, await town.booking.today()
    activity_id = await booking.activity(cutoff=UNTIL_MIDNIGHT)
    (slot_id,) = await booking.open(activity_id, 0)
    for file in (household, other):
        await booking.enroll(family_of(file), activity_id)
    await booking.book(family_of(household), slot_id)
    (child,), (guest,) = household.children, other.children
    marks = [
        {"child_id": str(child.child_id), "attendance": "present"},
        {"child_id": str(guest.child_id), "attendance": "unbooked"},
    ]
    path = f"/slots/{slot_id}/attendance"
    answer = await booking.client.put(path, json={"marks": marks}, headers=booking.site_agent)
    assert answer.status_code == 200, answer.text
    assert (await booking.client.post(f"{path}/closure", headers=booking.site_agent)).status_code == 200

    own, theirs = [words((await tab.get("/historique")).text) for tab in (parent, other_parent)]
    day = date_short(today)
    assert f"{child.first_name}, Centre de loisirs : noté « Présent » ({day})" in own.replace("\u00a0", " ")
    expected = f"{guest.first_name}, Centre de loisirs : noté « Venu sans réservation » ({day})"
    assert expected in theirs.replace("\u00a0", " ")
    assert "Venu sans réservation" not in own
    assert "Feuille de présence close" not in own
