"""Another e-mail address, asked for by an adult and confirmed with the link that it gets."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from contracts.family.events import ContactChanged, EmailChangeAsked
from deploy.local.stack import TOWNS
from tests.component.family.desk import Desk
from tests.component.family.readdressing import FORMER, NEW, OTHERS, Changes, adult_of, faults, put_contact, refusal
from tests.support.applications import Applications
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


async def test_the_address_changes_when_its_link_is_followed(
    changes: Changes, desk: Desk, service: RunningService
) -> None:
    """Asked for at 10:00, confirmed at 10:20; until then nothing changes, to look at the link changes nothing, and then all is told."""
    household = await desk.open()
    adult_id = adult_of(household)
    token = await changes.asked(adult_id)
    (asked,) = [event for event in await service.outbox() if isinstance(event, EmailChangeAsked)]
    assert changes.opened(asked.sealed) == FORMER
    assert (asked.expires_at - asked.requested_at).total_seconds() == 24 * 3600
    emitted = await service.db.fetchval("select string_agg(convert_from(payload, 'UTF8'), '') from outbox")
    assert FORMER in emitted
    assert not any(text in emitted for text in (token, NEW))
    service.advance(minutes=20)
    assert (await changes.check(token)).json()["email"] == NEW
    assert await changes.email(household) == FORMER
    assert (await changes.own(adult_id))["pending"]["email"] == NEW
    assert (await changes.confirm(token)).status_code == 201
    assert await changes.email(household) == NEW
    assert await changes.own(adult_id) == {"email": NEW, "pending": None}
    (fact,) = [event for event in await service.outbox() if isinstance(event, ContactChanged)]
    assert (fact.adult_id, fact.by_adult_id, fact.fields) == (adult_id, adult_id, ("email",))
    path = f"/history?household_id={household.household_id}"
    entries = (await service.client.get(path, headers=service.as_parent(adult_id))).json()["items"]
    assert [entry["action"] for entry in entries[:2]] == ["contact_changed", "email_change_asked"]
    assert (entries[0]["before"], entries[0]["after"]) == ({"email": FORMER}, {"email": NEW})


async def test_an_address_of_another_file_is_refused_without_naming_it(changes: Changes, desk: Desk) -> None:
    """However it is written; the present one and what is no address are refused too."""
    other = await desk.open(**OTHERS)
    adult_id = adult_of(await desk.open())
    refused = await changes.ask(adult_id, "PAUL@courriel.example")
    assert faults(refused) == [("/email", "email_of_another_account")]
    assert other.reference not in refused.text
    assert faults(await changes.ask(adult_id, FORMER.lower())) == [("/email", "email_unchanged")]
    assert [pointer for pointer, _ in faults(await changes.ask(adult_id, "paul@"))] == ["/email"]
    assert await changes.links() == []


async def test_an_address_that_is_taken_meanwhile_is_refused(changes: Changes, desk: Desk) -> None:
    household = await desk.open()
    token = await changes.asked(adult_of(household))
    await desk.open(**{**OTHERS, "guardian": {"first_name": "Paul", "email": NEW}})
    assert refusal(await changes.confirm(token), 409) == "email_link_taken"
    assert await changes.email(household) == FORMER


async def test_the_last_link_alone_works(changes: Changes, desk: Desk) -> None:
    household = await desk.open()
    first = await changes.asked(adult_of(household))
    last = await changes.asked(adult_of(household), "autre@courriel.example")
    for answer in (await changes.check(first), await changes.confirm(first)):
        assert refusal(answer, 409) == "email_link_replaced"
    assert (await changes.confirm(last)).status_code == 201
    assert await changes.email(household) == "autre@courriel.example"


async def test_a_link_ends_after_a_day(changes: Changes, desk: Desk, service: RunningService) -> None:
    """To the second; the next request is free to be made."""
    household = await desk.open()
    token = await changes.asked(adult_of(household))
    service.advance(hours=23, minutes=59)
    assert (await changes.check(token)).status_code == 200
    service.advance(minutes=1)
    assert refusal(await changes.confirm(token), 409) == "email_link_expired"
    assert (await changes.own(adult_of(household)))["pending"] is None
    assert (await changes.confirm(await changes.asked(adult_of(household)))).status_code == 201


@pytest.mark.parametrize("is_held", [True, False], ids=["held", "control_without_holding"])
async def test_a_link_that_two_follow_at_once_works_once(
    changes: Changes, desk: Desk, monkeypatch: pytest.MonkeyPatch, is_held: bool
) -> None:
    """The second is told that it is done. Without the locks both would be told to have done it."""
    if not is_held:

        async def nobody_waits(tx: Any, adult_id: UUID) -> list[UUID]:
            rows = await tx.fetch("select household_id from households")
            await asyncio.sleep(0.5)
            return [row["household_id"] for row in rows]

        monkeypatch.setattr("services.family.email_changes.commands.lock_adult", nobody_waits)
    token = await changes.asked(adult_of(await desk.open()))
    answers = await asyncio.gather(changes.confirm(token), changes.confirm(token))
    assert sorted(answer.status_code for answer in answers) == [201, 409 if is_held else 201]
    assert {answer.json().get("code") for answer in answers} == ({None, "email_link_used"} if is_held else {None})


async def test_a_request_is_withdrawn(changes: Changes, desk: Desk) -> None:
    """By the adult, and once is enough."""
    household = await desk.open()
    token = await changes.asked(adult_of(household))
    for _ in range(2):
        assert (await changes.withdraw(adult_of(household))).json() == {"email": FORMER, "pending": None}
    assert refusal(await changes.confirm(token), 409) == "email_link_withdrawn"
    assert await changes.email(household) == FORMER


async def test_a_link_is_overtaken_by_an_agent(changes: Changes, desk: Desk, service: RunningService) -> None:
    """The town's address counts; a telephone number that changes meanwhile changes nothing for the link."""
    household = await desk.open()
    adult_id = adult_of(household)
    token = await changes.asked(adult_id)
    phone = await put_contact(service, adult_id, desk.headers, phone="02 31 44 55 66")
    assert phone.status_code == 200
    assert (await changes.check(token)).status_code == 200
    town = await put_contact(service, adult_id, desk.headers, email="mairie@courriel.example")
    assert town.status_code == 200
    assert refusal(await changes.confirm(token), 409) == "email_link_overtaken"
    assert (await changes.own(adult_id))["pending"] is None
    assert await changes.email(household) == "mairie@courriel.example"


