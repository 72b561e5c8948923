"""What opened an account is taken away from whoever it is not for: a stranger at a mistyped address, somebody who left, an account of nobody."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.identity.events import CredentialIssued, CredentialReason, EmailReplaced, SecurityChanged
from contracts.types import CredentialPurpose
from tests.component.identity.company import SHARED, are_waiting, both_parents, of_account, shared
from tests.component.identity.federation import Visitor, holder
from tests.component.identity.mistyped import RIGHT, TYPED, File
from tests.component.identity.passkeys import Holder
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, guardian, problem
from tests.support.polling import eventually
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

TABLES = ("passkeys", "franceconnect_links", "second_factors", "devices", "known_browsers", "sessions")
NO_WAYS_IN = {
    *("accounts", "account_persons", "account_merges", "agents", "agent_links"),
    *("invitations", "invitation_lines", "service_keys", "service_key_answers"),
}
"""What else hangs on an account: who it is of, what its links were (they are withdrawn), and what it opened."""
TABLES_OF_ACCOUNTS_SQL = """
select distinct conrelid::regclass::text as name from pg_constraint where contype = 'f' and confrelid = 'accounts'::regclass
"""
ADD_FACTOR_SQL = "insert into second_factors values ($1, $1, '', now(), 0, now())"
HOLD_SQL = "select true from accounts for update"


@pytest.fixture
def file(walk: Walk) -> File:
    return File(walk)


async def left_of(service: RunningService, account_id: UUID) -> dict[str, int]:
    """What opens an account still, by where it is kept."""
    counts = {
        table: await service.db.fetchval(f"select count(*) from {table} where account_id = $1", account_id)
        for table in TABLES
    }
    hashed = "select count(*) from accounts where account_id = $1 and password_hash is not null"
    return {
        name: count
        for name, count in {**counts, "hash": await service.db.fetchval(hashed, account_id)}.items()
        if count
    }


async def test_a_stranger_at_a_mistyped_address_loses_the_account_that_they_opened(
    file: File, service: RunningService
) -> None:
    walk = file.walk
    walk.user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    stranger = Holder(walk, await file.opened(), PERSONAL_PASSWORD)
    await stranger.added()
    account_id = await of_account(service, file.person)
    # Families have no application; should a town give them one, it goes too.
    await service.db.execute(ADD_FACTOR_SQL, account_id)
    opened = await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    walk.device = str(opened.json()["device_token"])
    assert set(await left_of(service, account_id)) == {*TABLES, "hash"} - {"franceconnect_links"}
    news_before = len([event for event in await service.outbox() if isinstance(event, SecurityChanged)])

    await file.corrected()

    assert await left_of(service, account_id) == {}
    for login in (TYPED, RIGHT, PERSONAL_USERNAME):
        assert problem(await walk.sign_in(login, PERSONAL_PASSWORD), 401) == "invalid_credentials"
    assert problem(await stranger.sign_in(), 401) == "invalid_passkey"
    ended = await service.client.get("/sessions/current", headers={"X-Session": stranger.token})
    assert problem(ended, 401) == "session_ended"
    mailed = await walk.issued()
    assert (mailed.reason, mailed.has_password) == (CredentialReason.ADDRESS_CORRECTED, False)
    events = await service.outbox()
    issued = [event for event in events if isinstance(event, CredentialIssued)]
    assert [event.purpose for event in issued] == [CredentialPurpose.INVITATION, CredentialPurpose.PASSWORD_RESET]
    assert issued[-1].expires_at - await service.db.now() > timedelta(hours=20), "nobody waits for it"
    assert len([event for event in events if isinstance(event, EmailReplaced)]) == 1
    assert len([event for event in events if isinstance(event, SecurityChanged)]) == news_before, "one mail says all"
    assert (await walk.activate(mailed.activation_token)).status_code == 201
    assert await walk.signed_in(RIGHT, mailed.temporary_password)


@pytest.mark.parametrize("profile", ["premium"])
async def test_the_identity_of_the_stranger_opens_it_no_more(visitor: Visitor, federated: RunningService) -> None:
    stranger = await holder(visitor.walk, visitor.provider)
    stranger.session = None
    assert (await stranger.go()).json()["session"] is not None
    household_id = await federated.db.fetchval("select household_id from household_versions")
    adult_id = await federated.db.fetchval("select guardian_id from account_persons")
    corrected = guardian(RIGHT, adult_id=adult_id)
    await federated.deliver(visitor.walk.household(corrected, household_id=household_id))
    assert await left_of(federated, await of_account(federated, corrected)) == {}
    stranger.session = None
    assert (await stranger.go()).json()["session"] is None


async def test_whoever_confirmed_the_new_address_keeps_what_opens_their_account(
    file: File, service: RunningService
) -> None:
    await Holder(file.walk, await file.opened(), PERSONAL_PASSWORD).added()
    await service.deliver(file.state(email=RIGHT, is_email_confirmed=True))
    await service.run_job("issue_credentials")
    assert len(await file.walk.credentials()) == 1
    assert set(await left_of(service, await of_account(service, file.person))) >= {"passkeys", "devices", "hash"}
    assert await file.walk.signed_in(RIGHT, PERSONAL_PASSWORD)


async def test_what_the_town_corrects_beside_the_address_takes_nothing(file: File, service: RunningService) -> None:
    token = await file.opened()
    await service.deliver(file.state(phone="02 31 44 55 66"), file.state(email=TYPED.upper()))
    assert (await file.walk.session(token)).guardian_id == file.person.adult_id
    assert await file.walk.signed_in(TYPED, PERSONAL_PASSWORD)


async def test_a_state_of_before_the_correction_gives_nothing_back_and_takes_nothing(
    file: File, service: RunningService
) -> None:
    """The state of another household of theirs, and that of the same one again."""
    walk = file.walk
    await file.opened()
    former, other = file.state(), uuid4()
    await file.corrected()
    mailed = await walk.issued()
    await walk.activate(mailed.activation_token)
    token = (await walk.choose(await walk.signed_in(RIGHT, mailed.temporary_password))).json()["session_token"]
    for state in (
        former.model_copy(update={"household_id": other}),
        file.state(),
        file.state().model_copy(update={"household_id": other}),
    ):
        await service.deliver(state)
        await service.run_job("issue_credentials")
        assert (await walk.session(token)).guardian_id == file.person.adult_id
    assert len(await walk.credentials()) == 2
    assert await walk.signed_in(RIGHT, PERSONAL_PASSWORD)


@pytest.mark.parametrize("is_mailed", [True, False], ids=["mailed", "asked"])
async def test_a_reset_that_the_stranger_asked_for_opens_nothing(
    file: File, service: RunningService, is_mailed: bool
) -> None:
    """One that is on its way when the correction comes, and one that nobody looked at by then."""
    walk = file.walk
    await file.opened()
    await file.ask_reset(TYPED)
    mailed = await walk.issued() if is_mailed else None
    await file.corrected()
    right = await walk.issued()
    assert right.reason is CredentialReason.ADDRESS_CORRECTED
    if mailed:
        assert problem(await walk.activate(mailed.activation_token), 409) == "activation_link_replaced"
        assert problem(await walk.sign_in(RIGHT, mailed.temporary_password), 401) == "invalid_credentials"
    await file.ask_reset(TYPED)
    await service.run_job("issue_credentials")
    assert len(await walk.credentials()) == (3 if is_mailed else 2), "the former address is nobody's"
    assert (await walk.activate(right.activation_token)).status_code == 201


@pytest.mark.parametrize("is_first", [True, False], ids=["before", "after"])
async def test_a_stranger_who_signs_in_while_the_correction_comes_is_not_let_in(
    file: File, service: RunningService, is_first: bool
) -> None:
    """Their password was right when it was looked at; whichever of the two has the account first, no session is left."""
    await file.opened()
    signing_in, correcting = file.walk.sign_in(TYPED, PERSONAL_PASSWORD), file.corrected()
    async with service.db.transaction() as tx:
        await tx.fetch(HOLD_SQL)
        tasks = list[asyncio.Task[Any]]()
        for work in (signing_in, correcting) if is_first else (correcting, signing_in):
            tasks.append(asyncio.ensure_future(work))
            await eventually(lambda: are_waiting(service, len(tasks)))
    answer = await tasks[0 if is_first else 1]
    await asyncio.gather(*tasks)
    assert answer.status_code == (201 if is_first else 401), answer.text
    assert await left_of(service, await of_account(service, file.person)) == {}


async def test_who_stays_in_a_shared_account_chooses_another_password(walk: Walk, service: RunningService) -> None:
    """Whoever left knows the former one, and may have added a passkey."""
    household_id, (stays, leaves) = uuid4(), both_parents()
    leaver = Holder(walk, await shared(walk, stays, leaves, household_id=household_id), PERSONAL_PASSWORD)
    await walk.choose_person(leaver.token, leaves.adult_id)
    await leaver.added()
    moved = leaves.model_copy(update={"email": "claude@famille.example", "revision": 2, "is_email_confirmed": True})
    await service.deliver(walk.household(stays, moved, household_id=household_id))

    account_id = await of_account(service, stays)
    assert await left_of(service, account_id) == {}
    assert problem(await walk.sign_in(SHARED, PERSONAL_PASSWORD), 401) == "invalid_credentials"
    assert problem(await leaver.sign_in(), 401) == "invalid_passkey"
    await walk.issued()
    mails = zip(await walk.credentials(), await _issued_to(service), strict=True)
    (reset,) = [mail for mail, whose in mails if whose == account_id and mail.reason is CredentialReason.PERSON_LEFT]
    assert (await walk.activate(reset.activation_token)).status_code == 201
    assert (await walk.choose(await walk.signed_in(SHARED, reset.temporary_password))).is_success


async def test_several_who_leave_at_once_leave_no_password(walk: Walk, service: RunningService) -> None:
    """Who is alone in the end takes the account along, without what the others know of it."""
    household_id, people = uuid4(), (*both_parents(), guardian(first_name="Sacha", last_name="Tiers"))
    await shared(walk, *people, household_id=household_id)
    moved = [
        person.model_copy(update={"email": f"{number}@famille.example", "revision": 2, "is_email_confirmed": True})
        for number, person in enumerate(people)
    ]
    await service.deliver(walk.household(*moved, household_id=household_id))
    for person in moved:
        assert "hash" not in await left_of(service, await of_account(service, person))
    for number in range(3):
        assert problem(await walk.sign_in(f"{number}@famille.example", PERSONAL_PASSWORD), 401)


@pytest.mark.parametrize("is_joining", [True, False], ids=["joins_another", "leaves_the_file"])
async def test_nothing_that_opened_an_account_of_nobody_stays(
    walk: Walk, service: RunningService, is_joining: bool
) -> None:
    household_id, goes, stays = uuid4(), guardian(), guardian(RIGHT, first_name="Claude")
    await service.deliver(walk.household(goes, household_id=household_id))
    mailed = await walk.issued()
    await walk.activate(mailed.activation_token)
    chosen = await walk.choose(await walk.signed_in(mailed.username, mailed.temporary_password))
    await Holder(walk, chosen.json()["session_token"], PERSONAL_PASSWORD).added()
    account_id = await of_account(service, goes)
    await service.db.execute(ADD_FACTOR_SQL, account_id)
    await service.deliver(walk.household(goes, stays, household_id=household_id))
    moved = [goes.model_copy(update={"email": RIGHT, "revision": 2})] if is_joining else []
    await service.deliver(walk.household(stays, *moved, household_id=household_id))
    assert await left_of(service, account_id) == {}
    assert await service.db.fetchval("select is_disabled from accounts where account_id = $1", account_id)


async def test_each_table_that_hangs_on_an_account_is_taken_away_or_no_way_in(service: RunningService) -> None:
    """A new one is named here: what opens an account goes in `accounts/commands.py`."""
    named = await service.db.fetch(TABLES_OF_ACCOUNTS_SQL)
    assert {row["name"] for row in named} == {*TABLES, *NO_WAYS_IN}


async def _issued_to(service: RunningService) -> list[UUID]:
    return [event.account_id for event in await service.outbox() if isinstance(event, CredentialIssued)]
