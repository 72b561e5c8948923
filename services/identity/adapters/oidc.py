"""The client of a provider of OpenID Connect: where its endpoints are, the exchange of a code, and tokens whose signature its published keys
prove.

Which algorithms sign was agreed at registration: what the head of a token says of it counts for nothing. Nothing here touches the
database: no transaction is ever open while a provider is asked.
"""

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from chassis.http.client import HttpClient, Unreachable
from chassis.refusal import NotFound

from ..oidc.domain import Registration

DISCOVERY_PATH: Final = "/.well-known/openid-configuration"
AUTHORIZATION: Final = "authorization_endpoint"
TOKEN: Final = "token_endpoint"  # noqa: S105 - the name of an address
USERINFO: Final = "userinfo_endpoint"
KEYS: Final = "jwks_uri"
END_SESSION: Final = "end_session_endpoint"
ENDPOINTS: Final = (AUTHORIZATION, TOKEN, KEYS, USERINFO, END_SESSION)
NEEDED: Final = frozenset({AUTHORIZATION, TOKEN, KEYS})
NAMES_ITSELF: Final = "authorization_response_iss_parameter_supported"
KNOWN_SECONDS: Final = 3600.0
"""How long endpoints and keys are known before they are asked for again."""
RENEWALS_SECONDS: Final = 30.0
RENEWALS_MAX: Final = 5
"""A token that names an unknown key has the keys asked for again, so often at most in so many seconds: anybody may make one up."""
ANSWER_BYTES_MAX: Final = 64 * 1024
JWT_TYPE: Final = "application/jwt"


class ProviderDown(Exception):
    """The provider did not answer, or not as one that works."""


class ProviderDoubtful(Exception):
    """The provider, or somebody in its place, answered what proves nothing."""


class UnknownKey(ProviderDoubtful):
    """A token that names a key which was not published, when the keys were asked for."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What a code was exchanged for."""

    access_token: str = field(repr=False)
    id_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProviderAccess:
    """How this process reaches a provider and proves itself. `root` is what all its addresses begin with, and `url` where that is from here.

    `endpoints` are those known without asking, below the root, of a provider that `has_discovery` or not; those of `needed` it must have. A claim
    of `person_claims` that the identity token lacks is asked for; `is_person_signed`: always, as a signed token.
    """

    root: str
    url: str
    secret: str = field(repr=False)
    algorithms: tuple[str, ...]
    timeout_seconds: float
    has_discovery: bool = True
    endpoints: Mapping[str, str] = field(default_factory=dict)
    needed: frozenset[str] = NEEDED
    is_person_signed: bool = False
    person_claims: frozenset[str] = frozenset()


