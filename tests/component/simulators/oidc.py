"""A simulator of an OpenID Connect provider as a real process, with what every client of one does; each provider adds what is its own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import KeySet

from deploy.local.child import free_ports
from tests.component.simulators.running import Simulator

CLIENT_ID: Final = "portail-famille"
SECRET: Final = "a-secret-of-tests"
STATE: Final = "5" * 64
NONCE: Final = "7" * 64


@dataclass
class OidcSimulator(Simulator):
    """The simulator. `portal` is the address of the client whose people come back there."""

    MODULE: ClassVar[str]
    PREFIX: ClassVar[str]
    PATH: ClassVar[str]
    RETURN_PATH: ClassVar[str]
    SIGNED_OUT_PATH: ClassVar[str]
    END_SESSION_PATH: ClassVar[str]
    ASKED: ClassVar[Mapping[str, str]]
    """The parameters of an acceptable request besides those of every one."""
    HANDED_IN: ClassVar[Mapping[str, str]] = {}
    """What is handed in with a code besides."""

    portal: str = "https://portail.example"
    secret: str = SECRET

    @property
    def base(self) -> str:
        return f"{self.http.base_url}".rstrip("/")

    @property
    def issuer(self) -> str:
        return self.base + self.PATH

    @property
    def return_uri(self) -> str:
        return self.portal + self.RETURN_PATH

    @property
    def signed_out_uri(self) -> str:
        return self.portal + self.SIGNED_OUT_PATH

    def request(self, **changes: str | None) -> dict[str, str]:
        """The parameters of an acceptable authorisation request, with some changed or (None) left out."""
        values = {
            "client_id": CLIENT_ID,
            "response_type": "code",
            "redirect_uri": self.return_uri,
            "state": STATE,
            "nonce": NONCE,
            **self.ASKED,
        }
        return _changed(values, changes)

    def address(self, **changes: str | None) -> str:
        """Where such a request goes."""
        return str(httpx2.URL(f"{self.issuer}/authorize", params=self.request(**changes)))

    async def walk(
        self, url: str, person: str, choice: str = "continue", browser: httpx2.AsyncClient | None = None
    ) -> dict[str, str]:
        """The way of a browser, a new one unless it is said, from the address of a request to what is brought back to the client; nobody is
        asked who is signed in."""
        if browser is None:
            async with httpx2.AsyncClient() as new:
                return await self.walk(url, person, choice, new)
        answer = await browser.get(url)
        if answer.headers["location"].startswith("/"):
            choosing = self.base + answer.headers["location"]
            answer = await browser.post(choosing, data={"person": person, "choice": choice})
        return returned(answer, self.return_uri)

    async def exchange(self, code: str, **changes: str | None) -> httpx2.Response:
        """The client's server hands in a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.return_uri,
            "client_id": CLIENT_ID,
            "client_secret": self.secret,
            **self.HANDED_IN,
        }
        return await self.http.post(f"{self.PATH}/token", data=_changed(form, changes))

    async def userinfo(self, access_token: str) -> httpx2.Response:
        return await self.http.get(f"{self.PATH}/userinfo", headers={"Authorization": f"Bearer {access_token}"})

    async def keys(self) -> list[dict[str, Any]]:
        """The published keys."""
        return list((await self.http.get(f"{self.PATH}/jwks")).json()["keys"])

    async def claims_of(self, token: str | bytes) -> dict[str, Any]:
        """What a token says, its signature checked by the published keys."""
        keys = KeySet.import_key_set({"keys": await self.keys()})  # type: ignore[typeddict-item]  # joserfc checks them
        return dict(jwt.decode(token, keys, algorithms=["ES256"]).claims)

    async def order(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One order to the control interface; its JSON answer."""
        answer = await self.http.post(f"/control/{path}", json=body or {})
        assert answer.is_success, answer.text
        return answer.json()

    async def fault(self, mode: str, **more: Any) -> None:
        """Have the provider fail from now on."""
        await self.order("faults", {"mode": mode, **more})

    async def signed_in(self) -> list[str]:
        """Who has a session at the provider."""
        return list((await self.http.get("/control/sessions")).json())


def returned(answer: httpx2.Response, uri: str) -> dict[str, str]:
    """The parameters of a redirect to an address of the client."""
    location = answer.headers["location"]
    assert location.partition("?")[0] == uri, location
    return dict(parse_qsl(urlsplit(location).query))


def _changed(values: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


S = TypeVar("S", bound=OidcSimulator)


@asynccontextmanager
async def running_provider(
    kind: type[S], folder: Path, portal: str = "https://portail.example", secret: str = SECRET
) -> AsyncIterator[S]:
    """The simulator with one client at this address."""
    (port,) = free_ports(1)
    environment = {
        "HTTP_PORT": str(port),
        "STATE_DIR": str(folder / "state"),
        "PORTAL_URL": portal,
        f"{kind.PREFIX}_CLIENT_SECRET": secret,
    }
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=15) as http:
        simulator = kind(kind.MODULE, environment, http, folder / "log", portal=portal, secret=secret)
        await simulator.start()
        yield simulator
        simulator.kill()
