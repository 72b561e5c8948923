"""A protected address: taken out of the file and of everything that is told, shown to whoever may see it and noted, put back at the end."""

from collections.abc import Mapping
from typing import Any

import pytest

from contracts.family.events import HouseholdState
from contracts.family.models import Household
from tests.component.family.desk import Desk
from tests.component.family.importing import Importer, home
from tests.component.family.protecting import CITY, SECRET, STREET, WHY, Guard, tables_that_say, words_in
from tests.component.family.test_contacts import CO_GUARDIAN, OTHERS
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
def guard(service: RunningService, desk: Desk) -> Guard:
    return Guard(service, desk)


async def states(service: RunningService, household: Household) -> list[HouseholdState]:
    events = [event for event in await service.outbox() if isinstance(event, HouseholdState)]
    return [event for event in events if event.household_id == household.household_id]


async def history(guard: Guard, household: Household, headers: Mapping[str, str]) -> list[dict[str, Any]]:
    answer = await guard.get(f"/history?household_id={household.household_id}", headers)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_it_is_taken_out_and_published_without(guard: Guard, service: RunningService) -> None:
    """The answer, the state that every other service hears, and the rows of the service itself: only what was told before says it."""
    household = await guard.open()
    assert not household.is_address_protected
    assert "households.city" in await tables_that_say(service), "the control"
    answer = await guard.protect(household.household_id)
    assert (answer.status_code, answer.json()["address"], words_in(answer.text)) == (200, None, [])
    first, last = await states(service, household)
    assert first.address
    assert first.address.city == CITY
    assert last.address is None
    await service.db.execute("delete from outbox")
    assert await tables_that_say(service) == []


async def test_no_role_is_told_it(guard: Guard, service: RunningService) -> None:
    """Nor are its own adults, until they ask; nobody finds the file by where it is."""
    household = await guard.protected(co_guardian=CO_GUARDIAN)
    adults = [adult.adult_id for adult in household.adults]
    everybody = [service.as_agent(role) for role in (Role.DIRECTOR, Role.FRONT_DESK, Role.FINANCE)]
    own = f"/households/{household.household_id}"
    contacts = [f"/adults/{adult_id}/contact" for adult_id in adults]
    lists = ["/households", f"/households?search={household.reference}"]
    for headers in everybody:
        for path in (own, *contacts, *lists, f"/history?household_id={household.household_id}"):
            answer = await guard.get(path, headers)
            assert (answer.status_code, words_in(answer.text)) == (200, []), path
    for adult_id, path in zip(adults, contacts, strict=True):
        for mine in (own, path, "/me/household", "/history"):
            answer = await guard.get(mine, service.as_parent(adult_id))
            assert (answer.status_code, words_in(answer.text)) == (200, []), mine
    for words in (STREET, CITY, "29987", "Hérisson"):
        assert (await guard.get(f"/households?search={words}")).json()["items"] == []


async def test_who_may_see_it_does_by_asking_and_that_is_noted(guard: Guard, service: RunningService) -> None:
    household = await guard.protected(co_guardian=CO_GUARDIAN)
    own = [service.as_parent(adult.adult_id) for adult in household.adults]
    for headers in (*own, guard.headers):
        answer = await guard.see(household.household_id, headers)
        assert (answer.status_code, answer.json()["lines"][0], answer.json()["city"]) == (200, STREET, CITY)
    entries = await history(guard, household, own[0])
    seen = [entry for entry in entries if entry["action"] == "protected_address_seen"]
    assert [entry["actor_kind"] for entry in seen] == ["agent", "parent", "parent"]
    assert (await guard.see(household.household_id, guard.desk.headers)).status_code == 403
    other = await guard.desk.open(**OTHERS)
    stranger = service.as_parent(other.adults[0].adult_id)
    assert (await guard.see(household.household_id, stranger)).status_code == 404
    refused = await guard.see(other.household_id, stranger)
    assert (refused.status_code, refused.json()["code"]) == (409, "address_not_protected")
    assert len(await history(guard, household, own[0])) == len(entries)


