"""The way of a family from the invitation to a space that is open: each step, and each way of stumbling on it."""

import pytest

from chassis.actor import read_actor
from contracts.types import SessionStage
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_the_whole_walk(walk: Walk, service: RunningService) -> None:
    mailed, token = await walk.activated()
    assert (await walk.session(token)).stage is SessionStage.CHOOSE_CREDENTIALS
    answer = await walk.choose(token)
    assert answer.status_code == 200, answer.text
    renewed = answer.json()["session_token"]
    assert (await walk.session(renewed)).stage is SessionStage.ACCEPT_TERMS
    answer = await walk.accept(renewed)
    assert answer.status_code == 200, answer.text
    session = await walk.session(renewed)
    assert session.stage is SessionStage.READY
    assert session.username == PERSONAL_USERNAME
    assert session.actor_token is not None
    actor = read_actor(session.actor_token, service.actor_key)
    assert actor.guardian_id == session.guardian_id
    await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    assert mailed.username.startswith("testeur")
