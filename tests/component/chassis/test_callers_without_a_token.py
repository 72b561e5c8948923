"""The door of a service: whoever brings no valid actor token is nobody, however the token was made."""

import base64
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from joserfc.jwk import OKPKey

from chassis.actor import Actor, sign_actor
from chassis.settings import ProcessRole, ServiceSettings
from contracts.types import ActorKind
from tests.component.chassis.probe_service import running_probe
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def probe(settings: ServiceSettings) -> AsyncIterator[RunningService]:
    async with running_probe(settings.model_copy(update={"roles": frozenset({ProcessRole.API})})) as running:
        yield running


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def wrong_tokens(key: OKPKey) -> dict[str, str]:
    """Tokens that must open nothing, by what is wrong with them."""
    actor = Actor(uuid4(), ActorKind.SYSTEM)
    good, _ = sign_actor(actor, key, MINUTE)
    head, body, signature = good.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    signed = f"{encoded({'alg': 'HS256'})}.{body}"
    published = hmac.digest(key.as_pem(private=False), signed.encode(), "sha256")
    return {
        "expired": sign_actor(actor, key, timedelta(hours=-1))[0],
        "other key": sign_actor(actor, OKPKey.generate_key("Ed25519"), MINUTE)[0],
        "other claims": f"{head}.{encoded(claims | {'sub': str(uuid4())})}.{signature}",
        "no algorithm": f"{encoded({'alg': 'none'})}.{body}.",
        "public key as a secret": f"{signed}.{base64.urlsafe_b64encode(published).decode().rstrip('=')}",
        "cut": good[:-4],
        "garbage": "a.b.c",
    }


async def test_a_wrong_token_opens_nothing(probe: RunningService) -> None:
    lines = {reason: f"Bearer {token}" for reason, token in wrong_tokens(probe.actor_key).items()}
    lines |= {"empty": "Bearer ", "other scheme": "Basic YTpi"}
    for reason, line in lines.items():
        answer = await probe.client.get("/myself", headers={"Authorization": line})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), reason
    assert (await probe.client.get("/myself")).status_code == 401


async def test_a_valid_token_says_who_asks(probe: RunningService) -> None:
    actor = Actor(uuid4(), ActorKind.SYSTEM)
    answer = await probe.client.get("/myself", headers=probe.as_actor(actor))
    assert answer.json() == {"account_id": str(actor.account_id)}
