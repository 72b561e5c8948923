"""The insurance of a child: said by its family for each school year, proven by a document, missed by agents, and told to the site."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc.jwk import OKPKey

from contracts.booking.events import EnrollmentValidated
from tests.component.family.child_files import File, rows_of
from tests.component.family.delegating import OTHERS, codes, opened
from tests.component.family.desk import Desk
from tests.component.family.papers import Papers
from tests.support.applications import Applications
from tests.support.roles import Role
from tests.support.services import RunningService, write_town

pytestmark = pytest.mark.anyio

CANARY = "Quetzalcanari"
CONTRACT = {"company": f"Mutuelle {CANARY}", "contract_number": "SOC 4412", "ends_on": "2027-08-31"}


class Insured:
    """A child and its insurance."""

    def __init__(self, file: File) -> None:
        self.file, self.service, self.client = file, file.service, file.service.client
        self.desk = self.service.as_agent(Role.FRONT_DESK)

    def path(self, year: int = 2026, child_id: str = "") -> str:
        return f"/children/{child_id or self.file.child_id}/insurance/{year}"

    async def say(self, headers: dict[str, str], revision: int = 0, year: int = 2026, **fields: Any) -> Any:
        body = {**CONTRACT, "revision": revision, **fields}
        return await self.client.put(self.path(year), json=body, headers=headers)

    async def seen(self, headers: dict[str, str], year: int = 2026) -> Any:
        answer = await self.client.get(self.path(year), headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def statuses(self) -> dict[str, str]:
        """What an agent reads on the screen of the family, by child."""
        path = f"/households/{self.file.home.household.household_id}/insurances"
        answer = await self.client.get(path, headers=self.desk)
        assert answer.status_code == 200, answer.text
        return {item["child_id"]: item["status"] for item in answer.json()["children"]}

    async def missed(self) -> list[str | None]:
        """The children of the list of gaps."""
        answer = await self.client.get("/gaps/no_insurance", headers=self.desk)
        assert answer.status_code == 200, answer.text
        return [item["person_id"] for item in answer.json()["items"]]

    async def enroll(self) -> None:
        await self.service.deliver(
            EnrollmentValidated(
                enrollment_id=uuid4(),
                household_id=self.file.home.household.household_id,
                child_id=UUID(self.file.child_id),
                activity_id=uuid4(),
                starts_on=date(2026, 9, 1),
                ends_on=date(2030, 7, 5),
                validated_at=datetime(2026, 9, 1, tzinfo=UTC),
            )
        )


@pytest.fixture
async def insured(service: RunningService, desk: Desk) -> Insured:
    return Insured(File(await opened(service, desk)))


async def test_a_parent_says_it_and_the_other_parent_and_agents_read_it(insured: Insured) -> None:
    file = insured.file
    assert (await insured.seen(file.mother))["status"] == "missing"
    said = await insured.say(file.father, company=f"  Mutuelle   {CANARY} ")
    assert (said.status_code, said.json()["revision"], said.json()["status"]) == (200, 1, "valid")
    assert (await insured.say(file.father)).json()["revision"] == 1, "the same again changes nothing"
    for headers in (file.mother, insured.desk):
        assert (await insured.seen(headers))["contract"] == CONTRACT
    assert await insured.statuses() == {file.child_id: "valid", file.home.child_ids[1]: "missing"}
    assert (await insured.say(insured.desk, 1, contract_number="SOC 1")).json()["revision"] == 2
    acts = [(entry["action"], entry["after"]) for entry in await file.looks(file.mother)]
    assert acts == [("insurance_changed", {"school_year": 2026})] * 2


async def test_two_at_once_and_one_learns_of_the_other(insured: Insured) -> None:
    file = insured.file
    answers = await asyncio.gather(
        insured.say(file.father), insured.say(file.mother, company="Autre"), return_exceptions=False
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert next(answer.json()["code"] for answer in answers if answer.status_code == 409) == "change_outdated"


async def test_nobody_else_reads_or_says_it(insured: Insured, desk: Desk) -> None:
    await insured.say(insured.file.father)
    stranger = insured.service.as_parent((await desk.open(**OTHERS)).adults[0].adult_id)
    site = insured.service.as_agent(Role.SITE)
    for headers, status in ((stranger, 404), (site, 403)):
        answers = [
            await insured.client.get(insured.path(), headers=headers),
            await insured.say(headers, 1, company="Autre"),
        ]
        assert [answer.status_code for answer in answers] == [status] * 2
        assert CANARY not in "".join(answer.text for answer in answers)
    path = f"/households/{insured.file.home.household.household_id}/insurances"
    assert (await insured.client.get(path, headers=stranger)).status_code == 403


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"ends_on": "2026-08-31"}, [("/ends_on", "insurance_over")]),
        ({"company": ""}, [("/company", "invalid")]),
        ({"company": "Azur\u202e"}, [("/company", "unprintable_character")]),
        ({"contract_number": "1\u200b2"}, [("/contract_number", "unprintable_character")]),
        ({"contract_number": "x" * 41}, [("/contract_number", "invalid")]),
    ],
)
async def test_what_cannot_be_is_refused_by_its_field(
    insured: Insured, fields: dict[str, str], refused: list[tuple[str, str]]
) -> None:
    answer = await insured.say(insured.file.father, **fields)
    assert (answer.status_code, codes(answer)) == (422, refused)


async def test_it_is_asked_again_each_school_year_and_what_is_over_is_said(insured: Insured) -> None:
    await insured.enroll()
    assert await insured.missed() == [insured.file.child_id]
    await insured.say(insured.file.father, ends_on="2026-12-31")
    assert await insured.missed() == []
    insured.service.advance(days=122)
    assert (await insured.seen(insured.file.mother))["status"] == "expired"
    assert await insured.missed() == [insured.file.child_id]
    assert (await insured.say(insured.file.mother, 1)).status_code == 200
    assert await insured.missed() == []
    insured.service.advance(days=250)
    again = await insured.seen(insured.file.mother, 2027)
    assert (again["status"], again["contract"], again["former"]) == ("missing", None, CONTRACT)
    assert await insured.missed() == [insured.file.child_id]
    counts = (await insured.client.get("/gaps", headers=insured.desk)).json()["items"]
    assert {item["kind"]: item["count"] for item in counts}["no_insurance"] == 1


async def test_a_validated_document_stands_as_its_proof(insured: Insured) -> None:
    papers, child_id = Papers(insured.file.home), insured.file.child_id
    await insured.enroll()
    document_id = await papers.sent(kind="assurance_scolaire", person_id=child_id)
    known = await insured.seen(insured.file.mother)
    assert (known["status"], known["proof"]["status"]) == ("missing", "sent"), "nobody looked at it"
    await papers.validated(document_id, ends_on="2027-08-31")
    known = await insured.seen(insured.file.mother)
    assert (known["status"], known["proof"]["ends_on"], known["contract"]) == ("valid", "2027-08-31", None)
    assert await insured.missed() == []
    insured.service.advance(days=365)
    known = await insured.seen(insured.file.mother, 2027)
    assert (known["status"], known["proof"]["status"]) == ("expired", "expired")
    assert await insured.missed() == [child_id]


async def test_it_stands_nowhere_in_clear_and_goes_with_the_child_s_file(
    insured: Insured, capsys: pytest.CaptureFixture[str]
) -> None:
    key, db = OKPKey.generate_key("X25519"), insured.service.db
    await insured.file.read_by(key)
    await insured.say(insured.file.father)
    (cared,) = (await insured.file.cared(key)).insurances
    assert (cared.company, cared.starts_on, cared.ends_on) == (CONTRACT["company"], date(2026, 9, 1), date(2027, 8, 31))
    emitted = "\n".join(event.payload().decode() for event in await insured.service.outbox())
    for place in (await rows_of(db), emitted, capsys.readouterr().out):
        assert CANARY not in place
    db.clock_offset += datetime(2045, 1, 1, tzinfo=UTC) - datetime(2026, 9, 1, tzinfo=UTC)
    await insured.service.run_job("forget_child_files")
    assert await db.fetchval("select count(*) from insurances") == 0


async def test_contracts_of_long_past_years_are_forgotten(insured: Insured) -> None:
    await insured.say(insured.file.father, ends_on="2031-08-31")
    count = "select count(*) from insurances"
    for years, left in ((2, 1), (1, 0)):
        insured.service.advance(days=366 * years)
        await insured.service.run_job("forget_insurances")
        assert await insured.service.db.fetchval(count) == left


async def test_a_town_that_does_not_ask_has_none(applications: Applications, tmp_path: Path) -> None:
    town = write_town(tmp_path, family={"insurance": {"is_asked": False}})
    async with applications.lend("family", town_file=town) as running:
        insured = Insured(File(await opened(running, Desk(running))))
        assert (await insured.client.get(insured.path(), headers=insured.file.father)).status_code == 404
        assert (await insured.say(insured.file.father)).status_code == 404
        assert await insured.statuses() == {}
        await insured.enroll()
        assert await insured.missed() == []
        counts = (await insured.client.get("/gaps", headers=insured.desk)).json()["items"]
        assert "no_insurance" not in {item["kind"] for item in counts}