async def test_why_is_for_agents_who_protect(guard: Guard, service: RunningService) -> None:
    """The family reads since when and until when, not what the decision is."""
    household = await guard.protected()
    answer = await guard.get("/protected-addresses")
    (item,) = answer.json()["items"]
    assert (item["reference"], item["reason"], item["is_overdue"]) == (household.reference, WHY["reason"], False)
    assert words_in(answer.text) == []
    assert (await guard.get("/protected-addresses", guard.desk.headers)).status_code == 403
    own = service.as_parent(household.adults[0].adult_id)
    noted = next(item for item in await history(guard, household, own) if item["action"] == "address_protected")
    assert noted["after"] == {"starts_on": WHY["starts_on"], "ends_on": None}


async def test_a_day_that_passes_shows_it_to_nobody(guard: Guard, service: RunningService) -> None:
    """The decision ends, the list says so first, and an agent decides."""
    household = await guard.protected()
    endless = await guard.protected(**OTHERS)
    answer = await guard.protect(household.household_id, ends_on="2026-09-05")
    assert answer.status_code == 200
    service.advance(days=10)
    await service.run_job("turning_households")
    items = (await guard.get("/protected-addresses")).json()["items"]
    assert [(item["reference"], item["is_overdue"]) for item in items] == [
        (household.reference, True),
        (endless.reference, False),
    ]
    assert (await guard.get(f"/households/{household.household_id}")).json()["address"] is None


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"starts_on": "2026-09-02"}, "/starts_on", "protection_to_come"),
        ({"ends_on": "2026-08-19"}, "/ends_on", "range_reversed"),
        ({"ends_on": "2026-08-31"}, "/ends_on", "protection_over"),
        ({"reason": " "}, "/reason", "invalid"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    guard: Guard, change: dict[str, str], pointer: str, code: str
) -> None:
    household = await guard.open()
    answer = await guard.protect(household.household_id, **change)
    assert answer.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [(pointer, code)]
    assert (await guard.get(f"/households/{household.household_id}")).json()["address"] is not None


async def test_what_is_so_already_changes_nothing(guard: Guard, service: RunningService) -> None:
    household = await guard.protected()
    count = len(await states(service, household))
    for _ in range(2):
        assert (await guard.protect(household.household_id)).status_code == 200
    assert (await guard.protect(household.household_id, reason="Autre décision")).status_code == 200
    for _ in range(2):
        assert (await guard.end(household.household_id)).status_code == 200
    actions = [item["action"] for item in await history(guard, household, guard.headers)]
    assert actions[:3] == ["address_protection_ended", "address_protected", "address_protected"]
    assert len(await states(service, household)) == count + 1


async def test_the_end_puts_it_back(guard: Guard, service: RunningService) -> None:
    """Whole, told again, and kept in one place."""
    household = await guard.protected()
    answer = await guard.end(household.household_id)
    assert answer.json()["address"]["lines"] == [STREET, SECRET["complement"]]
    state = (await states(service, household))[-1]
    assert state.address
    assert (state.address.postal_code, state.address.city) == ("29987", CITY)
    assert (await guard.see(household.household_id, guard.headers)).status_code == 409
    assert await service.db.fetchval("select address from address_protections") is None
    assert (await guard.get("/protected-addresses")).json()["items"] == []


async def test_another_address_is_typed_without_seeing_the_former_one(guard: Guard, service: RunningService) -> None:
    """By the family or at the desk: it is protected at once, noted without what it was or is, and told by its name alone."""
    household = await guard.protected()
    adult_id = household.adults[0].adult_id
    moved = {**SECRET, "street": "9 venelle du Phare-Perdu", "household_id": str(household.household_id)}
    for headers in (service.as_parent(adult_id), guard.desk.headers):
        path = f"/adults/{adult_id}/contact"
        known = (await guard.get(path, headers)).json()
        body = {"version": known["version"], "phone": known["phone"], "address": moved}
        answer = await service.client.put(path, json=body, headers=headers)
        assert (answer.status_code, words_in(answer.text)) == (200, [])
        assert answer.json()["version"] == known["version"], "nothing that is told stands for the address"
    assert (await guard.see(household.household_id, guard.headers)).json()["lines"][0] == moved["street"]
    entries = await history(guard, household, guard.headers)
    (changed,) = [item for item in entries if item["action"] == "contact_changed"]
    assert (changed["before"], changed["after"]) == ({"address": None}, {"address": None})
    await guard.end(household.household_id)
    again = [item for item in await history(guard, household, guard.headers) if item["action"] == "contact_changed"]
    assert again == [changed], "also when it is protected no longer"


