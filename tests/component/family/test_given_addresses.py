"""Who gave an adult's address, and how often others are tried."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chassis.actor import Actor
from contracts.family.events import HouseholdState
from contracts.types import ActorKind, StepUp
from deploy.local.stack import TOWNS
from tests.component.family.desk import Desk
from tests.component.family.readdressing import FORMER, NEW, OTHERS, Changes, adult_of, faults, put_contact, refusal
from tests.support.applications import Applications
from tests.support.roles import Role, agent_of
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def service(applications: Applications) -> AsyncIterator[RunningService]:
    """The service where families change their address, on 1 September 2026 at 10:00."""
    async with applications.lend("family", town_file=TOWNS / "belfort" / "town.toml") as running:
        running.db.clock_offset = datetime(2026, 9, 1, 8, tzinfo=UTC) - await running.db.now()
        yield running


@pytest.fixture
def changes(service: RunningService, secrets_dir: Path) -> Changes:
    return Changes(service, secrets_dir)


async def test_who_tries_addresses_of_others_is_counted_like_anybody(
    changes: Changes, desk: Desk, service: RunningService
) -> None:
    """What is refused is not undone with the refusal: an address is found to be somebody's five times a day, and whatever waits goes on to."""
    adult_id = adult_of(await desk.open())
    await desk.open(**OTHERS)
    token = await changes.asked(adult_id)
    for _ in range(4):
        assert faults(await changes.ask(adult_id, "paul@courriel.example")) == [("/email", "email_of_another_account")]
    for email in ("paul@courriel.example", "personne@courriel.example"):
        assert refusal(await changes.ask(adult_id, email), 429) == "email_changes_too_many"
    stored = await service.db.fetch("select email from email_changes where outcome = 'taken'")
    assert [row["email"] for row in stored] == [None] * 4, "nothing is kept of what was tried"
    assert (await changes.confirm(token)).status_code == 201


async def test_tries_at_once_are_counted_one_after_another(changes: Changes, desk: Desk) -> None:
    adult_id = adult_of(await desk.open())
    await desk.open(**OTHERS)
    answers = await asyncio.gather(*(changes.ask(adult_id, "paul@courriel.example") for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 7


async def test_who_was_signed_in_before_the_town_corrected_asks_for_nothing(
    changes: Changes, desk: Desk, service: RunningService
) -> None:
    """The stranger who read the mistyped address is believed until identity heard of the correction, which may be hours later: whatever signed in
    meanwhile is refused. Whose token stands on the correction, or on what came after it, asks."""
    household = await desk.open()
    adult_id = adult_of(household)
    corrected = await put_contact(service, adult_id, desk.headers, email="mairie@courriel.example")
    assert corrected.status_code == 200, corrected.text
    states = [event for event in await service.outbox() if isinstance(event, HouseholdState)]
    revision = states[-1].adults[0].revision
    assert (await put_contact(service, adult_id, desk.headers, phone="02 31 44 55 66")).status_code == 200
    service.advance(hours=3)
    for known, status in ((None, 409), (revision - 1, 409), (revision, 201), (revision + 1, 201)):
        actor = Actor(adult_id, ActorKind.PARENT, guardian_id=adult_id, details_revision=known)
        answer = await service.client.post("/me/email-change", json={"email": NEW}, headers=service.as_actor(actor))
        assert answer.status_code == status, answer.text
        assert answer.json().get("code") == ("email_given_lately" if status == 409 else None)
    assert (await changes.confirm((await changes.links())[-1].token)).status_code == 201


async def test_the_state_says_who_gave_the_address(changes: Changes, desk: Desk, service: RunningService) -> None:
    """An opening and a correction are the town's, a confirmed link is theirs; a telephone number changes nothing of that."""
    household = await desk.open()
    adult_id = adult_of(household)
    await changes.confirm(await changes.asked(adult_id))
    await put_contact(service, adult_id, desk.headers, phone="02 31 44 55 66")
    await put_contact(service, adult_id, desk.headers, email=NEW.upper())
    await put_contact(service, adult_id, desk.headers, email="mairie@courriel.example")
    given = [
        event.adults[0].is_email_confirmed for event in await service.outbox() if isinstance(event, HouseholdState)
    ]
    assert given == [False, True, True, True, False]


async def test_an_agent_proves_who_they_are_before_they_move_an_account(
    changes: Changes, desk: Desk, service: RunningService
) -> None:
    """ADR 27: whoever finds the session of an agent gives no account another address; a telephone number asks for nothing of theirs."""
    household = await desk.open()
    adult_id = adult_of(household)
    closed = replace(agent_of(Role.FRONT_DESK), opened=frozenset(StepUp) - {StepUp.EMAIL})
    headers = service.as_actor(closed)
    refused = await put_contact(service, adult_id, headers, email="mairie@courriel.example")
    assert refusal(refused, 403) == "step_up_needed"
    assert refused.json()["params"] == {"step_up": "email"}
    assert (await put_contact(service, adult_id, headers, phone="02 31 44 55 66")).status_code == 200
    contact = (await service.client.get(f"/adults/{adult_id}/contact", headers=headers)).json()
    assert contact["email"] == FORMER
    assert (await put_contact(service, adult_id, desk.headers, email="mairie@courriel.example")).status_code == 200
