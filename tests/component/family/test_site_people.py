"""Whom a site is told of by the roles of custody: who may collect a child, who may not by which decision, and until when."""

from typing import Any

import pytest
from joserfc.jwk import OKPKey

from contracts.family.events import HouseholdState
from tests.component.family.child_files import File, rows_of
from tests.component.family.delegating import OTHERS, opened
from tests.component.family.desk import Desk
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

PAUL = {"civility": "monsieur", "first_name": "Paul", "last_name": "Petit", "email": "paul@courriel.example"}
DECISION = {"evidence_kind": "judgment", "evidence_on": "2026-06-12", "evidence": "JAF Caen 26/00412"}


class Site:
    """What the site of a child is told, and an adult of another file."""

    def __init__(self, file: File, paul_id: Any) -> None:
        self.file, self.service, self.paul_id = file, file.service, paul_id
        self.key = OKPKey.generate_key("X25519")
        self.desk = self.service.as_agent(Role.FRONT_DESK)

    async def is_to(self, role: str, **fields: Any) -> Any:
        """The other adult is this to the child, from today unless said."""
        path = f"/children/{self.file.child_id}/responsibilities/{self.paul_id}"
        body = {"role": role, "starts_on": "2026-09-01", **fields}
        answer = await self.service.client.put(path, json=body, headers=self.desk)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def people(self) -> list[tuple[str, str, str, str | None]]:
        """Kind, name, first and last day of each."""
        cared = await self.file.cared(self.key)
        return [
            (item.kind, item.name, str(item.starts_on), str(item.ends_on) if item.ends_on else None)
            for item in cared.people
        ]


@pytest.fixture
async def site(service: RunningService, desk: Desk) -> Site:
    file = File(await opened(service, desk))
    paul = (await desk.open(**OTHERS | {"guardian": PAUL | {"phone": "06 11 22 33 44"}})).adults[0]
    made = Site(file, paul.adult_id)
    await file.read_by(made.key)
    return made


async def test_who_may_collect_and_who_may_not_by_which_decision(site: Site) -> None:
    await site.is_to("pickup", ends_on="2026-12-18", **DECISION)
    (collector,) = (await site.file.cared(site.key)).people
    assert (collector.kind, collector.name, collector.phone) == ("pickup", "Paul PETIT", "+33611223344")
    assert (str(collector.ends_on), collector.decision) == ("2026-12-18", None), (
        "what was shown for it is not for the site"
    )
    await site.is_to("forbidden_pickup", starts_on="2026-10-01", ends_on="2026-10-31", **DECISION)
    assert await site.people() == [
        ("pickup", "Paul PETIT", "2026-09-01", "2026-09-30"),
        ("pickup", "Paul PETIT", "2026-11-01", "2026-12-18"),
        ("forbidden", "Paul PETIT", "2026-10-01", "2026-10-31"),
    ]
    (*_, forbidden) = (await site.file.cared(site.key)).people
    assert (forbidden.decision, str(forbidden.decided_on)) == ("JAF Caen 26/00412", "2026-06-12")


async def test_an_adult_whom_custody_keeps_away_collects_by_no_entry_of_the_entourage(site: Site) -> None:
    """Written another way, too: one person may stand in both."""
    entry = {"kind": "pickup", "child_ids": [site.file.child_id], "first_name": "PAUL", "last_name": "petit"}
    answer = await site.service.client.post(
        "/entourage", json={**entry, "relation": "Oncle"}, headers=site.file.father | site.service.key()
    )
    assert answer.status_code == 201, answer.text
    assert [kind for kind, *_ in await site.people()] == ["pickup"]
    await site.is_to("forbidden_pickup", **DECISION)
    assert [kind for kind, *_ in await site.people()] == ["forbidden"]


async def test_the_site_reads_the_name_and_number_that_count(site: Site) -> None:
    """A telephone number that is corrected, and a role that ends, are told at once; nothing stands in clear."""
    await site.is_to("emergency_contact")
    path = f"/adults/{site.paul_id}/contact"
    version = (await site.service.client.get(path, headers=site.desk)).json()["version"]
    body = {"version": version, "phone": "06 98 71 23 45", "email": PAUL["email"]}
    answer = await site.service.client.put(path, json=body, headers=site.desk)
    assert answer.status_code == 200, answer.text
    assert [item.phone for item in (await site.file.cared(site.key)).people] == ["+33698712345"]
    end = f"/children/{site.file.child_id}/responsibilities/{site.paul_id}/end"
    ended = {"role": "emergency_contact", "ends_on": "2026-09-05"}
    answer = await site.service.client.post(end, json=ended, headers=site.desk)
    assert answer.status_code == 200, answer.text
    assert await site.people() == [("emergency", "Paul PETIT", "2026-09-01", "2026-09-05")]
    published = "\n".join(state.model_dump_json() for state in await site.file.published())
    assert "Petit" not in published + await rows_of_care(site)


async def rows_of_care(site: Site) -> str:
    """What the topic of care has in the outbox."""
    rows = await site.service.db.fetch("select o::text as line from outbox o where topic = 'family.care'")
    assert rows
    assert "Petit" in await rows_of(site.service.db), "the file itself has the name"
    return "\n".join(row["line"] for row in rows)


async def test_a_foster_family_reads_the_file_until_its_last_day_and_pays_nothing(site: Site, desk: Desk) -> None:
    """The parents stay the payers; what a caretaker reached is closed the next day, and the site reads them no longer."""
    household = await desk.open(
        guardian=PAUL | {"first_name": "Odile", "last_name": "Accueil", "email": "odile@courriel.example"}
    )
    site.paul_id = foster_id = household.adults[0].adult_id
    path = f"/households/{household.household_id}/members/{site.file.child_id}"
    assert (await site.service.client.put(path, json={"starts_on": "2026-09-01"}, headers=site.desk)).is_success
    payers = await _payers(site)
    await site.is_to("caretaker", ends_on="2026-09-03", **DECISION)
    assert await _payers(site) == payers, "nobody becomes a payer by a placement"
    foster = site.service.as_parent(foster_id)
    assert (await site.file.health(foster)).status_code == 200
    assert await site.people() == [("caretaker", "Odile ACCUEIL", "2026-09-01", "2026-09-03")]
    site.service.advance(days=2)
    assert (await site.file.health(foster)).status_code == 200, "the last day counts"
    site.service.advance(days=1)
    assert (await site.file.health(foster)).status_code == 404
    assert (await site.file.health(site.file.father)).status_code == 200


async def _payers(site: Site) -> list[Any]:
    """Who pays in the child's household, as it was published last."""
    states = [
        state
        for state in await site.file.home.events(HouseholdState)
        if state.household_id == site.file.home.household.household_id
    ]
    return list(states[-1].payers)
