"""Several adults of one address, and the account that stands for them."""

from uuid import UUID

from contracts.family.events import Adult
from contracts.identity.events import AccountState
from contracts.identity.models import SessionOpened
from contracts.types import AccountStatus
from tests.component.identity.walk import Walk, guardian
from tests.support.services import RunningService

SHARED = "dominique@famille.example"
WAITING_SQL = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


def both_parents() -> tuple[Adult, Adult]:
    """Two parents with one address, which one of them types in capitals."""
    return guardian(first_name="Dominique"), guardian(SHARED.upper(), first_name="Claude", last_name="Autre")


async def shared(walk: Walk, *people: Adult, household_id: UUID | None = None) -> str:
    """The session of somebody who opened the account of these people, which asks who acts."""
    await walk.service.deliver(walk.household(*people, household_id=household_id))
    mailed = await walk.issued()
    await walk.activate(mailed.activation_token)
    own = {} if mailed.has_username else {"username": None}
    opened = await walk.choose(await walk.signed_in(mailed.username, mailed.temporary_password), **own)
    assert opened.status_code == 200, opened.text
    return SessionOpened.model_validate_json(opened.content).session_token


async def accounts(service: RunningService) -> list[AccountStatus]:
    """Where the accounts stand, oldest first, by their last states."""
    states = [event for event in await service.outbox() if isinstance(event, AccountState)]
    return list({state.account_id: state.status for state in states}.values())


async def of_account(service: RunningService, person: Adult) -> UUID:
    account_id: UUID = await service.db.fetchval(
        "select account_id from account_persons where guardian_id = $1", person.adult_id
    )
    return account_id


async def are_waiting(service: RunningService, count: int) -> bool:
    """Whether so many transactions wait for a lock that somebody holds."""
    return int(await service.db.fetchval(WAITING_SQL)) >= count
