"""What a town lets adults do with how they are reached and with their household's address: not see it, see it, correct it at once, or ask for it; agents always may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from contracts.family.events import ChangeRefused, ContactChanged, HouseholdState
from services.family.settings import ContactRules
from tests.component.family.child_files import rows_of
from tests.component.family.delegating import codes, opened
from tests.component.family.desk import Desk
from tests.component.family.protecting import SECRET, STREET, Guard, words_in
from tests.component.family.test_changes import Asking
from tests.support.applications import Applications
from tests.support.roles import Role
from tests.support.services import write_town

pytestmark = pytest.mark.anyio

PHONE, EMAIL = "+33699887766", "quetzal@canari.example"
RULES = ("hidden", "read_only", "at_once", "request")
FIELDS = tuple(ContactRules.model_fields)


class Reaching(Asking):
    """What an adult of a home does with how they are reached."""

    @property
    def path(self) -> str:
        return f"/adults/{self.home.father_id}/contact"

    @property
    def household_id(self) -> str:
        return str(self.home.household.household_id)

    async def contact(self, headers: dict[str, str]) -> Any:
        answer = await self.client.get(self.path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def put(self, headers: dict[str, str], **fields: Any) -> Any:
        """The answer to a correction of some fields, of which the telephone number stays as it is shown."""
        known = await self.contact(headers)
        body = {"version": known["version"], "phone": known["phone"], **fields}
        return await self.client.put(self.path, json=body, headers=headers)

    def typed(self, name: str) -> Any:
        """What is typed of a field."""
        return {"phone": PHONE, "email": EMAIL, "address": {**SECRET, "household_id": self.household_id}}[name]

    async def stands(self, name: str) -> bool:
        """Whether the file says what was typed of a field."""
        known = await self.contact(self.director)
        address = known["homes"][0]["address"] or {"lines": []}
        shown = {"phone": known["phone"], "email": known["email"], "address": address["lines"][:1]}
        return bool(shown[name] == {"phone": PHONE, "email": EMAIL, "address": [STREET]}[name])

    @property
    def director(self) -> dict[str, str]:
        return self.service.as_agent(Role.DIRECTOR)


@asynccontextmanager
async def reaching(applications: Applications, folder: Path, **rules: str) -> AsyncIterator[Reaching]:
    """A home in a town with these rules."""
    town = write_town(folder, family={"fields": {"contact": rules}}, identity={"step_up": {"asks": []}})
    async with applications.lend("family", town_file=town) as running:
        yield Reaching(await opened(running, Desk(running)))


@pytest.mark.parametrize("rule", RULES)
async def test_each_field_follows_each_rule(applications: Applications, tmp_path: Path, rule: str) -> None:
    """Shown or not; refused; carried out, which an e-mail address is by its link; or waiting for an agent, whose yes carries it out."""
    async with reaching(applications, tmp_path, **dict.fromkeys(FIELDS, rule)) as asking:
        known = await asking.contact(asking.father)
        assert known["rules"] == dict.fromkeys(FIELDS, rule)
        shown = [known["phone"], known["email"], known["homes"][0]["address"]]
        assert [value is not None for value in shown] == [rule != "hidden"] * 3
        for name in FIELDS:
            answer = await asking.put(asking.father, **{name: asking.typed(name)})
            refused = {"hidden": 422, "read_only": 403 if name == "email" else 422, "at_once": 409}
            is_done = rule == "request" or (rule == "at_once" and name != "email")
            assert answer.status_code == (200 if is_done else refused[rule]), (name, answer.text)
            if answer.status_code == 422:
                assert codes(answer) == [(f"/{name}", "field_kept_by_town")]
            assert await asking.stands(name) == (rule == "at_once" and name != "email")
            if rule != "request":
                continue
            (waiting,) = await asking.listed(asking.director)
            assert (waiting["fields"], waiting["is_contact"], waiting["asked_by_name"]) == (
                [name],
                True,
                "Éric Le Goff-Œuvrard",
            )
            assert waiting["before"][name] != waiting["after"][name]
            assert (await asking.contact(asking.father))["is_waiting"]
            assert (await asking.decide(waiting["change_id"])).status_code == 204
            assert await asking.stands(name)
            assert not (await asking.contact(asking.father))["is_waiting"]


@pytest.mark.parametrize("rule", RULES)
async def test_agents_always_may(applications: Applications, tmp_path: Path, rule: str) -> None:
    async with reaching(applications, tmp_path, **dict.fromkeys(FIELDS, rule)) as asking:
        known = await asking.contact(asking.director)
        assert known["rules"] == dict.fromkeys(FIELDS, "at_once")
        fields = {name: asking.typed(name) for name in FIELDS}
        answer = await asking.put(asking.director, **fields)
        assert answer.status_code == 200, answer.text
        assert [await asking.stands(name) for name in FIELDS] == [True] * 3


async def test_what_is_hidden_stands_in_no_answer_to_a_family(applications: Applications, tmp_path: Path) -> None:
    """Nor in its history, and nothing that is answered stands for it; whether the address is protected is not told either."""
    async with reaching(applications, tmp_path, **dict.fromkeys(FIELDS, "hidden")) as asking:
        before = (await asking.contact(asking.father))["version"]
        fields = {name: asking.typed(name) for name in FIELDS}
        assert (await asking.put(asking.director, **fields)).status_code == 200
        assert (await asking.contact(asking.father))["version"] == before
        paths = ("/me/household", f"/households/{asking.household_id}", asking.path, "/history", "/me/email-change")
        control = (await asking.client.get(asking.path, headers=asking.director)).text
        assert (len(words_in(control)), PHONE in control, EMAIL in control) == (4, True, True)
        for path in paths:
            text = (await asking.client.get(path, headers=asking.father)).text
            assert (words_in(text), PHONE in text, EMAIL in text) == ([], False, False), path
        own = (await asking.client.get("/me/household", headers=asking.father)).json()
        assert own["hidden_fields"] == ["address", "email", "phone"]
        reading = f"/households/{asking.household_id}/protection/readings"
        open_answer = await asking.client.post(reading, headers=asking.father)
        guard = Guard(asking.service, Desk(asking.service))
        assert (await guard.protect(asking.home.household.household_id)).status_code == 200
        protected_answer = await asking.client.post(reading, headers=asking.father)
        assert (open_answer.status_code, protected_answer.status_code) == (404, 404)
        assert (await asking.client.get("/me/household", headers=asking.father)).json()["address"] is None


async def test_part_is_done_and_part_waits_and_nothing_else_changes(
    applications: Applications, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What waits is sealed and in no log; one request waits at a time; what is asked for is noted by the names of the fields."""
    async with reaching(applications, tmp_path, phone="at_once", email="request", address="request") as asking:
        fields = {name: asking.typed(name) for name in FIELDS}
        answer = await asking.put(asking.father, **fields)
        assert (answer.status_code, answer.json()["is_waiting"], answer.json()["phone"]) == (200, True, PHONE)
        assert [await asking.stands(name) for name in FIELDS] == [True, False, False]
        (waiting,) = await asking.listed(asking.director)
        assert waiting["fields"] == ["email", "address"]
        assert waiting["after"]["address"]["lines"] == [STREET, SECRET["complement"]]
        text = await rows_of(asking.service.db) + capsys.readouterr().out
        assert (words_in(text), EMAIL in text, EMAIL.encode().hex() in text) == ([], False, False)
        twice = await asking.put(asking.father, address={**asking.typed("address"), "street": "1 rue Neuve"})
        assert (twice.status_code, twice.json()["code"]) == (409, "change_waits")
        civil = await asking.correct(asking.father, asking.home.father_id, first_name="Erik")
        assert civil.is_success, "what somebody is called waits beside it"
        facts = [event.fields for event in await asking.home.events(ContactChanged)]
        assert facts == [("phone",)]
        assert (await asking.decide(waiting["change_id"])).status_code == 204
        assert [await asking.stands(name) for name in FIELDS] == [True] * 3
        assert (await asking.home.events(HouseholdState))[-1].address


