"""Who answers for a child and who does not: a foster family until a day, a guardian whom a judgment keeps away, a grandmother without authority."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.family.models import Household
from tests.component.gateway.browser import words
from tests.component.gateway.home_plans import Plan
from tests.component.gateway.homes import Society, browser_of, settled
from tests.component.gateway.town import Town, household_body
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

TWO_HOMES = {"first": (("mother",), ("shared",)), "second": (("father", "grandmother"), ("shared", "half"))}
JUDGED = Plan(TWO_HOMES, kept_out=frozenset({("father", "shared")}), bystanders=frozenset({("grandmother", "shared")}))


async def role(town: Town, child_id: UUID, adult_id: UUID, **fields: Any) -> None:
    family = town.services["family"]
    url = f"/children/{child_id}/responsibilities/{adult_id}"
    answer = await family.client.put(url, json=fields, headers=family.as_agent(Role.FRONT_DESK))
    assert answer.status_code == 200, answer.text
    await town.settle()


async def test_a_foster_family_answers_until_its_day_and_the_parent_does_not_pay(town: Town) -> None:
    """The child lives with the foster family, whose file pays; the parent is registered, and is no payer by that. The day after the last one, the foster family
    reads nothing of the child any more."""
    _, parent = await town.parent()
    child = parent.children[0]
    family, booking = town.services["family"], town.services["booking"]
    desk, today = family.as_agent(Role.FRONT_DESK), await family.db.today()
    body = household_body(children=0) | {"known_child_ids": [str(child.child_id)]}
    opened = await family.client.post("/households", json=body, headers=desk | family.key())
    assert opened.status_code == 201, opened.text
    foster = Household.model_validate_json(opened.content)
    carer = foster.adults[0].adult_id
    await role(town, child.child_id, carer, role="guardian", authority="none", starts_on=str(today))
    placed = {"role": "caretaker", "authority": "joint", "starts_on": str(today), "ends_on": str(today)}
    await role(town, child.child_id, carer, **placed)
    home = {"pattern": "single", "household_ids": [str(foster.household_id)], "starts_on": str(today)}
    lives = await family.client.put(f"/children/{child.child_id}/residence", json=home, headers=desk)
    assert lives.status_code == 200, lives.text
    await town.settle()
    assert foster.payer_adult_id == carer
    assert parent.adults[0].adult_id not in {adult.adult_id for adult in foster.adults}
    payers = await town.services["billing"].client.get(
        f"/children/{child.child_id}/payers", headers=town.services["billing"].as_agent(Role.FINANCE)
    )
    assert payers.json()["shares"] == [], "nobody was made a payer of parts"

    async def seen() -> list[bool]:
        mine = await family.client.get("/me/household", headers=family.as_parent(carer))
        offers = await booking.client.get(f"/children/{child.child_id}/activities", headers=booking.as_parent(carer))
        health = await family.client.get(f"/children/{child.child_id}/health", headers=family.as_parent(carer))
        return [str(child.child_id) in mine.text, offers.status_code == 200, health.status_code == 200]

    assert await seen() == [True, True, True]
    for service in (family, booking):
        service.advance(days=1)
    assert await seen() == [False, False, False]
    for service in (family, booking):
        service.advance(days=-1)


@pytest.fixture
async def society(town: Town) -> Society:
    return await settled(town, JUDGED)


async def nothing_of(society: Society, adult: str, name: str) -> None:
    """Pages, badges and answers that an adult reads say nothing of a child, whose name is like no other."""
    browser = await browser_of(society, adult)
    for path in (
        "/mon-accueil",
        "/ma-famille",
        "/mes-enfants",
        "/inscriptions",
        "/calendrier",
        "/entourage",
        "/historique",
    ):
        page = await browser.landing(await browser.get(path))
        assert name not in words(page), f"{adult} on {path}"
    token = {"Authorization": f"Bearer {browser.session_token}"}
    for path in ("/household", "/enrollments", "/history"):
        answer = await browser.http.get(f"/api/v1{path}", headers=token)
        assert name not in answer.text, f"{adult} of {path}"


async def test_a_guardian_whom_a_judgment_keeps_away_reads_nothing_of_the_child(town: Town, society: Society) -> None:
    child_id = society.children["shared"]
    name = next(child.first_name for child in society.households["first"].children if child.child_id == child_id)
    await nothing_of(society, "father", name)
    family, booking = town.services["family"], town.services["booking"]
    father = society.adults["father"]
    for path in (f"/children/{child_id}/health", f"/children/{child_id}/entourage"):
        answer = await family.client.get(path, headers=family.as_parent(father))
        assert answer.status_code == 404, path
    today = await booking.db.today()
    days = f"from_on={today}&to_on={today + timedelta(days=30)}"
    gone = await booking.client.get(f"/calendar?child_id={child_id}&{days}", headers=booking.as_parent(father))
    assert str(child_id) not in gone.text
    assert await told_of_a_request(society, "shared", "second", "father") == 0
    assert await told_of_a_request(society, "half", "second", "father") == 1, "nothing keeps him from this one"
    assert await told_of_a_request(society, "shared", "first", "mother") == 1, "the control"


async def told_of_a_request(society: Society, child: str, home: str, adult: str) -> int:
    """How many messages an adult is to get once an agent entered a request for a child."""
    town, booking = society.town, society.town.services["booking"]
    before = await enrollment_mails(society, adult)
    wish = {
        "child_id": str(society.children[child]),
        "activity_id": str(await town.booking.activity()),
        "household_id": str(society.households[home].household_id),
    }
    answer = await booking.client.post(
        "/enrollments", json=wish, headers=booking.as_agent(Role.FRONT_DESK) | booking.key()
    )
    assert answer.status_code == 201, answer.text
    await town.settle()
    return await enrollment_mails(society, adult) - before


async def enrollment_mails(society: Society, adult: str) -> int:
    notices = society.town.services["notifications"]
    await notices.run_job("send_messages")
    answer = await notices.client.get(
        f"/messages?recipient_id={society.adults[adult]}", headers=notices.as_agent(Role.FRONT_DESK)
    )
    return sum(item["template"].startswith("enrollment") for item in answer.json()["items"])


async def test_a_grandmother_without_authority_hears_nothing_of_a_request(town: Town, society: Society) -> None:
    """An agent enters a request for the child that she brought on paper: no badge, no list and no mail is hers."""
    household, grandmother = society.households["second"], society.adults["grandmother"]
    booking = town.services["booking"]
    assert await told_of_a_request(society, "shared", "second", "grandmother") == 0
    query = f"household_id={household.household_id}"
    listed = await booking.client.get(f"/enrollments?{query}", headers=booking.as_parent(grandmother))
    assert str(society.children["shared"]) not in listed.text
    browser = await browser_of(society, "grandmother")
    home = words(await browser.get("/mon-accueil"))
    assert "0 demande en attente" in home
