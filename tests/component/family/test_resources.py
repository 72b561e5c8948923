"""Resources of a household: declared with a proof and decided, renewed, told in time, and seen by their own home and agents alone."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from contracts.family.document_events import DocumentAnswered, DocumentState
from contracts.family.events import QuotientState
from contracts.family.resource_events import ResourcesNoticed
from tests.component.family.child_files import rows_of
from tests.component.family.delegating import OTHERS, codes, opened
from tests.component.family.desk import Desk
from tests.component.family.papers import Papers
from tests.support.applications import Applications
from tests.support.services import RunningService, write_town

pytestmark = pytest.mark.anyio

RULES = {"renewed_by": "01-31", "proofs": {"tax_notice": "avis_imposition"}, "tax_formula": {"adult_parts": 2}}
INCOME = 3_141_592
"""An income that no log and no fact may say."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town that renews quotients by 31 January, and computes one of a tax notice."""
    return write_town(
        tmp_path_factory.mktemp("renewing"), family={"resources": RULES}, identity={"step_up": {"asks": []}}
    )


@pytest.fixture
async def service(applications: Applications, town: Path) -> AsyncIterator[RunningService]:
    """The service in that town on 1 September 2026."""
    async with applications.lend("family", town_file=town) as running:
        running.db.clock_offset = datetime(2026, 9, 1, 10, tzinfo=UTC) - await running.db.now()
        yield running


