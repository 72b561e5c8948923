"""The identity provider's interface, as the real one publishes it: what it takes, what it refuses, and how long its things live."""

from typing import Any

import pytest

from tests.component.simulators.identification import FranceConnect
from tests.component.simulators.oidc import SECRET, returned

pytestmark = pytest.mark.anyio

SUBJECT = r"[0-9a-f]{64}v1"


async def tokens(franceconnect: FranceConnect, **changes: str | None) -> dict[str, Any]:
    answer = await franceconnect.exchange((await franceconnect.come_back(**changes))["code"])
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_person_comes_back_with_a_code_and_is_named_by_signed_tokens(franceconnect: FranceConnect) -> None:
    back = await franceconnect.come_back()
    assert {name: back[name] for name in ("state", "iss")} == {"state": "5" * 64, "iss": franceconnect.issuer}
    granted = (await franceconnect.exchange(back["code"])).json()
    assert (granted["token_type"], granted["expires_in"]) == ("Bearer", 60)
    identity = await franceconnect.claims_of(granted["id_token"])
    assert (identity["iss"], identity["aud"], identity["acr"], identity["nonce"]) == (
        franceconnect.issuer,
        "portail-famille",
        "eidas1",
        "7" * 64,
    )
    assert identity["exp"] - identity["iat"] == 60
    answer = await franceconnect.userinfo(granted["access_token"])
    assert answer.headers["content-type"].partition(";")[0] == "application/jwt"
    person = await franceconnect.claims_of(answer.content)
    assert (person["sub"], person["aud"]) == (identity["sub"], "portail-famille")
    assert (person["given_name"], person["given_name_array"], person["family_name"]) == (
        "Angela Claire Louise",
        ["Angela", "Claire", "Louise"],
        "DUBOIS",
    )
    assert "birthdate" not in person


async def test_a_scope_gives_its_claims_and_no_other(franceconnect: FranceConnect) -> None:
    granted = await tokens(franceconnect, person="samira", scope="openid birth")
    person = await franceconnect.claims_of((await franceconnect.userinfo(granted["access_token"])).content)
    assert set(person) == {"birthplace", "birthcountry", "sub", "iss", "aud", "iat", "exp"}
    assert (person["birthplace"], person["birthcountry"]) == ("", "99352")


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": "x" * 43},
        {"response_mode": "query"},
        {"max_age": "0"},
        {"login_hint": "angela"},
        {"acr_values": None},
        {"acr_values": "eidas2"},
        {"nonce": None},
        {"nonce": "7" * 21},
        {"state": None},
        {"state": ""},
        {"scope": "given_name"},
        {"response_type": "token"},
        {"prompt": "none"},
        {"claims": "[]"},
    ],
)
async def test_the_list_of_parameters_is_closed(franceconnect: FranceConnect, changes: dict[str, str | None]) -> None:
    answer = await franceconnect.authorize(**changes)
    assert (answer.status_code, "Y030007" in answer.text) == (400, True)


async def test_an_acceptable_request_is_acceptable(franceconnect: FranceConnect) -> None:
    """Without which the refusals above would prove nothing; also with what may be said besides, and as a form."""
    assert (await franceconnect.authorize(prompt="login consent", claims='{"id_token":{}}')).status_code == 303
    posted = await franceconnect.http.post("/api/v2/authorize", data=franceconnect.request())
    assert posted.status_code == 303


async def test_a_parameter_comes_once(franceconnect: FranceConnect) -> None:
    twice = [*franceconnect.request().items(), ("state", "6" * 64)]
    answer = await franceconnect.http.get("/api/v2/authorize", params=twice)
    assert (answer.status_code, "Y030007" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_id": "somebody"}, "Y04EA6EF"),
        ({"redirect_uri": "https://portail.example/franceconnect/retour/"}, "Y04C013C"),
        ({"redirect_uri": "https://portail.example/franceconnect/retour?x=1"}, "Y04C013C"),
    ],
)
async def test_nobody_is_sent_to_an_address_that_is_not_registered(
    franceconnect: FranceConnect, changes: dict[str, str], code: str
) -> None:
    answer = await franceconnect.authorize(**changes)
    assert (answer.status_code, code in answer.text) == (400, True)


async def test_a_scope_that_was_not_granted_comes_back_as_an_error(franceconnect: FranceConnect) -> None:
    answer = await franceconnect.authorize(scope="openid cnaf_quotient_familial")
    back = returned(answer, franceconnect.return_uri)
    assert (back["error"], back["state"], back["iss"]) == ("invalid_scope", "5" * 64, franceconnect.issuer)


async def test_whoever_goes_back_is_denied(franceconnect: FranceConnect) -> None:
    began = await franceconnect.authorize()
    form = {"person": "angela", "choice": "back"}
    answer = await franceconnect.http.post(began.headers["location"], data=form)
    back = returned(answer, franceconnect.return_uri)
    assert (back["error"], back["state"], "code" in back) == ("access_denied", "5" * 64, False)
    assert (await franceconnect.http.post(began.headers["location"], data=form)).status_code == 400


async def test_a_code_is_used_once_and_a_second_use_ends_its_token(franceconnect: FranceConnect) -> None:
    back = await franceconnect.come_back()
    granted = (await franceconnect.exchange(back["code"])).json()
    assert (await franceconnect.userinfo(granted["access_token"])).status_code == 200
    again = await franceconnect.exchange(back["code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert (await franceconnect.userinfo(granted["access_token"])).status_code == 401


async def test_a_code_lives_half_a_minute_and_a_token_a_minute(franceconnect: FranceConnect) -> None:
    back = await franceconnect.come_back()
    granted = await tokens(franceconnect)
    await franceconnect.order("clock", {"offset_seconds": 31})
    assert (await franceconnect.exchange(back["code"])).json()["error"] == "invalid_grant"
    assert (await franceconnect.userinfo(granted["access_token"])).status_code == 200
    await franceconnect.order("clock", {"offset_seconds": 61})
    assert (await franceconnect.userinfo(granted["access_token"])).status_code == 401


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_secret": None}, "invalid_client"),
        ({"grant_type": "refresh_token"}, "unsupported_grant_type"),
        ({"redirect_uri": "https://portail.example/"}, "invalid_grant"),
    ],
)
async def test_a_code_is_exchanged_by_its_client_alone(
    franceconnect: FranceConnect, changes: dict[str, str | None], error: str
) -> None:
    answer = await franceconnect.exchange((await franceconnect.come_back())["code"], **changes)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_a_secret_in_a_header_is_no_secret(franceconnect: FranceConnect) -> None:
    """`client_secret_basic` is not offered."""
    form = {
        "grant_type": "authorization_code",
        "code": (await franceconnect.come_back())["code"],
        "redirect_uri": franceconnect.return_uri,
    }
    answer = await franceconnect.http.post("/api/v2/token", data=form, auth=("portail-famille", SECRET))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


async def test_a_session_ends_by_its_token_of_any_age(franceconnect: FranceConnect) -> None:
    granted = await tokens(franceconnect, person="pascal")
    assert "pascal" in await franceconnect.signed_in()
    await franceconnect.order("clock", {"offset_seconds": 600})
    asked = {
        "id_token_hint": granted["id_token"],
        "post_logout_redirect_uri": franceconnect.signed_out_uri,
        "state": "9" * 64,
    }
    for missing in asked:
        partial = {name: value for name, value in asked.items() if name != missing}
        assert (await franceconnect.http.get("/api/v2/session/end", params=partial)).status_code == 400
    answer = await franceconnect.http.get("/api/v2/session/end", params=asked)
    assert returned(answer, franceconnect.signed_out_uri) == {"state": "9" * 64}
    assert "pascal" not in await franceconnect.signed_in()


async def test_keys_outlive_the_process_and_rotate(franceconnect: FranceConnect) -> None:
    before = await tokens(franceconnect)
    kid = (await franceconnect.order("keys"))["kid"]
    franceconnect.kill()
    await franceconnect.start()
    published = await franceconnect.keys()
    assert kid in [key["kid"] for key in published]
    assert not [key for key in published if "d" in key]
    assert (await franceconnect.claims_of(before["id_token"]))["acr"] == "eidas1"