class OidcClient:
    """A provider, for a town that has it."""

    name = "oidc"

    def __init__(self, registration: Registration | None = None, access: ProviderAccess | None = None) -> None:
        self._registration = registration
        self._access = access
        self._client = HttpClient(self.name, access.url, access.timeout_seconds) if access else None
        self._endpoints = dict(access.endpoints) if access else {}
        self._names_itself = False
        self._known_until = 0.0
        self._keys: KeySet | None = None
        self._keys_asked_at = 0.0
        self._renewals: deque[float] = deque(maxlen=RENEWALS_MAX)

    async def close(self) -> None:
        if self._client:
            await self._client.close()

    @property
    def is_there(self) -> bool:
        """Whether the town has it."""
        return self._registration is not None

    @property
    def registration(self) -> Registration:
        """How the town is known there. Raises NotFound for a town that is not."""
        if self._registration is None:
            raise NotFound
        return self._registration

    async def authorization_endpoint(self) -> str:
        """Where browsers are sent. Raises ProviderDown when it had to be asked for and nobody answers."""
        await self._discover()
        return self._public(AUTHORIZATION)

    async def end_session_endpoint(self) -> str:
        """Where a browser ends its session there; empty where it has no such place. Raises like `authorization_endpoint`."""
        if END_SESSION not in self._endpoints:
            await self._discover()
        return self._public(END_SESSION) if self._endpoints.get(END_SESSION) else ""

    async def names_itself(self) -> bool:
        """Whether it announces that it names itself in what browsers bring back. Raises like `authorization_endpoint`."""
        await self._discover()
        return self._names_itself

    async def exchange(self, code: str, verifier: str | None = None) -> Granted:
        """Hand in a code. Raises ProviderDown, or ProviderDoubtful: it is not, or not any longer, a code for us."""
        await self._discover()
        registration, access = self.registration, self._reached()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": registration.return_uri,
            "client_id": registration.client_id,
            "client_secret": access.secret,
            **({"code_verifier": verifier} if verifier else {}),
        }
        answer = await self._ask("POST", TOKEN, data=form)
        granted = _document(answer) if answer.status_code == 200 else {}
        access_token, id_token = granted.get("access_token"), granted.get("id_token")
        if not (isinstance(access_token, str) and isinstance(id_token, str)):
            raise ProviderDoubtful(f"token {answer.status_code}")
        return Granted(access_token, id_token)

    async def person(self, access_token: str, claims: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
        """Who somebody is: what their identity token says, or the provider besides, and whether that is a signed answer. Raises like `exchange`."""
        access = self._reached()
        if not access.is_person_signed and access.person_claims <= claims.keys():
            return claims, True
        if not self._endpoints.get(USERINFO):
            return claims, True
        answer = await self._ask("GET", USERINFO, headers={"Authorization": f"Bearer {access_token}"})
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_signed = media_type == JWT_TYPE
        if answer.status_code != 200 or (access.is_person_signed and not is_signed):
            raise ProviderDoubtful(f"userinfo {answer.status_code}")
        if is_signed:
            return await self.claims(answer.content.decode("ascii", "replace")), True
        return {**claims, **_document(answer)}, False

    async def claims(self, token: str) -> Mapping[str, Any]:
        """What a token says whose signature is the provider's. Raises ProviderDown, ProviderDoubtful."""
        await self._discover()
        algorithms = self._reached().algorithms
        try:
            return _read(token, await self._known_keys(), algorithms)
        except UnknownKey:
            return _read(token, await self._known_keys(is_newest=True), algorithms)

    async def _known_keys(self, *, is_newest: bool = False) -> KeySet:
        now = time.monotonic()
        is_known = self._keys is not None and now < self._keys_asked_at + KNOWN_SECONDS
        is_often = len(self._renewals) == RENEWALS_MAX and now < self._renewals[0] + RENEWALS_SECONDS
        if self._keys is not None and (is_often if is_newest else is_known):
            return self._keys
        if is_newest:
            self._renewals.append(now)
        answer = await self._ask("GET", KEYS)
        if answer.status_code != 200:
            raise ProviderDown(f"keys {answer.status_code}")
        try:
            self._keys = KeySet.import_key_set(_document(answer))  # type: ignore[arg-type]  # joserfc checks it
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ProviderDoubtful("keys") from error
        self._keys_asked_at = now
        return self._keys

    async def _discover(self) -> None:
        """Learn where the endpoints are, where the provider is to be asked: the document is of its issuer, to the letter, and what is not
        below its root is not there."""
        access = self._reached()
        if not access.has_discovery or time.monotonic() < self._known_until:
            return
        issuer = self.registration.issuer
        answer = await self._send("GET", issuer.removeprefix(access.root) + DISCOVERY_PATH)
        document = _document(answer) if answer.status_code == 200 else {}
        urls = {name: str(document.get(name, "")) for name in ENDPOINTS}
        below = {name: url.removeprefix(access.root) for name, url in urls.items() if url.startswith(f"{access.root}/")}
        if document.get("issuer") != issuer or not access.needed <= below.keys():
            raise ProviderDown("discovery")
        self._endpoints = {name: below.get(name, "") for name in ENDPOINTS}
        self._names_itself = document.get(NAMES_ITSELF) is True
        self._known_until = time.monotonic() + KNOWN_SECONDS

    def _reached(self) -> ProviderAccess:
        if self._access is None:
            raise NotFound
        return self._access

    def _public(self, endpoint: str) -> str:
        return f"{self._reached().root}{self._endpoints[endpoint]}"

    async def _ask(self, method: str, endpoint: str, **options: Any) -> httpx2.Response:
        return await self._send(method, self._endpoints[endpoint], **options)

    async def _send(self, method: str, path: str, **options: Any) -> httpx2.Response:
        if self._client is None:
            raise NotFound
        try:
            answer = await self._client.request(method, path, **options)
        except Unreachable as error:
            raise ProviderDown(path) from error
        if answer.status_code >= 500 or len(answer.content) > ANSWER_BYTES_MAX:
            raise ProviderDown(f"{path} {answer.status_code}")
        return answer


def _document(answer: httpx2.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError as error:
        raise ProviderDoubtful("no JSON") from error
    return document if isinstance(document, dict) else {}


def _read(token: str, keys: KeySet, algorithms: tuple[str, ...]) -> Mapping[str, Any]:
    try:
        return jwt.decode(token, keys, algorithms=list(algorithms)).claims
    except InvalidKeyIdError as error:
        raise UnknownKey("key") from error
    except (JoseError, ValueError, TypeError, KeyError) as error:  # whoever made it up may have written any header
        raise ProviderDoubtful("signature") from error
