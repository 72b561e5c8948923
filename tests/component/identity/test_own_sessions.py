"""Where an account has sessions open: what each says, ending them, and the mail after a browser that is new to it."""

import pytest

from contracts.identity.events import BrowserFirstUsed, SessionsClosed
from services.identity.adapters.keys import token_hash
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, guardian, problem
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

ANOTHER = "un-autre-mot-de-passe-7"
PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0"
LAPTOP = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)


async def is_open(service: RunningService, token: str) -> bool:
    answer = await service.client.get("/sessions/current", headers={"X-Session": token})
    return answer.is_success or problem(answer, 401) != "session_ended"


async def end(service: RunningService, token: str, path: str) -> int:
    return (await service.client.delete(path, headers={"X-Session": token})).status_code


async def sign_in(walk: Walk, user_agent: str = "") -> str:
    walk.user_agent = user_agent
    return await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)


async def news(service: RunningService) -> list[str]:
    return [event.browser for event in await service.outbox() if isinstance(event, BrowserFirstUsed)]


async def closings(service: RunningService) -> int:
    return len([event for event in await service.outbox() if isinstance(event, SessionsClosed)])


async def test_each_session_says_where_and_how_it_was_opened(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    service.advance(minutes=5)
    phone = await sign_in(walk, PHONE)
    service.advance(minutes=5)
    laptop = await sign_in(walk, LAPTOP)
    shown = [(row["browser"], row["means"], row["is_current"]) for row in await walk.own_sessions(phone)]
    assert shown[:2] == [("Firefox, Android", "password", True), ("Chrome, Windows", "password", False)]
    assert len(shown) == 3
    rows = await service.db.fetch(
        "select s::text as line from sessions s union all select b::text from known_browsers b"
    )
    assert not [row for row in rows if "Mozilla" in row["line"] or "132.0" in row["line"]], (
        "the header itself is kept nowhere"
    )
    service.advance(minutes=59)
    await walk.session(laptop)
    service.advance(minutes=2)
    assert len(await walk.own_sessions(laptop)) == 1, "those that ended are not shown"


async def test_one_session_is_ended_and_refused_at_once(walk: Walk, service: RunningService) -> None:
    first = await walk.ready()
    second = await sign_in(walk)
    (other,) = [row["session_id"] for row in await walk.own_sessions(first) if not row["is_current"]]
    assert await end(service, first, f"/me/sessions/{other}") == 204
    assert not await is_open(service, second)
    assert await is_open(service, first)
    assert await end(service, first, f"/me/sessions/{other}") == 404
    noted = await service.db.fetch("select action from history where action = 'session_closed'")
    assert len(noted) == 1
    assert await closings(service) == 1
    (own,) = [row["session_id"] for row in await walk.own_sessions(first)]
    assert await end(service, first, f"/me/sessions/{own}") == 204
    assert await closings(service) == 1, "who leaves shuts nobody out"


async def test_nobody_ends_the_session_of_another(walk: Walk, service: RunningService) -> None:
    own = await walk.ready()
    stranger = await walk.activated(guardian("autre@famille.example", last_name="Autre"))
    (session,) = await walk.own_sessions(stranger[1])
    assert await end(service, own, f"/me/sessions/{session['session_id']}") == 404
    assert await end(service, own, "/me/other-sessions") == 204
    assert await is_open(service, stranger[1])


async def test_every_other_session_is_ended_in_one_act(walk: Walk, service: RunningService) -> None:
    first = await walk.ready()
    others = [await sign_in(walk) for _ in range(3)]
    assert await end(service, first, "/me/other-sessions") == 204
    assert await is_open(service, first)
    assert not [token for token in others if await is_open(service, token)]
    # Nothing is left to end, and nothing more is noted.
    assert await end(service, first, "/me/other-sessions") == 204
    noted = await service.db.fetch("select action from history where action = 'other_sessions_closed'")
    assert len(noted) == 1
    assert await closings(service) == 1


async def test_a_changed_password_ends_every_other_session(walk: Walk, service: RunningService) -> None:
    first = await walk.ready()
    second = await sign_in(walk, PHONE)
    changed = await walk.choose(
        second, password="velo-vert-44", password_confirmation="velo-vert-44", current_password=PERSONAL_PASSWORD
    )
    renewed = changed.json()["session_token"]
    assert not await is_open(service, first)
    assert not await is_open(service, second)
    (session,) = await walk.own_sessions(renewed)
    assert (session["browser"], session["means"]) == ("Firefox, Android", "password")


async def test_a_sign_in_takes_no_session_that_was_there_before(walk: Walk, service: RunningService) -> None:
    """Session fixation: whatever the browser brought, another token is given, and an ended one stays ended."""
    planted = "planted-by-somebody-0123456789-0123456789-01"
    await walk.ready()
    tokens = [planted]
    for _ in range(3):
        answer = await service.client.post(
            "/sessions",
            json={"login": PERSONAL_USERNAME, "password": PERSONAL_PASSWORD},
            headers={"X-Client-Address": walk.address, "X-Session": tokens[-1]},
        )
        tokens.append(answer.json()["session_token"])
    assert len(set(tokens)) == 4
    assert not await is_open(service, planted)
    assert len({row["session_id"] for row in await walk.own_sessions(tokens[-1])}) == 4


async def test_a_browser_that_is_new_to_the_account_is_told_once(walk: Walk, service: RunningService) -> None:
    walk.user_agent = LAPTOP
    await walk.ready()
    await sign_in(walk, LAPTOP)
    assert await news(service) == [], "the first one is no news"
    await sign_in(walk, PHONE)
    await sign_in(walk, PHONE)
    assert await news(service) == ["Firefox, Android"]
    await sign_in(walk, "curl/8.5.0")
    assert await news(service) == ["Firefox, Android", ""]
    await sign_in(walk)
    assert await news(service) == ["Firefox, Android", ""], "a tool of the town is no browser"


async def test_a_wrong_password_makes_no_browser_known(walk: Walk, service: RunningService) -> None:
    walk.user_agent = LAPTOP
    await walk.ready()
    walk.user_agent = PHONE
    await walk.sign_in(PERSONAL_USERNAME, "faux-faux-1")
    assert await news(service) == []
    await sign_in(walk, PHONE)
    assert await news(service) == ["Firefox, Android"]


async def test_a_browser_long_out_of_use_is_forgotten(walk: Walk, service: RunningService) -> None:
    walk.user_agent = LAPTOP
    await walk.ready()
    service.advance(days=399)
    await service.run_job("purge")
    assert await service.db.fetchval("select count(*) from known_browsers") == 1
    service.advance(days=2)
    await service.run_job("purge")
    assert await service.db.fetchval("select count(*) from known_browsers") == 0


async def test_when_a_session_ends_is_stored_at_each_step_and_compared_everywhere(
    walk: Walk, service: RunningService
) -> None:
    """The town's times are idle for an hour, twelve hours in all."""
    token = await walk.ready()
    other = await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)

    async def lasts(session_token: str) -> tuple[float, float]:
        """Minutes from opening to the stored end, and until the end that the session says."""
        row = await service.db.fetchrow(
            "select opened_at, expires_at from sessions where token_hash = $1", token_hash(session_token)
        )
        assert row is not None
        ends = (row["expires_at"], (await walk.session(session_token)).expires_at)
        stored, shown = ((end - row["opened_at"]).total_seconds() / 60 for end in ends)
        return stored, shown

    assert await lasts(other) == (60, 60), "opened"
    service.advance(minutes=45)
    await walk.session(other)
    stored, shown = await lasts(other)
    assert stored == shown == pytest.approx(105, abs=1), "used"
    chosen = {"password": ANOTHER, "password_confirmation": ANOTHER, "current_password": PERSONAL_PASSWORD}
    renewed = await walk.choose(token, **chosen)
    assert renewed.status_code == 200, renewed.text
    token = renewed.json()["session_token"]
    stored, shown = await lasts(token)
    assert stored == shown == pytest.approx(105, abs=1), "renewed"
    for _ in range(14):
        service.advance(minutes=45)
        await walk.session(token)
    assert await lasts(token) == (720, 720), "never after its longest time"
    # The stored end is what every place compares: whoever ends it there ends it for all.
    await service.db.execute("update sessions set expires_at = opened_at")
    assert not await is_open(service, token)
    fresh = await walk.signed_in(PERSONAL_USERNAME, ANOTHER)
    assert len(await walk.own_sessions(fresh)) == 1
    await service.run_job("purge")
    assert await service.db.fetchval("select count(*) from sessions") == 1
