"""An account that comes back from a merge at another address than it had: nobody knows who opened it at the former one."""

from uuid import uuid4

import pytest

from contracts.identity.events import AccountsSeparated, CredentialReason, EmailReplaced
from tests.component.identity.merges import FIRST, SECOND, Desk, twice
from tests.component.identity.walk import PERSONAL_PASSWORD, Walk, problem
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

RIGHT = "dominique@ailleurs.example"


@pytest.mark.parametrize("is_corrected", [True, False])
async def test_a_password_of_the_former_address_opens_no_corrected_one(
    walk: Walk, service: RunningService, is_corrected: bool
) -> None:
    desk, (one, two), household_id = Desk(walk), twice(), uuid4()
    await desk.settled(one, two)
    kept, merged = await desk.account_of(one), await desk.account_of(two)
    await service.deliver(walk.household(two, household_id=household_id))
    merge_id = (await desk.merge(kept, merged)).json()["merge_id"]
    if is_corrected:
        moved = two.model_copy(update={"email": RIGHT, "revision": two.revision + 1})
        await service.deliver(walk.household(moved, household_id=household_id))
    assert (await desk.undo(merge_id)).json()["email"] == (RIGHT if is_corrected else SECOND)
    account_ids = [event.account_id for event in await service.outbox() if isinstance(event, AccountsSeparated)]
    assert account_ids == ([kept] if is_corrected else [kept, merged]), "the mail of a link says why by itself"
    replaced = [event for event in await service.outbox() if isinstance(event, EmailReplaced)]
    assert [(event.account_id, walk.unsealed(event.sealed)) for event in replaced] == (
        [(merged, SECOND)] if is_corrected else []
    ), "the former address hears of it"
    assert await desk.can_sign_in(FIRST) == 201
    if not is_corrected:
        assert await desk.can_sign_in(SECOND) == 201
        return
    assert problem(await walk.sign_in(RIGHT, PERSONAL_PASSWORD), 401) == "invalid_credentials"
    mailed = await walk.issued()
    assert (mailed.reason, mailed.email) == (CredentialReason.ADDRESS_CORRECTED, RIGHT)
    assert (await walk.activate(mailed.activation_token)).status_code == 201
    assert await walk.signed_in(RIGHT, mailed.temporary_password)