class Purse:
    """A household's resources as its adults and the desk handle them."""

    def __init__(self, papers: Papers) -> None:
        self.papers, self.service, self.client = papers, papers.service, papers.client
        self.household_id = papers.home.household.household_id

    async def on(self, day: str) -> None:
        """Move the town to a day, in the morning."""
        self.service.advance(days=(date.fromisoformat(day) - await self.service.db.today()).days)

    async def entered(self, value_cents: int, effective_on: str, **fields: Any) -> Any:
        body = {"value_cents": value_cents, "effective_on": effective_on, "source": "caf", **fields}
        return await self.client.put(f"/households/{self.household_id}/quotient", json=body, headers=self.papers.desk)

    async def declare(self, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        body = {"source": "caf", "value_cents": 50_000, "month": "2027-01", **fields}
        return await self.client.post("/resource-declarations", json=body, headers=headers or self.papers.father)

    async def declared(self, **fields: Any) -> Any:
        """A declaration that waits, with a proof."""
        answer = await self.declare(**{"document_id": await self.papers.sent(), **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def decide(self, declaration: Any, **decision: Any) -> Any:
        path = f"/resource-declarations/{declaration['declaration_id']}/decision"
        return await self.client.post(path, json=decision, headers=self.papers.desk)

    async def own(self, headers: dict[str, str] | None = None) -> Any:
        answer = await self.client.get("/me/resources", headers=headers or self.papers.father)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def noticed(self) -> list[tuple[str, str | None]]:
        """What the job has told by now."""
        await self.service.run_job("notice_resources")
        events = [event for event in await self.service.outbox() if isinstance(event, ResourcesNoticed)]
        return [(event.occasion.value, str(event.last_on) if event.last_on else None) for event in events]

    async def state(self) -> QuotientState:
        """The quotients as they were told last."""
        return [event for event in await self.service.outbox() if isinstance(event, QuotientState)][-1]


@pytest.fixture
async def purse(service: RunningService, desk: Desk) -> Purse:
    return Purse(Papers(await opened(service, desk)))


async def test_unknown_is_a_state_and_a_declared_quotient_counts_once_an_agent_says_so(purse: Purse) -> None:
    own = await purse.own()
    assert (own["state"], own["is_top_price"], own["quotient"], own["child_count"]) == ("unknown", True, None, 2)
    declaration = await purse.declared()
    queued = (await purse.client.get("/waiting-items", headers=purse.papers.desk)).json()["items"]
    assert declaration["declaration_id"] in [item["item_id"] for item in queued if item["kind"] == "declaration"]
    assert (await purse.own())["state"] == "waiting"
    assert (await purse.state()).awaited_since_on == date(2026, 9, 1)
    entry = {"value_cents": 51_000, "effective_on": "2026-09-01", "source": "caf", "month": "2026-08"}
    for _ in range(2):
        answer = await purse.decide(declaration, entry=entry)
        assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    own = await purse.own()
    assert (own["state"], own["last_on"], own["quotient"]["value_cents"]) == ("in_force", "2027-01-31", 51_000)
    (known,) = own["known"]
    assert (known["way"], known["month"], known["document_id"], known["recorded_by"]) == (
        "declared",
        "2026-08",
        declaration["document_id"],
        None,
    )
    assert (await purse.state()).awaited_since_on is None
    assert await purse.noticed() == [("accepted", None)]
    document = (await purse.papers.read(declaration["document_id"])).json()
    assert document["status"] == "validated", "its proof is decided with it"
    assert await purse.papers.home.events(DocumentAnswered) == [], "and the family hears once"
    statuses = [state.status for state in await purse.papers.home.events(DocumentState)]
    assert (statuses[-1], "validated" in statuses[:-1]) == ("validated", False), (
        "whoever asks for documents is told of the proof"
    )
    refused = await purse.decide(declaration, reason="unreadable")
    assert codes(refused) == [("/entry", "declaration_settled")]


async def test_a_proof_is_decided_with_what_it_proves_and_not_before(purse: Purse) -> None:
    """Nobody leaves the declaration waiting without its proof; once it is taken back the document stands for itself."""
    declaration = await purse.declared()
    document_id = declaration["document_id"]
    shown = (await purse.papers.read(document_id)).json()
    assert shown["declaration_id"] == declaration["declaration_id"]
    answer = await purse.papers.decide(document_id, is_valid=False, reason="unreadable")
    assert (answer.status_code, answer.json()["code"]) == (409, "document_proves")
    body = {"item_ids": [document_id], "is_valid": True}
    preview = await purse.client.post("/document-decisions/preview", json=body, headers=purse.papers.desk)
    assert [line["code"] for line in preview.json()["lines"]] == ["document_proves"]
    withdrawal = f"/resource-declarations/{declaration['declaration_id']}/withdrawal"
    assert (await purse.client.post(withdrawal, headers=purse.papers.father)).status_code == 204
    assert (await purse.papers.read(document_id)).json()["declaration_id"] is None
    assert (await purse.papers.decide(document_id, is_valid=False, reason="unreadable")).status_code == 200


async def test_a_tax_notice_makes_the_quotient_of_the_town_and_nobody_else_learns_the_income(
    purse: Purse, capsys: pytest.CaptureFixture[str]
) -> None:
    proof = await purse.papers.sent()
    wanting = await purse.declare(source="tax_notice", value_cents=None, document_id=proof)
    assert codes(wanting) == [("/income_cents", "missing")]
    wanting = await purse.declare(source="tax_notice", value_cents=None, income_cents=INCOME, document_id=proof)
    assert codes(wanting) == [("/child_count", "missing")]
    stated = {"source": "tax_notice", "value_cents": None, "income_cents": INCOME, "child_count": 2}
    declaration = await purse.declared(**stated, document_id=proof)
    assert declaration["computed_cents"] == 87_266
    entry = {**stated, "effective_on": "2026-09-01"}
    assert (await purse.decide(declaration, entry=entry)).status_code == 200
    own = await purse.own()
    assert (own["quotient"]["value_cents"], own["known"][0]["income_cents"], own["known"][0]["child_count"]) == (
        87_266,
        INCOME,
        2,
    )
    events = "".join(event.model_dump_json() for event in await purse.service.outbox())
    text = await rows_of(purse.service.db) + events + capsys.readouterr().out
    assert str(INCOME) not in text


async def test_a_proof_that_waits_silences_the_words_and_late_it_counts_from_its_day(purse: Purse) -> None:
    """A quotient until 31 January, the proof sent on the 20th and handled on 9 February."""
    assert (await purse.entered(65_000, "2026-01-01")).status_code == 200
    await purse.on("2027-01-02")
    assert await purse.noticed() == []
    await purse.on("2027-01-03")
    for _ in range(2):
        assert await purse.noticed() == [("ending", "2027-01-31")]
    assert (await purse.own())["state"] == "ending"
    await purse.on("2027-01-17")
    assert len(await purse.noticed()) == 2
    await purse.on("2027-01-20")
    declaration = await purse.declared()
    assert declaration["proposed_on"] == "2027-02-01"
    await purse.on("2027-02-01")
    assert len(await purse.noticed()) == 2
    own = await purse.own()
    assert (own["state"], own["is_top_price"], own["ended_on"]) == ("waiting", True, "2027-01-31")
    await purse.on("2027-02-09")
    entry = {"value_cents": 50_000, "effective_on": "2027-02-01", "source": "caf"}
    assert (await purse.decide(declaration, entry=entry)).status_code == 200
    own = await purse.own()
    assert (own["state"], own["is_top_price"], own["last_on"]) == ("in_force", False, "2028-01-31")
    assert [(item.value_cents, item.ends_on) for item in (await purse.state()).quotients] == [
        (65_000, date(2027, 1, 31)),
        (50_000, date(2028, 1, 31)),
    ]


async def test_nothing_by_then_is_told_the_day_after_once(purse: Purse) -> None:
    await purse.entered(65_000, "2026-01-01")
    await purse.on("2027-01-31")
    assert await purse.noticed() == [("ending", "2027-01-31")], "two words that are late are one"
    await purse.on("2027-02-01")
    for _ in range(2):
        assert await purse.noticed() == [("ending", "2027-01-31"), ("ended", "2027-01-31")]
    own = await purse.own()
    assert (own["state"], own["is_top_price"], own["ended_on"], own["quotient"]) == ("ended", True, "2027-01-31", None)
    listed = await purse.client.get("/households-without-resources", headers=purse.papers.desk)
    (item,) = listed.json()["items"]
    assert (item["state"], item["ended_on"], item["child_count"]) == ("ended", "2027-01-31", 2)


async def test_one_in_the_middle_cuts_the_older_one_as_it_was_shown(purse: Purse) -> None:
    await purse.entered(65_000, "2026-07-01", ends_on="2027-06-30")
    body = {"value_cents": 40_000, "effective_on": "2027-03-15", "source": "caf"}
    path = f"/households/{purse.household_id}/quotient-preview"
    shown = (await purse.client.post(path, json=body, headers=purse.papers.desk)).json()
    (cut,) = shown["cuts"]
    assert (cut["quotient"]["value_cents"], cut["former_last_on"], cut["last_on"]) == (
        65_000,
        "2027-06-30",
        "2027-03-14",
    )
    assert (shown["last_on"], shown["is_known"]) == ("2028-01-31", False)
    assert len((await purse.own())["known"]) == 1, "shown is not done"
    await purse.entered(40_000, "2027-03-15")
    assert [(item["quotient"]["value_cents"], item["last_on"]) for item in (await purse.own())["known"]] == [
        (40_000, "2028-01-31"),
        (65_000, "2027-03-14"),
    ]
    again = (await purse.client.post(path, json=body, headers=purse.papers.desk)).json()
    assert (again["is_known"], again["cuts"]) == (True, [])
    ends = await purse.entered(40_000, "2027-03-15", ends_on="2027-03-01")
    assert codes(ends) == [("/ends_on", "quotient_ends_early")]


async def test_the_same_again_makes_nothing_new(purse: Purse) -> None:
    proof = await purse.papers.sent()
    first, second = [await purse.declared(document_id=proof) for _ in range(2)]
    assert first["declaration_id"] == second["declaration_id"]
    other = await purse.declared(document_id=proof, value_cents=49_000)
    own = await purse.own()
    assert [(item["declaration_id"], item["status"]) for item in own["declarations"]] == [
        (other["declaration_id"], "waiting"),
        (first["declaration_id"], "withdrawn"),
    ]
    await purse.entered(65_000, "2026-09-01")
    emitted = len(await purse.service.outbox())
    await purse.entered(65_000, "2026-09-01")
    assert len(await purse.service.outbox()) == emitted


async def test_a_refusal_says_why_and_reminders_go_on(purse: Purse) -> None:
    declaration = await purse.declared()
    refused = await purse.decide(declaration, reason="out_of_date", words="Celle de cette année, s’il vous plaît.")
    assert refused.status_code == 200, refused.text
    own = await purse.own()
    assert (own["state"], own["declarations"][0]["reason"], own["declarations"][0]["words"]) == (
        "unknown",
        "out_of_date",
        "Celle de cette année, s’il vous plaît.",
    )
    document = (await purse.papers.read(declaration["document_id"])).json()
    assert (document["status"], document["reason"]) == ("refused", "out_of_date")
    assert await purse.noticed() == [("refused", None)]


async def test_a_declaration_that_is_taken_back_waits_no_more(purse: Purse) -> None:
    declaration = await purse.declared()
    path = f"/resource-declarations/{declaration['declaration_id']}/withdrawal"
    for _ in range(2):
        assert (await purse.client.post(path, headers=purse.papers.mother)).status_code == 204
    assert (await purse.own())["state"] == "unknown"
    assert (await purse.state()).awaited_since_on is None
    purse.service.advance(minutes=13 * 60)  # a new day in the town, and not yet in UTC
    declaration = await purse.declared()
    assert (await purse.state()).awaited_since_on == date(2026, 9, 2)
    gone = await purse.client.delete(f"/documents/{declaration['document_id']}", headers=purse.papers.father)
    assert gone.status_code == 204
    assert ((await purse.own())["state"], (await purse.state()).awaited_since_on) == ("unknown", None), (
        "nor does one whose proof was deleted"
    )


async def test_resources_are_of_one_home(purse: Purse, desk: Desk) -> None:
    other = await desk.open(**OTHERS)
    stranger = purse.service.as_parent(other.adults[0].adult_id)
    await purse.entered(65_000, "2026-09-01")
    declaration = await purse.declared()
    named = f"/me/resources?household_id={purse.household_id}"
    assert (await purse.client.get(named, headers=stranger)).status_code == 404
    path = f"/resource-declarations/{declaration['declaration_id']}/withdrawal"
    assert (await purse.client.post(path, headers=stranger)).status_code == 404
    foreign = await purse.declare(stranger, document_id=declaration["document_id"])
    assert codes(foreign) == [("/document_id", "proof_missing")]