async def test_a_form_of_details_changes_no_address(changes: Changes, desk: Desk, service: RunningService) -> None:
    """The verified one stays, and the sentence says which way a change goes."""
    household = await desk.open()
    adult_id = adult_of(household)
    refused = await put_contact(service, adult_id, service.as_parent(adult_id), email=NEW)
    assert refusal(refused, 409) == "email_confirmed_apart"
    assert await changes.email(household) == FORMER


async def test_asking_is_counted_by_the_day(changes: Changes, desk: Desk, service: RunningService) -> None:
    """Five within 24 hours, for each adult; withdrawing gives none back."""
    adult_id, other = adult_of(await desk.open()), adult_of(await desk.open(**OTHERS))
    for number in range(5):
        await changes.asked(adult_id, f"neuf{number}@courriel.example")
        await changes.withdraw(adult_id)
        service.advance(hours=1)
    refused = await changes.ask(adult_id)
    assert refusal(refused, 429) == "email_changes_too_many"
    assert refused.json()["params"]["next_at"].startswith("2026-09-02 08:00")
    await changes.asked(other, "paul.neuf@courriel.example")
    service.advance(hours=19, minutes=1)
    await changes.asked(adult_id)


async def test_nobody_else_asks_or_sees(changes: Changes, desk: Desk, service: RunningService) -> None:
    """A link of nobody, an agent, another adult of the same household, and who gave no proof."""
    household = await desk.open(co_guardian={"civility": "madame", "first_name": "Anne", "last_name": "Martin"})
    await changes.asked(adult_of(household))
    assert (await changes.own(household.adults[1].adult_id))["pending"] is None
    assert refusal(await changes.confirm("a-link-that-nobody-mailed"), 404) == "email_link_unknown"
    assert (await service.client.get("/me/email-change", headers=desk.headers)).status_code == 403
    assert (await service.client.get("/me/email-change")).status_code == 401


async def test_links_of_long_ago_are_forgotten(changes: Changes, desk: Desk, service: RunningService) -> None:
    household = await desk.open()
    await changes.asked(adult_of(household))
    service.advance(days=29)
    await service.run_job("forget_email_changes")
    assert await service.db.fetchval("select count(*) from email_changes") == 1
    service.advance(days=2)
    await service.run_job("forget_email_changes")
    assert await service.db.fetchval("select count(*) from email_changes") == 0


async def test_where_the_town_alone_changes_it_nobody_asks(applications: Applications) -> None:
    async with applications.lend("family", town_file=TOWNS / "structure" / "town.toml") as service:
        adult_id = adult_of(await Desk(service).open())
        asked = await service.client.post("/me/email-change", json={"email": NEW}, headers=service.as_parent(adult_id))
        assert refusal(asked, 403) == "email_kept_by_town"