async def test_a_history_forgets_addresses_for_as_long_as_it_is_protected(
    guard: Guard, service: RunningService
) -> None:
    household = await guard.open()
    adult_id = household.adults[0].adult_id
    own = service.as_parent(adult_id)
    known = (await guard.get(f"/adults/{adult_id}/contact", own)).json()
    body = {
        "version": known["version"],
        "phone": known["phone"],
        "address": {**SECRET, "street": "9 venelle Neuve", "household_id": str(household.household_id)},
    }
    assert (await service.client.put(f"/adults/{adult_id}/contact", json=body, headers=own)).status_code == 200
    for headers in (own, guard.headers):
        assert words_in((await guard.get(f"/history?household_id={household.household_id}", headers)).text)
    await guard.protect(household.household_id)
    for headers in (own, guard.headers):
        text = (await guard.get(f"/history?household_id={household.household_id}", headers)).text
        assert words_in(text) == []
        assert "contact_changed" in text


async def test_a_request_for_a_space_says_it_no_longer(guard: Guard, service: RunningService) -> None:
    """The file was opened by what a parent typed without an account."""
    household = await guard.open()
    request = {"guardian": {"first_name": "Paul", "last_name": "Petit", "email": "p@x.example", "civility": "none"}}
    await service.db.execute(
        """insert into registrations (registration_id, status, request, request_hash, household_id, requested_at, answered_at, decided_at, decided_by)
        values (gen_random_uuid(), 'accepted', $1::jsonb, '', $2, now(), now(), now(), gen_random_uuid())""",
        {**request, "address": SECRET, "children": []},
        household.household_id,
    )
    registration_id = await service.db.fetchval("select registration_id from registrations")
    assert words_in((await guard.get(f"/registrations/{registration_id}", guard.desk.headers)).text)
    await guard.protect(household.household_id)
    answer = await guard.get(f"/registrations/{registration_id}", guard.desk.headers)
    assert (answer.status_code, answer.json()["address"], words_in(answer.text)) == (200, None, [])


async def test_an_import_neither_tells_nor_compares_nor_changes_it(guard: Guard, service: RunningService) -> None:
    """What a file says of the address is in no report, and whether it is the right one neither."""
    importer = Importer(service)
    await importer.done(home("100", street=STREET))
    household_id = await service.db.fetchval("select household_id from households")
    assert (await guard.protect(household_id)).status_code == 200
    for street, phone in ((STREET, "06 12 34 56 78"), ("1 rue Fausse", "06 12 34 56 79")):
        run = await importer.proposed(home("100", street=street, phone=phone))
        lines = await guard.get(f"/household-imports/{run['run_id']}/lines")
        columns = {fault["column"] for line in lines.json()["items"] for fault in line["faults"]}
        assert "street" not in columns
        assert not any(word in lines.text for word in ("Phare-Perdu", "Fausse", "14000", "Valmont"))
    await importer.done(home("100", street="1 rue Fausse", phone="06 12 34 56 70"), is_updating=True)
    assert (await guard.see(household_id, guard.headers)).json()["lines"] == [STREET]
    assert await service.db.fetchval("select phone from adults") == "+33612345670", "the rest is taken over"


async def test_the_key_of_the_household_is_all_that_opens_it(guard: Guard, service: RunningService) -> None:
    """Erasure deletes the key: the address is gone with it."""
    household = await guard.protected()
    sealed = await service.db.fetchval("select address from address_protections")
    assert STREET.encode() not in sealed
    await service.db.execute("delete from history_keys where owner = $1", str(household.household_id))
    assert (await guard.see(household.household_id, guard.headers)).status_code == 409