async def test_a_wrong_line_stands_against_all_of_it(applications: Applications, tmp_path: Path) -> None:
    async with reaching(applications, tmp_path, phone="at_once", address="request") as asking:
        answer = await asking.put(asking.father, phone=PHONE, address={**asking.typed("address"), "city": "12"})
        assert (answer.status_code, codes(answer)[0][0]) == (422, "/address/city")
        stale = await asking.put(asking.father, version="other", address=asking.typed("address"))
        assert (stale.status_code, stale.json()["code"]) == (409, "contact_outdated")
        assert (await asking.stands("phone"), await asking.listed(asking.director)) == (False, [])


async def test_a_number_is_taken_off_by_request_too(applications: Applications, tmp_path: Path) -> None:
    async with reaching(applications, tmp_path, phone="request") as asking:
        assert (await asking.put(asking.father, phone=None)).status_code == 200
        (waiting,) = await asking.listed(asking.director)
        assert (waiting["fields"], waiting["before"]["phone"] is None, waiting["after"]["phone"]) == (
            ["phone"],
            False,
            None,
        )
        assert (await asking.decide(waiting["change_id"])).status_code == 204
        assert (await asking.contact(asking.father))["phone"] is None


async def test_a_request_that_is_refused_changes_nothing_and_says_why(
    applications: Applications, tmp_path: Path
) -> None:
    async with reaching(applications, tmp_path, address="request") as asking:
        await asking.put(asking.father, address=asking.typed("address"))
        (waiting,) = await asking.listed(asking.director)
        refused = await asking.decide(waiting["change_id"], is_accepted=False, reason="Il manque un justificatif.")
        assert refused.status_code == 204
        (own,) = await asking.listed(asking.father)
        assert (own["status"], own["reason"]) == ("refused", "Il manque un justificatif.")
        assert own["after"]["address"]["lines"][0] == STREET, "the card repeats what was asked"
        (mailed,) = await asking.home.events(ChangeRefused)
        assert words_in(mailed.model_dump_json()) == []


