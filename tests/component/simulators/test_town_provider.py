"""The interface of a town's own provider, as a strict one has it: what it takes, what it refuses, and what becomes of whoever leaves."""

from collections.abc import AsyncIterator

import pytest

from tests.component.simulators.oidc import CLIENT_ID, running_provider
from tests.component.simulators.town_provider import REALM, TownBrowser, TownProvider

pytestmark = pytest.mark.anyio

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture(scope="module")
async def provider_process(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TownProvider]:
    """The simulator with one client."""
    async with running_provider(TownProvider, tmp_path_factory.mktemp("town_provider")) as simulator:
        yield simulator


@pytest.fixture
async def provider(provider_process: TownProvider) -> TownProvider:
    """The simulator with every switch at its faithful position."""
    await provider_process.order("reset")
    return provider_process


@pytest.fixture
def browser(provider: TownProvider) -> TownBrowser:
    """A browser that was never there."""
    return TownBrowser(provider)


async def test_a_person_comes_back_with_a_code_and_is_named_by_a_signed_token(
    provider: TownProvider, browser: TownBrowser
) -> None:
    back = await browser.walk(provider.address())
    assert (back["state"], back["iss"]) == ("5" * 64, provider.issuer)
    granted = (await provider.exchange(back["code"])).json()
    identity = await provider.claims_of(granted["id_token"])
    assert (identity["iss"], identity["aud"], identity["azp"], identity["nonce"]) == (
        provider.issuer,
        CLIENT_ID,
        CLIENT_ID,
        "7" * 64,
    )
    assert (identity["email"], identity["email_verified"], identity["amr"]) == (
        "m.perrot@belfort.example",
        True,
        ["pwd", "otp"],
    )
    headers = {"Authorization": f"Bearer {granted['access_token']}"}
    assert (await provider.http.get(f"{REALM}/userinfo", headers=headers)).json()["sub"] == identity["sub"]
    assert (await provider.http.get(f"{REALM}/userinfo")).status_code == 401


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_id": "another"}, "invalid_client"),
        ({"redirect_uri": "https://portail.example/ailleurs"}, "invalid_redirect_uri"),
        ({"redirect_uri": "https://portail.example/connexion/agents/retour/"}, "invalid_redirect_uri"),
        ({"redirect_uri": None}, "invalid_redirect_uri"),
    ],
)
async def test_whoever_is_not_registered_is_sent_nowhere(
    provider: TownProvider, browser: TownBrowser, changes: dict[str, str | None], code: str
) -> None:
    answer = await browser.http.get(provider.address(**changes))
    assert (answer.status_code, code in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "email"}, "invalid_request"),
        ({"scope": "openid payroll"}, "invalid_scope"),
        ({"nonce": None}, "invalid_request"),
        ({"nonce": "7" * 21}, "invalid_request"),
        ({"state": "5"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
    ],
)
async def test_a_request_that_is_wrong_goes_back_with_an_error(
    provider: TownProvider, browser: TownBrowser, changes: dict[str, str | None], error: str
) -> None:
    back = await browser.walk(provider.address(**changes))
    assert (back["error"], back["iss"], "code" in back) == (error, provider.issuer, False)


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "another"}, 401, "invalid_client"),
        ({"client_id": "another"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"code_verifier": "w" * 43}, 400, "invalid_grant"),
        ({"code_verifier": None}, 400, "invalid_grant"),
        ({"redirect_uri": "https://portail.example/ailleurs"}, 400, "invalid_grant"),
        ({"code": "another"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
async def test_a_code_is_for_whoever_asked_for_it(
    provider: TownProvider, browser: TownBrowser, changes: dict[str, str | None], status: int, error: str
) -> None:
    code = (await browser.walk(provider.address()))["code"]
    answer = await provider.exchange(**{"code": code, **changes})
    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_a_code_works_once_and_for_a_minute(provider: TownProvider, browser: TownBrowser) -> None:
    code = (await browser.walk(provider.address()))["code"]
    granted = (await provider.exchange(code)).json()
    assert (await provider.exchange(code)).json()["error"] == "invalid_grant"
    headers = {"Authorization": f"Bearer {granted['access_token']}"}
    assert (await provider.http.get(f"{REALM}/userinfo", headers=headers)).status_code == 401, "its token ends with it"
    late = (await browser.walk(provider.address()))["code"]
    await provider.order("clock", {"offset_seconds": 61})
    assert (await provider.exchange(late)).json()["error"] == "invalid_grant"


async def test_whoever_is_signed_in_is_not_asked_again_until_that_is_too_long_ago(
    provider: TownProvider, browser: TownBrowser
) -> None:
    silent = provider.address(prompt="none")
    assert (await browser.walk(silent))["error"] == "login_required"
    await browser.walk(provider.address())
    assert "code" in await browser.walk(silent)
    assert "/interaction/" in (await browser.http.get(provider.address(prompt="login"))).headers["location"]
    await provider.order("clock", {"offset_seconds": 600})
    assert (await browser.walk(provider.address(prompt="none", max_age="300")))["error"] == "login_required"
    assert "code" in await browser.walk(provider.address(prompt="none", max_age="900"))


async def test_whoever_left_is_let_in_nowhere(provider: TownProvider, browser: TownBrowser) -> None:
    await browser.walk(provider.address())
    code = (await browser.walk(provider.address()))["code"]
    await provider.order("leavings", {"name": "m.perrot", "is_told": False})
    assert (await provider.exchange(code)).json()["error"] == "invalid_grant"
    for changes in ({"prompt": "none"}, {}):
        assert (await browser.walk(provider.address(**changes)))["error"] == "access_denied"
    assert (await TownBrowser(provider).walk(provider.address(), "c.vuillemin"))["error"] == "access_denied"


async def test_a_session_ends_by_the_hint_of_its_token(provider: TownProvider, browser: TownBrowser) -> None:
    granted = (await provider.exchange((await browser.walk(provider.address()))["code"])).json()
    there = len(await provider.signed_in())
    asked = {"post_logout_redirect_uri": provider.signed_out_uri, "state": "5"}
    for wrong in (
        {**asked, "id_token_hint": "none"},
        {**asked, "id_token_hint": granted["id_token"], "post_logout_redirect_uri": "https://ailleurs.example/"},
    ):
        assert (await browser.http.get(f"{provider.issuer}/logout", params=wrong)).status_code == 400
    answer = await browser.http.get(f"{provider.issuer}/logout", params={**asked, "id_token_hint": granted["id_token"]})
    assert answer.headers["location"] == f"{provider.signed_out_uri}?state=5"
    assert len(await provider.signed_in()) == there - 1
    assert (await browser.walk(provider.address(prompt="none")))["error"] == "login_required"


async def test_keys_rotate_and_the_former_ones_stay_published(provider: TownProvider, browser: TownBrowser) -> None:
    granted = (await provider.exchange((await browser.walk(provider.address()))["code"])).json()
    kid = (await provider.order("keys"))["kid"]
    published = [key["kid"] for key in await provider.keys()]
    assert kid in published
    assert (await provider.claims_of(granted["id_token"]))["sub"]


async def test_a_logout_token_is_one(provider: TownProvider, browser: TownBrowser) -> None:
    granted = (await provider.exchange((await browser.walk(provider.address()))["code"])).json()
    identity = await provider.claims_of(granted["id_token"])
    order = await provider.claims_of(await provider.logout_token("m.perrot", "both"))
    assert (order["sub"], order["sid"], order["events"]) == (identity["sub"], identity["sid"], {EVENT: {}})
    assert "nonce" not in order
    assert order["jti"] != (await provider.claims_of(await provider.logout_token("m.perrot")))["jti"]
