"""How an adult is reached: read and corrected by themselves, the e-mail address by the town alone, told to each household concerned."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.family.events import ContactChanged, HouseholdState
from contracts.family.models import Contact, Household
from deploy.local.stack import TOWNS
from services.family.contacts import queries
from services.family.households import store as households
from services.family.people import store as people
from tests.component.family.desk import Desk
from tests.support.applications import Applications
from tests.support.services import RunningService, write_town

pytestmark = pytest.mark.anyio

ANNE = {"civility": "madame", "first_name": "Anne", "last_name": "Martin"}
CO_GUARDIAN = ANNE | {"email": "anne@courriel.example", "phone": "02 31 00 00 01"}
OTHERS: dict[str, Any] = {
    "guardian": {"first_name": "Paul", "email": "paul@courriel.example"},
    "children": [{"first_name": "Zoé", "last_name": "Petit", "birth_on": "2018-03-04"}],
}
MOVED = {
    "street": "3 quai  des Brumes",
    "complement": "Résidence du Port, bâtiment B, appt 12",
    "postal_code": "14123",
    "city": "Ifs",
}
OLD, NEW, STRUCTURE = "+33612345678", "+32470123456", TOWNS / "structure" / "town.toml"
BY_TOWN = {"fields": {"contact": {"email": "read_only"}}}


@pytest.fixture
async def service(applications: Applications, tmp_path: Path) -> AsyncIterator[RunningService]:
    """The service in a town where telephone and address are corrected at once, and the e-mail address by the town, on 1 September 2026."""
    async with applications.lend("family", town_file=write_town(tmp_path, base=STRUCTURE, family=BY_TOWN)) as running:
        running.db.clock_offset = datetime(2026, 9, 1, 10, tzinfo=UTC) - await running.db.now()
        yield running


class Contacts:
    """The details of the adults of some households, as somebody reads and corrects them."""

    def __init__(self, service: RunningService, desk: Desk) -> None:
        self.service, self.desk = service, desk

    def own(self, adult_id: UUID) -> dict[str, str]:
        return self.service.as_parent(adult_id)

    async def read(self, adult_id: UUID, headers: Mapping[str, str] | None = None) -> Contact:
        answer = await self.get(adult_id, headers or self.own(adult_id))
        assert answer.status_code == 200, answer.text
        return Contact.model_validate_json(answer.content)

    async def get(self, adult_id: UUID, headers: Mapping[str, str]) -> Any:
        return await self.service.client.get(f"/adults/{adult_id}/contact", headers=dict(headers))

    async def put(self, adult_id: UUID, headers: Mapping[str, str], **fields: Any) -> Any:
        """Correct some fields; the others, the version among them, are those that the adult reads now."""
        if "version" not in fields:
            contact = await self.read(adult_id, self.desk.headers)
            fields = {"version": contact.version, "phone": contact.phone, **fields}
        return await self.service.client.put(f"/adults/{adult_id}/contact", json=fields, headers=dict(headers))

    async def facts(self) -> list[ContactChanged]:
        return [event for event in await self.service.outbox() if isinstance(event, ContactChanged)]

    async def state(self, household: Household) -> HouseholdState:
        states = [event for event in await self.service.outbox() if isinstance(event, HouseholdState)]
        return next(state for state in reversed(states) if state.household_id == household.household_id)

    async def history(self, household: Household, headers: Mapping[str, str]) -> list[dict[str, Any]]:
        path = f"/history?household_id={household.household_id}"
        entries = (await self.service.client.get(path, headers=dict(headers))).json()["items"]
        return [entry for entry in entries if entry["action"] == "contact_changed"]


@pytest.fixture
def contacts(service: RunningService, desk: Desk) -> Contacts:
    return Contacts(service, desk)


def home_of(household: Household, **changes: str) -> dict[str, Any]:
    return {"household_id": str(household.household_id), **MOVED, **changes}


def field_codes(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_a_guardian_corrects_phone_and_address(contacts: Contacts, desk: Desk) -> None:
    """Read, corrected, published whole, noted with what it was, told by the names of the fields alone."""
    household = await desk.open(co_guardian=CO_GUARDIAN)
    adult_id = household.adults[0].adult_id
    before = await contacts.read(adult_id)
    assert (before.phone, [home.reference for home in before.homes]) == (OLD, [household.reference])
    answer = await contacts.put(adult_id, contacts.own(adult_id), phone=NEW, address=home_of(household))
    assert answer.status_code == 200, answer.text
    after = await contacts.read(adult_id)
    assert answer.json() == after.model_dump(mode="json")
    lines = ("3 quai des Brumes", MOVED["complement"])
    assert (after.phone, after.email, after.homes[0].address.lines) == (NEW, before.email, lines)
    state = await contacts.state(household)
    assert (state.address.lines, state.address.city, state.adults[0].phone) == (lines, "Ifs", NEW)
    (fact,) = await contacts.facts()
    assert (fact.household_id, fact.adult_id, fact.by_adult_id) == (household.household_id, adult_id, adult_id)
    assert fact.fields == ("phone", "address")
    assert not any(value in fact.model_dump_json() for value in (NEW, "Brumes"))
    for headers in (contacts.own(household.adults[1].adult_id), desk.headers):
        (entry,) = await contacts.history(household, headers)
        assert (entry["before"]["phone"], entry["after"]["phone"]) == (OLD, NEW)
        assert entry["after"]["address"] == [*lines, "14123 Ifs"]


async def test_events_come_after_the_act_and_the_fact_before_the_state(contacts: Contacts, desk: Desk) -> None:
    """Whoever waits for the state that follows a fact knows it by its time."""
    household = await desk.open()
    adult_id = household.adults[0].adult_id
    assert (await contacts.put(adult_id, contacts.own(adult_id), phone=NEW)).status_code == 200
    rows = await contacts.service.db.fetch("select event_type, actor, created_at from outbox order by id desc limit 2")
    assert [row["event_type"] for row in rows] == [HouseholdState.event_type, ContactChanged.event_type]
    assert rows[0]["created_at"] >= rows[1]["created_at"]
    assert {row["actor"] for row in rows} == {f"parent:{adult_id}"}


async def test_the_email_is_for_the_town_to_change(contacts: Contacts, desk: Desk) -> None:
    """S2-16: refused to the parent with who decides, and nothing of the rest is done; an agent changes it."""
    household = await desk.open(co_guardian=CO_GUARDIAN)
    adult_id = household.adults[0].adult_id
    refused = await contacts.put(adult_id, contacts.own(adult_id), phone=NEW, email="neuf@courriel.example")
    assert (refused.status_code, refused.json()["code"]) == (403, "email_kept_by_town")
    assert (await contacts.read(adult_id)).phone == OLD
    same = await contacts.put(adult_id, contacts.own(adult_id), email="Eric.LeGoff@courriel.example")
    assert same.status_code == 200
    assert await contacts.facts() == []
    answer = await contacts.put(adult_id, desk.headers, email="neuf@courriel.example")
    assert (answer.status_code, answer.json()["email"]) == (200, "neuf@courriel.example")
    assert (await contacts.state(household)).adults[0].email == "neuf@courriel.example"
    (fact,) = await contacts.facts()
    assert (fact.by_adult_id, fact.fields) == (None, ("email",))
    answer = await contacts.service.client.get("/households?search=neuf@courriel", headers=desk.headers)
    assert [item["reference"] for item in answer.json()["items"]] == [household.reference]


async def test_an_adult_without_an_email_is_invited_once_they_have_one(contacts: Contacts, desk: Desk) -> None:
    household = await desk.open(co_guardian={**CO_GUARDIAN, "email": None})
    adult_id = household.adults[1].adult_id
    assert (await contacts.put(adult_id, desk.headers, email="anne@courriel.example")).status_code == 200
    assert [adult.is_invited for adult in (await contacts.state(household)).adults] == [True, True]


async def test_an_email_of_another_file_is_refused(contacts: Contacts, desk: Desk) -> None:
    """At its field, without a word about whose it is."""
    first = await desk.open(co_guardian=CO_GUARDIAN)
    other = await desk.open(**OTHERS)
    answer = await contacts.put(other.adults[0].adult_id, desk.headers, email="ERIC.legoff@courriel.example")
    assert field_codes(answer) == [("/email", "email_taken")]
    assert first.reference not in answer.text
    same = await contacts.put(first.adults[0].adult_id, desk.headers, email="ERIC.legoff@courriel.example")
    assert same.status_code == 200


@pytest.mark.parametrize("is_in_turn", [True, False], ids=["in_turn", "control_without_turns"])
async def test_an_email_that_two_agents_give_at_once_is_one_adults(
    contacts: Contacts, desk: Desk, monkeypatch: pytest.MonkeyPatch, is_in_turn: bool
) -> None:
    """Without turns both would have it, who have nothing to do with each other."""
    if not is_in_turn:
        # Both look before one of them writes: a statement sees what was there when it began.
        monkeypatch.setattr(people, "TAKE_TURN_SQL", "select unnest($1::text[])")
        monkeypatch.setattr(people, "EMAIL_ELSEWHERE_SQL", f"{people.EMAIL_ELSEWHERE_SQL}, pg_sleep(1)")
    first = await desk.open()
    second = await desk.open(**OTHERS)
    adult_ids = [household.adults[0].adult_id for household in (first, second)]
    changes = (contacts.put(adult_id, desk.headers, email="neuf@courriel.example") for adult_id in adult_ids)
    answers = await asyncio.gather(*changes)
    assert sorted(answer.status_code for answer in answers) == [200, 422 if is_in_turn else 200]


async def test_only_oneself(contacts: Contacts, desk: Desk) -> None:
    """The co-parent, somebody of another household, a child, nobody at all: not there. An address of others neither."""
    household = await desk.open(co_guardian=CO_GUARDIAN)
    other = await desk.open(**OTHERS)
    own = household.adults[0].adult_id
    strangers = (household.adults[1].adult_id, other.adults[0].adult_id, household.children[0].child_id, uuid4())
    for adult_id in strangers:
        assert (await contacts.get(adult_id, contacts.own(own))).status_code == 404
        answer = await contacts.put(adult_id, contacts.own(own), version="x", phone=NEW)
        assert answer.status_code == 404
    assert (await contacts.put(own, contacts.own(own), address=home_of(other))).status_code == 404
    assert (await contacts.get(household.children[0].child_id, desk.headers)).status_code == 404
    assert await contacts.facts() == []


async def test_a_former_member_keeps_their_own_details(contacts: Contacts, desk: Desk, service: RunningService) -> None:
    """They read and correct their telephone number, and see and tell nothing of the household that they left."""
    household = await desk.open(co_guardian=CO_GUARDIAN)
    adult_id = household.adults[1].adult_id
    path = f"/households/{household.household_id}/members/{adult_id}/end"
    ended = await service.client.post(path, json={"ends_on": "2026-09-01"}, headers=desk.headers)
    assert ended.status_code == 200
    assert len((await contacts.read(adult_id)).homes) == 1, "the last day counts"
    service.advance(days=1)
    contact = await contacts.read(adult_id)
    assert (contact.phone, contact.homes) == ("+33231000001", ())
    refused = await contacts.put(adult_id, contacts.own(adult_id), address=home_of(household))
    assert refused.status_code == 404
    assert (await contacts.put(adult_id, contacts.own(adult_id), phone=NEW)).status_code == 200
    assert await contacts.facts() == []
    assert await contacts.history(household, desk.headers) == []


async def test_a_second_tab_is_refused(contacts: Contacts, desk: Desk) -> None:
    """Made from what is no longer so; what is so already is no quarrel, and neither is a lost answer that is asked for again."""
    household = await desk.open()
    adult_id = household.adults[0].adult_id
    own, seen = contacts.own(adult_id), (await contacts.read(adult_id)).version
    for _ in range(2):
        answer = await contacts.put(adult_id, own, version=seen, phone=NEW)
        assert answer.status_code == 200, answer.text
    second = await contacts.put(adult_id, own, version=seen, phone="06 00 00 00 00")
    assert (second.status_code, second.json()["code"]) == (409, "contact_outdated")
    assert (await contacts.read(adult_id)).phone == NEW
    assert len(await contacts.facts()) == 1


@pytest.mark.parametrize("is_locked", [True, False], ids=["locked", "control_without_locks"])
async def test_two_who_correct_at_once_take_turns(
    contacts: Contacts, desk: Desk, monkeypatch: pytest.MonkeyPatch, is_locked: bool
) -> None:
    if not is_locked:
        without = households.LOCK_HOUSEHOLDS_SQL.replace(" for no key update", "")
        monkeypatch.setattr(households, "LOCK_HOUSEHOLDS_SQL", without)
        slow = queries.REACHED_HOMES_SQL.replace("from households h\n", "from households h, pg_sleep(1)\n")
        monkeypatch.setattr(queries, "REACHED_HOMES_SQL", slow)
        monkeypatch.setattr(people, "HOLD_PERSON_SQL", "select $1::uuid")
    household = await desk.open(co_guardian=CO_GUARDIAN)
    seen = {adult.adult_id: (await contacts.read(adult.adult_id)).version for adult in household.adults}
    answers = await asyncio.gather(
        *(
            contacts.put(
                adult_id, contacts.own(adult_id), version=version, address=home_of(household, street=f"{number} rue A")
            )
            for number, (adult_id, version) in enumerate(seen.items(), 1)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409 if is_locked else 200]


async def test_an_adult_of_two_households_says_whose_address(
    contacts: Contacts, desk: Desk, service: RunningService
) -> None:
    """The telephone number is told to both, an address to its own household alone, also in the history."""
    first = await desk.open(co_guardian=CO_GUARDIAN)
    adult_id = first.adults[1].adult_id
    second = await desk.open(**OTHERS)
    path = f"/households/{second.household_id}/members/{adult_id}"
    await service.client.put(path, json={"starts_on": "2026-09-01"}, headers=desk.headers)
    answer = await contacts.put(adult_id, contacts.own(adult_id), phone=NEW, address=home_of(second))
    assert answer.status_code == 200, answer.text
    fields = {event.household_id: event.fields for event in await contacts.facts()}
    assert fields == {first.household_id: ("phone",), second.household_id: ("phone", "address")}
    adults = [(await contacts.state(household)).adults[1] for household in (first, second)]
    assert [(adult.phone, adult.revision) for adult in adults] == [(NEW, 2), (NEW, 2)]
    assert (await contacts.state(first)).address.city == "Valmont-sur-Orne"
    (entry,) = await contacts.history(first, desk.headers)
    assert "address" not in entry["after"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"phone": "06 12 34 56"}, "/phone"),
        ({"email": "nobody"}, "/email"),
        ({"street": "x" * 39}, "/address/street"),
        ({"complement": "x" * 39}, "/address/complement"),
        ({"street": "3 rue\u202e A"}, "/address/street"),
        ({"city": "14123"}, "/address/city"),
        ({"postal_code": "1412"}, "/address/postal_code"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    contacts: Contacts, desk: Desk, change: dict[str, str], pointer: str
) -> None:
    household = await desk.open()
    adult_id = household.adults[0].adult_id
    body = {"address": home_of(household, **change)} if pointer.startswith("/address") else change
    assert [name for name, _ in field_codes(await contacts.put(adult_id, desk.headers, **body))] == [pointer]
    assert await contacts.facts() == []
