"""What every provider of OpenID Connect refuses, and how each can be made to lie: without a lie that is told, its refusal would prove nothing."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from joserfc.errors import BadSignatureError, JoseError

from tests.component.simulators.identification import FranceConnect
from tests.component.simulators.oidc import CLIENT_ID, NONCE, OidcSimulator, running_provider
from tests.component.simulators.town_provider import TownProvider

pytestmark = pytest.mark.anyio

PEOPLE = {FranceConnect: "angela", TownProvider: "m.perrot"}


@pytest.fixture(scope="module", params=PEOPLE, ids=lambda kind: kind.PREFIX.lower())
async def provider_process(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[OidcSimulator]:
    """Each of the two, with one client."""
    async with running_provider(request.param, tmp_path_factory.mktemp("provider")) as simulator:
        yield simulator


@pytest.fixture
async def provider(provider_process: OidcSimulator) -> OidcSimulator:
    """The simulator with every switch at its faithful position."""
    await provider_process.order("reset")
    return provider_process


async def code_of(provider: OidcSimulator, **changes: str | None) -> str:
    """A code of somebody who came back."""
    return (await provider.walk(provider.address(**changes), PEOPLE[type(provider)]))["code"]


async def granted(provider: OidcSimulator) -> dict[str, Any]:
    """What a new code is exchanged for."""
    answer = await provider.exchange(await code_of(provider))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def unchecked(token: str, part: int = 1) -> dict[str, Any]:
    """A part of a token, whoever made it: the claims, or the head."""
    return dict(json.loads(base64.urlsafe_b64decode(token.split(".")[part] + "==")))


async def test_a_code_is_handed_in_by_its_client_with_the_address_it_asked_with_and_once(
    provider: OidcSimulator,
) -> None:
    assert (await provider.exchange(await code_of(provider))).status_code == 200
    for changes, error in (
        ({"redirect_uri": provider.signed_out_uri}, "invalid_grant"),
        ({"redirect_uri": f"{provider.return_uri}/"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_secret": None}, "invalid_client"),
        ({"client_id": "another"}, "invalid_client"),
        ({"grant_type": "refresh_token"}, "unsupported_grant_type"),
    ):
        answer = await provider.exchange(await code_of(provider), **changes)
        assert (answer.is_success, answer.json()["error"]) == (False, error), changes


async def test_a_code_that_failed_is_used_up(provider: OidcSimulator) -> None:
    code = await code_of(provider)
    assert (await provider.exchange(code, redirect_uri="https://ailleurs.example/")).status_code == 400
    assert (await provider.exchange(code)).json()["error"] == "invalid_grant"


async def test_a_code_that_comes_twice_ends_the_token_of_the_first_time(provider: OidcSimulator) -> None:
    code = await code_of(provider)
    token = (await provider.exchange(code)).json()["access_token"]
    assert (await provider.userinfo(token)).status_code == 200
    assert (await provider.exchange(code)).json()["error"] == "invalid_grant"
    assert (await provider.userinfo(token)).status_code == 401


async def test_the_verifier_is_that_of_the_request_or_none(provider: OidcSimulator) -> None:
    """PKCE where it is taken; where it is not, a verifier that nobody announced is no less wrong."""
    has_pkce = "code_verifier" in provider.HANDED_IN
    for verifier in ("w" * 43, None if has_pkce else "v" * 43):
        answer = await provider.exchange(await code_of(provider), code_verifier=verifier)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_a_secret_in_a_header_is_no_secret(provider: OidcSimulator) -> None:
    form = {"grant_type": "authorization_code", "code": await code_of(provider), "redirect_uri": provider.return_uri}
    form |= {"client_id": CLIENT_ID, "client_secret": provider.secret, **provider.HANDED_IN}
    answer = await provider.http.post(f"{provider.PATH}/token", data=form, auth=(CLIENT_ID, provider.secret))
    assert answer.json()["error"] == "invalid_client"


async def test_nobody_is_sent_to_an_address_that_is_not_registered(provider: OidcSimulator) -> None:
    uri = provider.return_uri
    for other in (f"{uri}/", f"{uri}?x=1", uri.upper(), "https://ailleurs.example/", provider.signed_out_uri):
        answer = await provider.http.get(f"{provider.PATH}/authorize", params=provider.request(redirect_uri=other))
        assert (answer.status_code, "location" in answer.headers) == (400, False), other


@pytest.mark.parametrize(
    ("fault", "claim", "lie"),
    [
        ("wrong_nonce", "nonce", "0" * 64),
        ("no_nonce", "nonce", None),
        ("wrong_audience", "aud", "another-client"),
        ("two_audiences", "aud", [CLIENT_ID, "another-client"]),
        ("wrong_party", "azp", "another-client"),
    ],
)
async def test_a_lie_is_told_under_a_signature_that_is_right(
    provider: OidcSimulator, fault: str, claim: str, lie: object
) -> None:
    faithful = await provider.claims_of((await granted(provider))["id_token"])
    assert (faithful["iss"], faithful["aud"], faithful["nonce"]) == (provider.issuer, CLIENT_ID, NONCE)
    await provider.fault(fault)
    assert (await provider.claims_of((await granted(provider))["id_token"])).get(claim) == lie


async def test_an_expired_token_and_one_of_another_issuer_are_signed_as_well(provider: OidcSimulator) -> None:
    await provider.fault("expired")
    late = await provider.claims_of((await granted(provider))["id_token"])
    fresh = (await granted(provider))["id_token"]
    assert late["exp"] < late["auth_time"] - 1800
    await provider.fault("wrong_issuer")
    assert (await provider.claims_of((await granted(provider))["id_token"]))["iss"] != unchecked(fresh)["iss"]


@pytest.mark.parametrize("fault", ["wrong_key", "unknown_key", "wrong_algorithm", "no_algorithm"])
async def test_what_nobody_signed_is_seen_by_the_published_keys(provider: OidcSimulator, fault: str) -> None:
    await provider.fault(fault)
    token = (await granted(provider))["id_token"]
    head, known = unchecked(token, 0), [key["kid"] for key in await provider.keys()]
    assert (head["kid"] in known) == (fault != "unknown_key")
    assert head["alg"] == {"wrong_algorithm": "HS256", "no_algorithm": "none"}.get(fault, "ES256")
    with pytest.raises(BadSignatureError if fault == "wrong_key" else (JoseError, ValueError)):
        await provider.claims_of(token)


async def test_a_new_key_signs_and_the_former_ones_are_published_a_while(provider: OidcSimulator) -> None:
    before = (await granted(provider))["id_token"]
    kid = (await provider.order("keys"))["kid"]
    after = (await granted(provider))["id_token"]
    assert unchecked(after, 0)["kid"] == kid != unchecked(before, 0)["kid"]
    assert (await provider.claims_of(before))["sub"] == (await provider.claims_of(after))["sub"]
    assert not [key for key in await provider.keys() if "d" in key], "a private key is published"
    for _ in range(2):
        await provider.order("keys")
    with pytest.raises((JoseError, ValueError)):
        await provider.claims_of(before)


async def test_a_fault_that_a_provider_does_not_know_is_refused(provider: OidcSimulator) -> None:
    answer = await provider.http.post("/control/faults", json={"mode": "wrong_nonse"})
    assert answer.status_code == 400
    assert (await provider.http.get("/control/")).json()["faults"]["mode"] == "ok"


async def test_a_session_ends_by_a_token_of_this_client_and_nobody_goes_elsewhere(provider: OidcSimulator) -> None:
    token = (await granted(provider))["id_token"]
    there = await provider.signed_in()
    asked = {"id_token_hint": token, "post_logout_redirect_uri": provider.signed_out_uri, "state": "9" * 64}
    path = provider.PATH + provider.END_SESSION_PATH
    for wrong in ({"id_token_hint": f"{token}x"}, {"post_logout_redirect_uri": provider.return_uri}):
        assert (await provider.http.get(path, params={**asked, **wrong})).status_code == 400
    assert await provider.signed_in() == there
    assert (await provider.http.get(path, params=asked)).status_code == 303
    assert len(await provider.signed_in()) == len(there) - 1
