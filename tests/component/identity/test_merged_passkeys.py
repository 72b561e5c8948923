"""What opened an account besides its password goes with it in a merge, as previewed; and delegates' accounts are none of a merge."""

from uuid import uuid4

import pytest

from contracts.identity.events import SecurityChanged
from services.identity.invariants.queries import STRAY_PERSONS_SQL
from tests.component.identity.merges import SECOND, Desk, twice
from tests.component.identity.passkeys import Holder
from tests.component.identity.test_delegates import delegate
from tests.component.identity.walk import PERSONAL_PASSWORD, Walk, problem
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

ADD_FACTOR_SQL = "insert into second_factors values ($1, $1, '', now(), 0, now())"


@pytest.fixture
def desk(walk: Walk) -> Desk:
    return Desk(walk)


async def test_passkeys_of_the_account_that_is_closed_are_removed_and_told(desk: Desk, service: RunningService) -> None:
    people = twice()
    holders = [Holder(desk.walk, token, PERSONAL_PASSWORD) for token in await desk.settled(*people)]
    for holder in holders:
        await holder.added()
    kept, merged = [await desk.account_of(person) for person in people]
    # Families have no application; should a town give them one, it goes too.
    await service.db.execute(ADD_FACTOR_SQL, merged)
    preview = (await desk.preview(kept, merged)).json()
    assert (preview["merged"]["passkey_count"], preview["merged"]["has_second_factor"]) == (1, True)
    answer = await desk.merge(kept, merged, preview["fingerprint"])
    assert answer.status_code == 201, answer.text

    asked = holders[1].authenticator.get(await holders[1].asked())
    assert problem(await holders[1].answer(asked), 401) == "invalid_passkey"
    assert await holders[0].names() == ["Téléphone"], "those of the account that goes on stay"
    news = [event for event in await service.outbox() if isinstance(event, SecurityChanged)]
    assert [event.change for event in news if event.account_id == merged][-2:] == [
        "passkeys_removed",
        "second_factor_removed",
    ]
    assert [event.change for event in news if event.account_id == kept] == ["passkey_added"]

    assert (await desk.undo(answer.json()["merge_id"])).status_code == 200
    assert await service.db.fetchval("select count(*) from passkeys where account_id = $1", merged) == 0
    assert await desk.can_sign_in(SECOND) == 201


async def test_a_passkey_that_came_after_the_preview_is_seen_first(desk: Desk) -> None:
    people = twice()
    sessions = await desk.settled(*people)
    kept, merged = [await desk.account_of(person) for person in people]
    preview = (await desk.preview(kept, merged)).json()
    await Holder(desk.walk, sessions[1], PERSONAL_PASSWORD).added()
    assert problem(await desk.merge(kept, merged, preview["fingerprint"]), 409) == "merge_outdated"


async def test_the_account_of_a_delegate_is_merged_with_none(desk: Desk, service: RunningService) -> None:
    people = twice()
    await desk.settled(people[0])
    kept = await desk.account_of(people[0])
    await service.deliver(delegate(uuid4(), first_name="Jean-Pierre", last_name="Le Goff"))
    helping = await service.db.fetchval("select account_id from accounts where kind = 'delegate'")
    assert (await desk.duplicates(kept))["candidates"] == []
    for pair in ((kept, helping), (helping, kept)):
        assert problem(await desk.preview(*pair), 404) == "not_found"
        assert problem(await desk.merge(*pair, "0" * 64), 404) == "not_found"
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []
