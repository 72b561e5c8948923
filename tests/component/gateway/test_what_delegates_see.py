"""What a page or an answer tells somebody whom a family let act: the first names of the children entrusted and of the parent to ask, their days, and no more.

Everything else that the portal knows of the family is a canary, which every page and every answer is searched for.
"""

import json
import re
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx2
import pytest

from chassis.actor import Actor
from contracts.booking.delegations_api import change_delegated_bookings, delegated_calendar
from contracts.family.delegations_api import held_delegations
from contracts.types import ActorKind
from portal.account import ACCOUNT
from portal.agents import AGENTS
from portal.family import FAMILY, HELPING
from portal.public import PUBLIC
from tests.component.gateway.api import Application, application_of
from tests.component.gateway.browser import Browser, hidden, words
from tests.component.gateway.helping import LIST, Home, opened
from tests.component.gateway.town import Town, family_of
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

OPENAPI: Final = Path(__file__).parents[3] / "contracts" / "openapi" / "gateway.json"
PHONE: Final = "06 71 83 94 05"
QUOTIENT_CENTS: Final = 65231
DELEGATED: Final = (held_delegations, delegated_calendar, change_delegated_bookings)
SPACES: Final = (PUBLIC, ACCOUNT, FAMILY, HELPING, AGENTS)


@pytest.fixture
async def home(town: Town) -> Home:
    """A family with a telephone, a quotient, and a day that it booked for the child whom it keeps to itself."""
    home = await opened(town, phone=PHONE)
    family, household_id = town.services["family"], home.household.household_id
    body = {"value_cents": QUOTIENT_CENTS, "effective_on": "2026-01-01"}
    path = f"/households/{household_id}/quotient"
    answer = await family.client.put(path, json=body, headers=family.as_system())
    assert answer.status_code == 200, answer.text
    await town.settle()
    booked = await town.booking.book_lines(
        family_of(home.household), [(home.household.children[1].child_id, home.slot_id)]
    )
    assert booked.status_code == 201, booked.text
    await home.given()
    return home


def canaries(home: Home) -> dict[str, str]:
    """What nobody is told who only helps, by what it is; compared without case."""
    household, (parent, *_) = home.household, home.household.adults
    _, sibling = household.children
    return {
        "surname": parent.last_name,
        "address of the mailbox": str(parent.email),
        "telephone": "671839405",
        "street": household.address.lines[0],
        "reference": household.reference,
        "id of the parent": str(parent.adult_id),
        "other child": sibling.first_name,
        "id of the other child": str(sibling.child_id),
        "date of birth": "2019-03-04",
        "quotient": str(QUOTIENT_CENTS),
        "quotient in words": "652,31",
    }


def canaries_in(home: Home, answer: httpx2.Response) -> set[str]:
    """The canaries in an answer, wherever they stand in it."""
    text = answer.text.casefold()
    digits = re.sub(r"[\s.]|&nbsp;", "", text)
    return {name for name, value in canaries(home).items() if value.casefold() in text or value in digits}


async def every_page(home: Home, browser: Browser, delegation_id: str) -> dict[str, httpx2.Response]:
    """Every page of every space, as somebody gets it who tries them all with the ids that there are."""
    ids = {
        "delegation_id": delegation_id,
        "household_id": str(home.household.household_id),
        "adult_id": str(home.household.adults[0].adult_id),
        "child_id": str(home.household.children[1].child_id),
    }
    pages = {}
    for page in (page for space in SPACES for page in space.pages if page.method == "GET"):
        path = re.sub(r"\{(\w+)(:\w+)?\}", lambda part: ids.get(part[1], str(uuid4())), page.path)
        pages[path] = await browser.get(path)
    return pages


async def every_answer(home: Home, application: Application, delegation_id: str) -> dict[str, httpx2.Response]:
    """Whatever the public API reads, asked for with the ids of the family."""
    ids = {
        "delegation_id": delegation_id,
        "household_id": str(home.household.household_id),
        "adult_id": str(home.household.adults[0].adult_id),
        "guardian_id": str(home.household.adults[0].adult_id),
        "child_id": str(home.household.children[1].child_id),
    }
    period = {"from_on": str(await home.town.booking.day(0)), "to_on": str(await home.town.booking.day(20))}
    answers = {}
    for path, operations in json.loads(OPENAPI.read_text())["paths"].items():
        if "get" in operations:
            url = re.sub(r"\{(\w+)(:\w+)?\}", lambda part: ids.get(part[1], str(uuid4())), path).removeprefix("/api/v1")
            for query in (period, period | ids):
                answers[f"{url}?{sorted(query)}"] = await application.send("GET", url, params=query)
    return answers