async def test_an_address_that_is_protected_meanwhile_stands_on_no_card(
    applications: Applications, tmp_path: Path
) -> None:
    """Neither the agent who decides nor the family reads it there; what was asked before the protection is asked again under it."""
    async with reaching(applications, tmp_path, address="request") as asking:
        guard = Guard(asking.service, Desk(asking.service))
        await asking.put(asking.father, address=asking.typed("address"))
        assert (await guard.protect(asking.home.household.household_id)).status_code == 200
        for headers in (asking.father, asking.desk, asking.director):
            (item,) = await asking.listed(headers)
            assert (item["is_address_hidden"], item["after"]["address"], item["is_stale"]) == (True, None, True)
        refused = await asking.decide(item["change_id"])
        assert (refused.status_code, refused.json()["code"]) == (409, "change_outdated")
        await asking.decide(item["change_id"], is_accepted=False, reason="À redemander.")
        moved = {**asking.typed("address"), "street": "9 venelle du Phare-Perdu"}
        assert (await asking.put(asking.father, address=moved)).status_code == 200
        (again,) = await asking.listed(asking.director)
        assert (again["fields"], again["is_address_hidden"], again["is_stale"]) == (["address"], True, False)
        assert (await asking.decide(again["change_id"])).status_code == 204
        seen = await guard.see(asking.home.household.household_id, guard.headers)
        assert seen.json()["lines"][0] == moved["street"]
        assert [state.address for state in await asking.home.events(HouseholdState)][-1] is None
