"""The keys of a provider: asked for once, renewed for a name that is new, and not at the beck of whoever makes names up."""

import json
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from services.identity.adapters.agents_provider import AgentProviderSection, AgentsProvider, Place
from services.identity.adapters.oidc import RENEWALS_MAX, ProviderDoubtful, ProviderDown, UnknownKey
from simulators.oidc.signing import SigningKeys

pytestmark = pytest.mark.anyio


@dataclass
class Publisher:
    """A provider's document and keys, and how often each was asked for. `documents` are put over what it publishes."""

    keys: SigningKeys
    url: str = ""
    asked: Counter[str] = field(default_factory=Counter)
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)

    def document(self, path: str) -> dict[str, Any]:
        self.asked[path] += 1
        names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
        described = {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/jwks",
            **{name: f"{self.url}/{name}" for name in names},
        }
        own = {"/.well-known/openid-configuration": described, "/jwks": self.keys.published()}
        return self.documents.get(path, own[path])

    def token(self, fault: str = "ok") -> str:
        return self.keys.sign({"sub": "somebody", "iat": int(time.time())}, fault)


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    """The provider, on a free port."""
    publisher = Publisher(SigningKeys(tmp_path))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = json.dumps(publisher.document(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing on the console of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    publisher.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield publisher
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
async def client(publisher: Publisher) -> AsyncIterator[AgentsProvider]:
    """A client of it that signs by ES256 alone."""
    place = Place(publisher.url, "portail-famille", "https://portail.example", "secret", 2.0)
    client = AgentsProvider.at(place, AgentProviderSection(is_open=True, algorithms=("ES256",)))
    yield client
    await client.close()


async def test_the_document_and_the_keys_are_asked_for_once(client: AgentsProvider, publisher: Publisher) -> None:
    for _ in range(10):
        assert (await client.claims(publisher.token()))["sub"] == "somebody"
    assert publisher.asked == {"/.well-known/openid-configuration": 1, "/jwks": 1}


async def test_a_new_key_is_learned_at_its_first_token_and_the_former_one_holds(
    client: AgentsProvider, publisher: Publisher
) -> None:
    before = publisher.token()
    await client.claims(before)
    publisher.keys.rotate()
    for token in (publisher.token(), publisher.token(), before):
        assert (await client.claims(token))["sub"] == "somebody"
    assert publisher.asked["/jwks"] == 2


async def test_names_that_are_made_up_have_the_keys_asked_for_a_few_times_and_no_more(
    client: AgentsProvider, publisher: Publisher
) -> None:
    await client.claims(publisher.token())
    for _ in range(RENEWALS_MAX * 4):
        with pytest.raises(UnknownKey):
            await client.claims(publisher.token("unknown_key"))
    assert publisher.asked["/jwks"] == 1 + RENEWALS_MAX
    assert (await client.claims(publisher.token()))["sub"] == "somebody", "whoever is known is not kept out by that"


@pytest.mark.parametrize("fault", ["wrong_key", "wrong_algorithm", "no_algorithm"])
async def test_a_wrong_signature_under_a_known_name_renews_nothing(
    client: AgentsProvider, publisher: Publisher, fault: str
) -> None:
    await client.claims(publisher.token())
    with pytest.raises(ProviderDoubtful, match="signature"):
        await client.claims(publisher.token(fault))
    assert publisher.asked["/jwks"] == 1


@pytest.mark.parametrize("token", ["", "x", "x.y.z", "e30.e30.", "..", "é.é.é"])
async def test_what_is_no_token_proves_nothing(client: AgentsProvider, token: str) -> None:
    with pytest.raises(ProviderDoubtful):
        await client.claims(token)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
async def test_an_endpoint_elsewhere_than_at_the_provider_is_none(
    client: AgentsProvider, publisher: Publisher, name: str
) -> None:
    """Whoever changes one line of the document would be sent the town's secret, or be believed."""
    path = "/.well-known/openid-configuration"
    publisher.documents[path] = {**publisher.document(path), name: "http://127.0.0.1:1/jwks"}
    with pytest.raises(ProviderDown, match="discovery"):
        await client.claims(publisher.token())
    del publisher.documents[path]
    assert (await client.claims(publisher.token()))["sub"] == "somebody"
