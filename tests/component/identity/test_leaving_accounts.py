"""Who leaves an account of several, or a household, and what stays of theirs."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from contracts.family.events import Adult, Membership
from contracts.identity.events import CredentialReason, EmailReplaced
from contracts.types import SessionStage
from services.identity.invariants.queries import STRAY_PERSONS_SQL
from tests.component.identity.company import SHARED, accounts, both_parents, of_account, shared
from tests.component.identity.walk import PERSONAL_PASSWORD, Walk, guardian, problem
from tests.factories.households import LONG_AGO
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
def parents() -> tuple[Adult, Adult]:
    """Two parents of one address."""
    return both_parents()


async def test_who_gets_an_address_of_their_own_leaves_the_shared_account(
    walk: Walk, service: RunningService, parents: tuple[Adult, Adult]
) -> None:
    household_id, (stays, leaves) = uuid4(), parents
    token = await shared(walk, *parents, household_id=household_id)
    await walk.choose_person(token, leaves.adult_id)
    other = await walk.signed_in(SHARED, PERSONAL_PASSWORD)
    await walk.choose_person(other, stays.adult_id)
    own = {"email": "claude@famille.example", "revision": 2, "is_email_confirmed": True}
    moved = leaves.model_copy(update=own)
    await service.deliver(walk.household(stays, moved, household_id=household_id))
    assert await of_account(service, stays) != await of_account(service, leaves)
    ended = await service.client.get("/sessions/current", headers={"X-Session": token})
    assert problem(ended, 401) == "session_ended"
    ended = await service.client.get("/sessions/current", headers={"X-Session": other})
    assert problem(ended, 401) == "session_ended"
    await walk.issued()
    mailed = {mail.username: mail for mail in (await walk.credentials())[1:]}
    assert {mail.reason for mail in mailed.values()} == {CredentialReason.ASKED, CredentialReason.PERSON_LEFT}
    (invited,) = [mail for mail in mailed.values() if mail.reason is CredentialReason.ASKED]
    await walk.activate(invited.activation_token)
    assert await walk.signed_in("claude@famille.example", invited.temporary_password)
    (mail,) = [event for event in await service.outbox() if isinstance(event, EmailReplaced)]
    assert mail.account_id == await of_account(service, leaves)


async def test_a_session_of_nobody_yet_is_not_that_of_who_stays(
    walk: Walk, service: RunningService, parents: tuple[Adult, Adult]
) -> None:
    """Whoever leaves may have it open, and would go on as the other one without having said so."""
    household_id, (stays, leaves) = uuid4(), parents
    token = await shared(walk, *parents, household_id=household_id)
    moved = leaves.model_copy(update={"email": "claude@famille.example", "revision": 2})
    await service.deliver(walk.household(stays, moved, household_id=household_id))
    ended = await service.client.get("/sessions/current", headers={"X-Session": token})
    assert problem(ended, 401) == "session_ended"


async def test_who_takes_the_others_address_joins_their_account(walk: Walk, service: RunningService) -> None:
    """The account that stands for nobody any more opens nothing, is kept with the other one, and is erased with it."""
    household_id, one, two = uuid4(), guardian(), guardian("claude@famille.example", first_name="Claude")
    await service.deliver(walk.household(one, two, household_id=household_id))
    await service.run_job("issue_credentials")
    former = await of_account(service, two)
    moved = two.model_copy(update={"email": SHARED, "revision": 2})
    await service.deliver(walk.household(one, moved, household_id=household_id))
    assert await of_account(service, one) == await of_account(service, two)
    assert sorted(await accounts(service)) == ["disabled", "invited"]
    merged = await service.db.fetchval("select merged_into from accounts where account_id = $1", former)
    assert merged == await of_account(service, one)
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []


async def test_who_acts_is_never_changed_silently(
    walk: Walk, service: RunningService, parents: tuple[Adult, Adult]
) -> None:
    """Who is named by no file any more acts no more; whoever has their session is nobody else by that."""
    household_id, (stays, goes) = uuid4(), parents
    token = await shared(walk, *parents, household_id=household_id)
    await walk.choose_person(token, goes.adult_id)
    await service.deliver(walk.household(stays, household_id=household_id))
    session = await walk.session(token)
    assert (session.stage, session.guardian_id, session.is_shared) == (SessionStage.CHOOSE_PERSON, None, True)
    assert problem(await walk.choose_person(token, goes.adult_id), 404) == "not_found"
    assert (await walk.choose_person(token, stays.adult_id)).json()["stage"] == "accept_terms"


async def test_who_left_a_household_keeps_the_account_and_its_session(walk: Walk, service: RunningService) -> None:
    """What they paid stays theirs to read; what else they reach is judged by the services at each request."""
    household_id, person, other = uuid4(), guardian(), guardian("reste@famille.example")
    await service.deliver(walk.household(person, other, household_id=household_id))
    await service.run_job("issue_credentials")
    mailed = next(mail for mail in await walk.credentials() if mail.username.startswith("testeur"))
    await walk.activate(mailed.activation_token)
    token = (await walk.choose(await walk.signed_in(mailed.username, mailed.temporary_password))).json()[
        "session_token"
    ]
    acting = (await walk.session(token)).guardian_id
    yesterday = (await service.db.today()).replace(day=1)
    members = tuple(
        Membership(person_id=known, starts_on=LONG_AGO, ends_on=yesterday if known == acting else None)
        for known in (person.adult_id, other.adult_id)
    )
    left = walk.household(person, other, household_id=household_id).model_copy(update={"adult_members": members})
    await service.deliver(left)
    assert (await walk.session(token)).guardian_id == acting
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []


async def test_who_left_before_they_opened_an_account_has_none(walk: Walk, service: RunningService) -> None:
    """Nobody is invited to a household that they left, nor is the link good that was mailed to them."""
    household_id, person, other = uuid4(), guardian(), guardian("reste@famille.example")
    ended = (await service.db.today()) - timedelta(days=1)
    members = tuple(
        Membership(person_id=known.adult_id, starts_on=LONG_AGO, ends_on=ended if known is person else None)
        for known in (person, other)
    )
    state = walk.household(person, other, household_id=household_id)
    await service.deliver(state)
    await service.run_job("issue_credentials")
    await service.deliver(state.model_copy(update={"adult_members": members}))
    assert sorted(await accounts(service)) == ["disabled", "invited"]
    gone = guardian("jamais@famille.example")
    left = (Membership(person_id=gone.adult_id, starts_on=LONG_AGO, ends_on=ended),)
    await service.deliver(walk.household(gone).model_copy(update={"adult_members": left}))
    assert await service.db.fetchval("select count(*) from accounts") == 2
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []


async def test_who_left_before_they_opened_anything_is_erased_after_a_while(
    walk: Walk, service: RunningService
) -> None:
    """Nobody need erase their file for it. Who is named again in time stays, and who opened theirs too."""
    household_id, gone, back, stays = uuid4(), guardian(), guardian("b@famille.example"), guardian("c@famille.example")
    opened = guardian("d@famille.example", first_name="Sacha")
    await walk.ready(opened)
    home = await service.db.fetchval("select household_id from household_versions")
    await service.deliver(walk.household(gone, back, stays, household_id=household_id))
    await service.run_job("issue_credentials")
    former = await of_account(service, gone)
    await service.deliver(walk.household(stays, household_id=household_id), walk.household(household_id=home))
    service.advance(days=89)
    await service.deliver(walk.household(back, stays, household_id=household_id))
    await service.run_job("purge")
    assert await _known(service) == {person.adult_id for person in (gone, back, stays, opened)}
    service.advance(days=2)
    await service.run_job("purge")
    assert await _known(service) == {person.adult_id for person in (back, stays, opened)}
    erased = await service.db.fetch("select key from outbox where topic = 'identity.accounts' and payload is null")
    assert [row["key"] for row in erased] == [str(former)]
    for table in ("accounts", "invitations"):
        counted = f"select count(*) from {table} where account_id = $1"
        assert await service.db.fetchval(counted, former) == 0
    await service.deliver(walk.household(gone, back, stays, household_id=household_id))
    assert await of_account(service, gone) != former, "who comes back later is new here"
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []


async def test_who_left_an_account_that_others_use_is_erased_from_it(
    walk: Walk, service: RunningService, parents: tuple[Adult, Adult]
) -> None:
    """One who accepted the terms was there: their proof is kept, and they with it."""
    household_id, (stays, goes) = uuid4(), parents
    third = guardian(SHARED, first_name="Sacha", last_name="Tiers")
    token = await shared(walk, stays, goes, third, household_id=household_id)
    await walk.choose_person(token, third.adult_id)
    assert (await walk.accept(token)).status_code == 200
    await service.deliver(walk.household(stays, household_id=household_id))
    service.advance(days=91)
    await service.run_job("purge")
    assert await _known(service) == {stays.adult_id, third.adult_id}
    assert await service.db.fetchval("select count(*) from terms_acceptances") == 1
    assert not await service.db.fetchval("select exists (select from outbox where payload is null)")


async def _known(service: RunningService) -> set[UUID]:
    return {row["guardian_id"] for row in await service.db.fetch("select guardian_id from account_persons")}