async def own_answers(home: Home, delegation_id: str, kind: ActorKind) -> dict[str, httpx2.Response]:
    """What the services answer to whoever holds a delegation, whichever way they are asked."""
    delegate_id = await home.town.services["family"].db.fetchval(
        "select delegate_id from delegations where delegation_id = $1", UUID(delegation_id)
    )
    actor = Actor(uuid4(), kind, guardian_id=delegate_id)
    period = {"from_on": str(await home.town.booking.day(-30)), "to_on": str(await home.town.booking.day(60))}
    answers = {}
    for operation in DELEGATED:
        service = home.town.services[operation.service]
        headers = service.as_actor(actor) | service.key()
        path = operation.path.format(delegation_id=delegation_id)
        child = home.household.children[1].child_id
        body = {"lines": [{"child_id": str(child), "slot_id": str(home.slot_id)}]}
        options: dict[str, Any] = {"json": body} if operation.method == "POST" else {"params": period}
        answers[operation.name] = await service.client.request(operation.method, path, headers=headers, **options)
    return answers


@pytest.mark.parametrize("has_family", [False, True])
async def test_nothing_of_the_family_but_first_names_and_days_is_canaries_in(home: Home, has_family: bool) -> None:
    if has_family:
        holder, household = await home.town.parent()
        page = await home.parent.get(LIST)
        await home.given(email=str(household.adults[0].email), first_name="Paul")
        await home.town.settle()
    else:
        holder = await home.delegate()
    address = await home.entrusted(holder)
    delegation_id = address.rpartition("/")[2]
    page = await holder.get(f"{address}?semaine={home.week}")
    assert "Lina a" in words(page), "what they came for"
    assert "€" not in words(page)
    fields = {"week": home.week, "slot": home.control, "step": "confirm"}
    booked = await holder.submit(address, {**fields, "idempotency_key": hidden(page, "idempotency_key")})
    assert "La réservation est faite" in words(booked)
    application = application_of(holder, home.town.browser())
    answers = {"calendar": page, "booked": booked}
    answers |= await every_page(home, holder, delegation_id)
    answers |= await every_answer(home, application, delegation_id)
    answers |= await own_answers(home, delegation_id, ActorKind.PARENT if has_family else ActorKind.DELEGATE)
    opened = [path for path, answer in answers.items() if answer.status_code == 200]
    assert {address, "/enfants-confies", "/mes-identifiants"} <= {*opened}, opened
    alike = {"street", "date of birth"} if has_family else set()  # the file of their own says the same
    assert {path: names for path, answer in answers.items() if (names := canaries_in(home, answer) - alike)} == {}

    await home.parent.get(LIST)
    await home.parent.submit(f"{LIST}/{delegation_id}/fin")
    ended = [await holder.get("/enfants-confies"), await holder.get(address)]
    assert [canaries_in(home, answer) for answer in ended] == [set(), set()]
    held = (await own_answers(home, delegation_id, ActorKind.PARENT if has_family else ActorKind.DELEGATE)).values()
    assert [canaries_in(home, answer) for answer in held] == [set()] * len(DELEGATED)


async def test_the_canaries_sing_where_they_may(home: Home) -> None:
    """The same search finds each of them on the pages of the family and of agents: it would have found them above."""
    agent = await home.town.agent(*Role)
    parent = application_of(home.parent, home.town.browser())
    answers: list[Any] = [
        await home.parent.get("/mon-accueil"),
        await home.parent.get("/calendrier"),
        *[
            await agent.get(f"/agents/familles/{home.household.household_id}/{tab}")
            for tab in ("personnes", "factures")
        ],
        await parent.send("GET", "/household"),
    ]
    assert set().union(*(canaries_in(home, answer) for answer in answers)) == canaries(home).keys()
