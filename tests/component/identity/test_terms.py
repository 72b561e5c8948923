"""The terms: served whole, accepted at their end, again when their text changes, with a proof that is kept."""

from pathlib import Path

import pytest

from contracts.identity.events import TermsAccepted
from contracts.types import SessionStage
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, problem, town_file
from tests.support.databases import Postgres
from tests.support.services import RunningService, running_service
from tests.support.towns import also_under

pytestmark = pytest.mark.anyio


async def newcomer(walk: Walk) -> str:
    """Somebody who is about to read the terms; their session."""
    _, token = await walk.activated()
    answer = await walk.choose(token)
    return str(answer.json()["session_token"])


async def test_the_terms_name_the_town_and_are_open_to_all(walk: Walk) -> None:
    served = await walk.terms()
    assert served["end_token"] is None
    assert served["accept_mode"] == "checkbox"
    assert served["version"].startswith("2026-09-")
    headings = [section["heading"] for section in served["sections"]]
    assert headings[0] == "Préambule"
    text = " ".join(paragraph for section in served["sections"] for paragraph in section["paragraphs"])
    assert "Ville de Valmont-sur-Orne – ci-après dénommée la Collectivité" in text
    assert "mission d’intérêt public" in text
    assert "{" not in text


async def test_the_control_is_a_setting(postgres: Postgres, secrets_dir: Path, tmp_path: Path) -> None:
    town = town_file(tmp_path, terms={"accept_mode": "button"})
    async with running_service("identity", postgres, secrets_dir, town_file=town) as service:
        assert (await Walk(service, secrets_dir).terms())["accept_mode"] == "button"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"end_token": ""}, 409, "terms_not_read"),
        ({"end_token": "x" * 43}, 409, "terms_not_read"),
        ({"version": "2020-01-abcdef12"}, 409, "terms_outdated"),
        ({"is_accepted": False}, 422, "terms_not_accepted"),
    ],
)
async def test_what_is_no_acceptance(walk: Walk, fields: dict[str, object], status: int, code: str) -> None:
    token = await newcomer(walk)
    assert problem(await walk.accept(token, **fields), status) == code
    assert (await walk.session(token)).stage is SessionStage.ACCEPT_TERMS


async def test_the_end_served_to_another_session_is_not_mine(walk: Walk) -> None:
    token = await newcomer(walk)
    other = await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    stolen = (await walk.terms(other))["end_token"]
    assert problem(await walk.accept(token, end_token=stolen), 409) == "terms_not_read"


async def test_accepting_twice_is_accepting_once(walk: Walk, service: RunningService) -> None:
    token = await newcomer(walk)
    assert [(await walk.accept(token)).status_code for _ in range(2)] == [200, 200]
    assert len([event for event in await service.outbox() if isinstance(event, TermsAccepted)]) == 1


@also_under("belfort")
async def test_the_proof_is_the_text_the_date_and_the_source_in_no_clear(walk: Walk, service: RunningService) -> None:
    token = await walk.ready()
    served = await walk.terms(token)
    (proof,) = await service.db.fetch(
        "select * from terms_acceptances join terms_versions using (version) join accounts using (account_id)"
    )
    assert proof["version"] == served["version"]
    assert proof["text_hash"].hex().startswith(served["version"].rpartition("-")[2])
    assert proof["document"]["sections"] == served["sections"]
    assert (await service.db.now() - proof["accepted_at"]).total_seconds() < 60
    assert len(proof["address_hash"]) == 32
    assert walk.address.encode() not in proof["address_hash"]


@also_under("premium", "velizy")
async def test_another_text_is_read_and_accepted_again(walk: Walk, service: RunningService) -> None:
    token = await walk.ready()
    await service.db.execute("insert into terms_versions values ('2025-01-abcdef12', 'hash', '{}')")
    await service.db.execute("update terms_acceptances set version = '2025-01-abcdef12'")
    session = await walk.session(token)
    assert (session.stage, session.actor_token) == (SessionStage.ACCEPT_TERMS, None)
    assert (await walk.accept(token)).status_code == 200
    assert (await walk.session(token)).stage is SessionStage.READY
    assert await service.db.fetchval("select count(*) from terms_acceptances") == 2, "both proofs are kept"
