"""A change of address that somebody asked for who was shut out since."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from contracts.event import Event
from contracts.identity.events import CredentialsChosen, SecurityChange, SecurityChanged, SessionsClosed
from deploy.local.stack import TOWNS
from tests.component.family.desk import Desk
from tests.component.family.readdressing import FORMER, NEW, Changes, adult_of, refusal
from tests.support.applications import Applications
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


def changed(change: SecurityChange) -> Callable[[UUID, datetime], Event]:
    return lambda account_id, at: SecurityChanged(account_id=account_id, change=change, changed_at=at)


def chosen(account_id: UUID, at: datetime) -> Event:
    return CredentialsChosen(account_id=account_id, chosen_at=at)


def closed(account_id: UUID, at: datetime) -> Event:
    return SessionsClosed(account_id=account_id, closed_at=at)


SECURED = {
    "chosen": chosen,
    "reset": changed(SecurityChange.PASSWORD_CHANGED),
    "ended_by_town": changed(SecurityChange.SESSIONS_ENDED),
    "closed": closed,
}


@pytest.fixture
async def service(applications: Applications) -> AsyncIterator[RunningService]:
    """The service where families change their address, on 1 September 2026 at 10:00."""
    async with applications.lend("family", town_file=TOWNS / "belfort" / "town.toml") as running:
        running.db.clock_offset = datetime(2026, 9, 1, 8, tzinfo=UTC) - await running.db.now()
        yield running


@pytest.fixture
def changes(service: RunningService, secrets_dir: Path) -> Changes:
    return Changes(service, secrets_dir)


@pytest.mark.parametrize("how", SECURED)
async def test_what_was_asked_for_before_an_account_was_secured_moves_it_no_more(
    changes: Changes, desk: Desk, service: RunningService, how: str
) -> None:
    """With an open session a thief asks for their own address; the holder shuts them out, and the link says so. What the holder asks for
    themself after that goes on, also when the fact is told twice and late."""
    household = await desk.open()
    adult_id = adult_of(household)  # in these tests the account of a parent has the parent's id
    token = await changes.asked(adult_id, "voleur@courriel.example")
    service.advance(minutes=5)
    fact = SECURED[how](adult_id, await service.db.now())
    await service.deliver(fact)
    for answer in (await changes.check(token), await changes.confirm(token)):
        assert refusal(answer, 409) == "email_link_secured"
    assert await changes.own(adult_id) == {"email": FORMER, "pending": None}
    assert await service.db.fetchval("select count(*) from email_changes where email is not null") == 0
    service.advance(minutes=5)
    own = await changes.asked(adult_id)
    await service.deliver(fact, SECURED[how](uuid4(), await service.db.now()))
    assert (await changes.confirm(own)).status_code == 201
    assert await changes.email(household) == NEW


async def test_another_way_in_ends_no_change_of_address(changes: Changes, desk: Desk, service: RunningService) -> None:
    """It shuts nobody out: the session that asked stays open."""
    adult_id = adult_of(await desk.open())
    token = await changes.asked(adult_id)
    now = await service.db.now()
    later = changed(SecurityChange.PASSKEY_ADDED)(adult_id, now + timedelta(minutes=1))
    await service.deliver(later)
    assert (await changes.confirm(token)).status_code == 201


async def test_a_fact_that_comes_after_the_link_was_followed_takes_nothing_back(
    changes: Changes, desk: Desk, service: RunningService
) -> None:
    household = await desk.open()
    adult_id = adult_of(household)
    token = await changes.asked(adult_id)
    assert (await changes.confirm(token)).status_code == 201
    await service.deliver(chosen(adult_id, await service.db.now()))
    assert refusal(await changes.confirm(token), 409) == "email_link_used"
    assert await changes.email(household) == NEW
