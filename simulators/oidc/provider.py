"""A provider's memory and its words: who is signed in, requests that a person is answering, codes, access tokens, and what tokens say. Nothing
of it outlives the process, and there is a limit to all of it."""

import base64
import hashlib
import hmac
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from .clients import Client
from .controls import FAULTS, Controls
from .people import Person
from .refusals import Codes
from .requests import Authorization
from .shelves import Shelf
from .signing import ALGORITHM, SigningKeys, half_hash

INTERACTION_SECONDS = 1800
STALE_SECONDS = 3600
NOBODY = "0" * 64


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in, in one browser. `sid` is its name for clients."""

    name: str
    sid: str
    signed_in_at: float


@dataclass(slots=True)
class Grant:
    """What a client may know of a person. `is_revoked` once its code came twice."""

    authorization: Authorization
    session: Session
    access_token: str = ""
    is_revoked: bool = False


class Provider(ABC):
    """A provider as its one client sees it. One differs from another by these, and by what it overrides.

    `cookie`: under which a browser stays signed in; none where everybody is asked anew. `is_person_signed`: the answer about a person is a token.
    """

    path: ClassVar[str]
    codes: ClassVar[Codes]
    code_seconds: ClassVar[int]
    token_seconds: ClassVar[int]
    session_seconds: ClassVar[int]
    end_session_path: ClassVar[str]
    client_refused_status: ClassVar[int] = 400
    faults: ClassVar[frozenset[str]] = FAULTS
    cookie: ClassVar[str] = ""
    ends_with_state: ClassVar[bool] = False

    def __init__(self, issuer: str, client: Client, keys: SigningKeys) -> None:
        self.issuer = issuer
        self.client = client
        self.keys = keys
        self.controls = Controls()
        self.people: dict[str, Person] = self.load()
        self.sessions: Shelf[Session] = Shelf(self.session_seconds)
        self.interactions: Shelf[Authorization] = Shelf(INTERACTION_SECONDS)
        self._codes: Shelf[Grant] = Shelf(self.code_seconds)
        self._spent: Shelf[tuple[str, Grant]] = Shelf(INTERACTION_SECONDS)
        self._tokens: Shelf[Grant] = Shelf(self.token_seconds)

    @abstractmethod
    def load(self) -> dict[str, Person]:
        """Everybody as they are at first, by name."""

    @abstractmethod
    def read(self, pairs: Sequence[tuple[str, str]]) -> Authorization:
        """The request that these parameters make. Raises PageError, RedirectError."""

    def signed_in(self, asked: Authorization, cookie: str) -> Session | None:
        """Whoever need not be asked who they are. Raises RedirectError: nobody may be asked, or is let in."""
        return None

    def announced(self) -> dict[str, Any]:
        """What the provider's document says besides."""
        return {}

    @property
    def is_person_signed(self) -> bool:
        return False

    @property
    def fault(self) -> str:
        return self.controls.faults.mode

    @property
    def elsewhere(self) -> str:
        """Another provider."""
        return f"https://ailleurs.example{self.path}"

    def now(self) -> float:
        return time.time() + self.controls.clock.offset_seconds

    def reset(self) -> None:
        """Every switch back, and everybody as they were."""
        self.controls = Controls()
        self.people = self.load()

    def sign_in(self, person: Person) -> tuple[str, Session]:
        """A session of somebody, and the secret that their browser keeps."""
        session = Session(person.name, secrets.token_urlsafe(16), self.now())
        return self.sessions.put(session, self.now()), session

    def open_sessions(self, name: str) -> list[Session]:
        """The sessions of somebody, oldest first."""
        return [one for one in self.sessions.all(self.now()) if one.name == name]

    def end(self, sid: str) -> None:
        self.sessions.drop(lambda session: session.sid == sid)

    def approve(self, authorization: Authorization, session: Session) -> str:
        """A code for a request."""
        return self._codes.put(Grant(authorization, session), self.now())

    def redeem(self, form: Mapping[str, str]) -> Grant | None:
        """The grant of a code, once, with its access token; a code that comes twice also ends the token of the first time."""
        code = form.get("code", "")
        grant = self._codes.take(code, self.now())
        if grant is None:
            for spent, former in self._spent.all(self.now()):
                former.is_revoked |= spent == code
            return None
        self._spent.put((code, grant), self.now())
        asked = grant.authorization
        is_right = asked.redirect_uri == form.get("redirect_uri") and _fits(asked.challenge, form.get("code_verifier"))
        if not is_right or self.people[grant.session.name].has_left:
            return None
        grant.access_token = self._tokens.put(grant, self.now())
        return grant

    def granted(self, access_token: str) -> Grant | None:
        grant = self._tokens.get(access_token, self.now())
        return None if grant is None or grant.is_revoked else grant

    def revoke(self, access_token: str) -> None:
        self._tokens.take(access_token, self.now())

    def document(self) -> dict[str, Any]:
        """What the provider publishes of itself."""
        return {
            "issuer": self.elsewhere if self.fault == "foreign_document" else self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}{self.end_session_path}",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            **self.announced(),
        }

    def common_claims(self, grant: Grant) -> dict[str, Any]:
        """What every token about somebody says: of whom, by whom, for whom, and for how long."""
        client_id, fault = self.client.client_id, self.fault
        issued_at = int(self.now()) - (STALE_SECONDS if fault == "expired" else 0)
        audiences = {"wrong_audience": "another-client", "two_audiences": [client_id, "another-client"]}
        return {
            "sub": self.people[grant.session.name].subject(client_id),
            "iss": self.elsewhere if fault == "wrong_issuer" else self.issuer,
            "aud": audiences.get(fault, client_id),
            **({"azp": "another-client"} if fault == "wrong_party" else {}),
            "iat": issued_at,
            "exp": issued_at + self.token_seconds,
        }

    def id_claims(self, grant: Grant) -> dict[str, Any]:
        """What an identity token says."""
        nonce = NOBODY if self.fault == "wrong_nonce" else grant.authorization.nonce
        return {
            **self.common_claims(grant),
            **self.people[grant.session.name].assurance(),
            "auth_time": int(grant.session.signed_in_at),
            **({} if self.fault == "no_nonce" else {"nonce": nonce}),
            "at_hash": half_hash(grant.access_token),
            "sid": grant.session.sid,
        }

    def id_token(self, grant: Grant) -> str:
        return self.keys.sign(self.id_claims(grant), self.fault)

    def userinfo(self, grant: Grant) -> dict[str, Any]:
        """What a client is told of a person; as a token, it says of whom and for whom, too."""
        person = self.people[grant.session.name]
        details = {"sub": person.subject(self.client.client_id), **person.claims(grant.authorization.scopes)}
        signed = self.common_claims(grant) if self.is_person_signed else {}
        other = {"sub": NOBODY} if self.fault == "other_person" else {}
        return {**details, **signed, **other}


def _fits(challenge: str | None, verifier: str | None) -> bool:
    """Whether a code is handed in by whoever asked for it; a verifier that nobody announced is none (RFC 9700, 4.8.2)."""
    if challenge is None or verifier is None:
        return challenge is None and verifier is None
    digest = hashlib.sha256(verifier.encode()).digest()
    return hmac.compare_digest(base64.urlsafe_b64encode(digest).decode().rstrip("="), challenge)
