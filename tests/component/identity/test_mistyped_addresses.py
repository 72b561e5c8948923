"""What a stranger did, or could do, who reads the wrong address of a file, and what is asked again of whoever it is for."""

from uuid import uuid4

import pytest

from chassis.actor import read_actor
from contracts.identity.events import CredentialReason
from contracts.types import SessionStage
from tests.component.identity.company import SHARED, both_parents, of_account, shared
from tests.component.identity.mistyped import RIGHT, TYPED, File
from tests.component.identity.walk import PERSONAL_PASSWORD, Walk, problem
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
def file(walk: Walk) -> File:
    return File(walk)


async def test_what_a_stranger_accepted_is_no_word_of_whoever_opens_the_account_anew(
    file: File, service: RunningService
) -> None:
    """The terms are asked for again; the former proof stays as it was, with the address that it came from."""
    walk, stranger = file.walk, await file.opened()
    assert (await walk.accept(stranger)).status_code == 200
    assert (await walk.session(stranger)).stage is SessionStage.READY
    await file.corrected()
    mailed = await walk.issued()
    await walk.activate(mailed.activation_token)
    opened = await walk.choose(await walk.signed_in(RIGHT, mailed.temporary_password))
    token = str(opened.json()["session_token"])
    assert (await walk.session(token)).stage is SessionStage.ACCEPT_TERMS
    assert (await walk.accept(token)).status_code == 200
    assert (await walk.session(token)).stage is SessionStage.READY
    path = f"/accounts/{await of_account(service, file.person)}/accepted-terms"
    proofs = (await service.client.get(path, headers=service.as_agent(Role.FRONT_DESK))).json()["items"]
    assert [(proof["given_from"], proof["void_at"] is None) for proof in proofs] == [(None, True), (TYPED, False)]
    assert (await walk.accept(token)).status_code == 200
    assert await service.db.fetchval("select count(*) from terms_acceptances") == 2, "once is enough"


async def test_a_confirmed_address_keeps_what_was_accepted(file: File, service: RunningService) -> None:
    stranger = await file.opened()
    assert (await file.walk.accept(stranger)).status_code == 200
    await service.deliver(file.state(email=RIGHT, is_email_confirmed=True))
    assert (await file.walk.session(await file.walk.signed_in(RIGHT, PERSONAL_PASSWORD))).stage is SessionStage.READY


async def test_a_link_that_nobody_followed_opens_the_account_of_nobody_at_a_wrong_address(
    walk: Walk, service: RunningService
) -> None:
    """Two adults were typed with one address; an agent corrects one of them. Who reads the former address gets in as neither; the other one is
    invited again when an agent says so, or corrects theirs too."""
    one, two = both_parents()
    household_id = uuid4()
    await service.deliver(walk.household(one, two, household_id=household_id))
    wrong = await walk.issued()
    right = one.model_copy(update={"email": RIGHT, "revision": one.revision + 1})
    await service.deliver(walk.household(right, two, household_id=household_id))
    assert problem(await walk.activate(wrong.activation_token), 409) == "activation_link_replaced"
    assert problem(await walk.sign_in(wrong.username, wrong.temporary_password), 401) == "invalid_credentials"
    assert [mailed.email for mailed in [await walk.issued()]] == [RIGHT], "nothing more goes to the former one"
    again = f"/accounts/{await of_account(service, two)}/invitation"
    assert (await service.client.post(again, headers=service.as_agent(Role.FRONT_DESK))).status_code == 201
    mailed = await walk.issued()
    assert mailed.email.lower() == SHARED, "in either spelling"
    assert (await walk.activate(mailed.activation_token)).status_code == 201


@pytest.mark.parametrize("is_confirmed", [False, True])
async def test_nothing_is_mailed_to_a_wrong_address_that_two_shared(
    walk: Walk, service: RunningService, is_confirmed: bool
) -> None:
    """An agent corrects one of two adults whose account somebody opened at the address of both. Whoever opened it gets in as neither, and is mailed
    no link for the other one, unless the other one confirmed that address; who asks for one there gets it, as anybody does at the address of the file."""
    one, two = both_parents()
    two = two.model_copy(update={"is_email_confirmed": is_confirmed})
    household_id = uuid4()
    token = await shared(walk, one, two, household_id=household_id)
    right = one.model_copy(update={"email": RIGHT, "revision": one.revision + 1})
    await service.deliver(walk.household(right, two, household_id=household_id))
    assert problem(await service.client.get("/sessions/current", headers={"X-Session": token}), 401) == "session_ended"
    assert problem(await walk.sign_in(SHARED, PERSONAL_PASSWORD), 401) == "invalid_credentials"
    await walk.issued()
    mailed = [mail for mail in (await walk.credentials())[1:] if mail.email != RIGHT]
    assert [mail.reason for mail in mailed] == ([CredentialReason.PERSON_LEFT] if is_confirmed else [])
    asked = await service.client.post("/password-resets", json={"email": SHARED}, headers=walk.browser)
    assert asked.status_code == 202, asked.text
    again = await walk.issued()
    assert (again.email.lower(), (await walk.activate(again.activation_token)).status_code) == (SHARED, 201)


async def test_a_token_says_on_which_details_it_stands(file: File, service: RunningService) -> None:
    """Family asks that of it before anybody moves an address that the town corrected, however late identity heard."""
    walk, token = file.walk, await file.opened()
    assert (await walk.accept(token)).status_code == 200

    async def stands_on(session_token: str) -> int | None:
        return read_actor(str((await walk.session(session_token)).actor_token), service.actor_key).details_revision

    assert await stands_on(token) == file.person.revision
    await service.deliver(file.state(phone="02 31 44 55 66"))
    assert await stands_on(token) == file.person.revision == 2
