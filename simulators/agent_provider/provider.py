"""The provider of a town hall as one client sees it: whoever is signed in, in a browser, is not asked again, and whoever leaves is said to."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from simulators.oidc.controls import FAULTS, Switch
from simulators.oidc.people import Person, load_people
from simulators.oidc.provider import Grant, Provider, Session
from simulators.oidc.refusals import Codes, RedirectError
from simulators.oidc.requests import Authorization

from .people import Employee
from .rules import CODES, SCOPES, read_authorization

REALM: Final = "/realms/mairie"
LOGOUT_PATH: Final = "/connexion/agents/fin"
LOGOUT_TOKEN_SECONDS = 120
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_TYPE = "logout+jwt"
DAY_SECONDS = 86_400


class LogoutTokenWanted(Switch):
    """A logout token about a person, by the session or by the subject, with claims put over it (None takes one away)."""

    name: str
    by: Literal["sid", "sub", "both"] = "sid"
    claims: dict[str, Any] = Field(default_factory=dict)


class AgentProvider(Provider):
    """The town's own provider. `logout_uri` is where it tells its client that a session ended."""

    path: ClassVar[str] = REALM
    codes: ClassVar[Codes] = CODES
    code_seconds: ClassVar[int] = 60
    token_seconds: ClassVar[int] = 300
    session_seconds: ClassVar[int] = 10 * 3600
    end_session_path: ClassVar[str] = "/logout"
    client_refused_status: ClassVar[int] = 401
    faults: ClassVar[frozenset[str]] = FAULTS | {"stale", "only_userinfo"}
    cookie: ClassVar[str] = "mairie_session"
    logout_uri: str = ""

    @staticmethod
    def logout_uri_at(portal: str) -> str:
        """Where a portal is told, unless settings say else."""
        return portal + LOGOUT_PATH

    def load(self) -> dict[str, Person]:
        return dict(load_people(Path(__file__).with_name("people.toml"), Employee))

    def read(self, pairs: Sequence[tuple[str, str]]) -> Authorization:
        return read_authorization(pairs, self.client)

    def signed_in(self, asked: Authorization, cookie: str) -> Session | None:
        """Whoever is signed in, in this browser, lately enough; with `prompt=none`, nobody is asked in any case."""
        session = self.sessions.get(cookie, self.now())
        if session is not None and self.people[session.name].has_left:
            raise RedirectError(asked.redirect_uri, asked.state, "access_denied", "account disabled")
        if session is not None and asked.prompt != "login" and self._is_fresh(asked, session):
            return session
        if asked.prompt == "none":
            raise RedirectError(asked.redirect_uri, asked.state, "login_required", "nobody is signed in")
        return None

    def _is_fresh(self, asked: Authorization, session: Session) -> bool:
        return asked.age_max is None or self.now() - session.signed_in_at <= asked.age_max

    def announced(self) -> dict[str, Any]:
        return {
            "subject_types_supported": ["public"],
            "acr_values_supported": ["1", "2"],
            "scopes_supported": sorted(SCOPES),
            "prompt_values_supported": ["none", "login"],
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }

    def id_claims(self, grant: Grant) -> dict[str, Any]:
        """The person, too; and for whom the token is, in a claim of its own."""
        person = self.people[grant.session.name]
        is_bare = self.fault in ("only_userinfo", "other_person")
        claims = {"azp": self.client.client_id, **super().id_claims(grant)}
        claims["auth_time"] -= DAY_SECONDS if self.fault == "stale" else 0
        return {**claims, **({} if is_bare else person.claims(grant.authorization.scopes))}

    def logout_token(self, wanted: LogoutTokenWanted, sid: str | None) -> str:
        """A logout token about somebody (Back-Channel Logout 1.0, 2.4)."""
        issued_at, client_id = int(self.now()), self.client.client_id
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": client_id,
            "iat": issued_at,
            "exp": issued_at + LOGOUT_TOKEN_SECONDS,
            "jti": secrets.token_urlsafe(16),
            "events": {LOGOUT_EVENT: {}},
            "sub": self.people[wanted.name].subject(client_id) if wanted.by in ("sub", "both") else None,
            "sid": sid if wanted.by in ("sid", "both") else None,
        }
        claims |= wanted.claims
        named = {name: value for name, value in claims.items() if value is not None}
        return self.keys.sign(named, self.fault, LOGOUT_TYPE)
