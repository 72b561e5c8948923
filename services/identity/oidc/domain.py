"""What a provider must prove: who it is, for whom it speaks, about which request, how surely; and what a browser is sent there with.

One provider differs from another by the data of its `Registration` alone.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum, auto
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from chassis.refusal import Refusal

CLOCK_SKEW_SECONDS: Final = 60
AWAY_MAX: Final = timedelta(minutes=10)
"""How long somebody may be away at a provider, and how long an identity then waits to be linked."""
OPEN_PER_BROWSER_MAX: Final = 5
SUBJECT: Final = re.compile(r"[!-~]{1,255}")
ERRORS: Final = {
    "access_denied": "DENIED",
    "login_required": "OVER",
    "interaction_required": "OVER",
    "consent_required": "OVER",
    "account_selection_required": "OVER",
}


class Doubt(StrEnum):
    """Why nobody was proven. OVER: nobody is signed in at the provider any more, who was not asked to show them a page."""

    AWAY = auto()
    DENIED = auto()
    OVER = auto()
    RETURN_UNKNOWN = auto()
    RETURN_EXPIRED = auto()
    UNVERIFIED = auto()
    TOO_WEAK = auto()


class Provider(StrEnum):
    """Whose provider it is: a way that began to one never ends at the other."""

    FRANCECONNECT = auto()
    AGENTS = auto()


class Prompt(StrEnum):
    """What a provider shows: no page at all, or that which asks who it is, whoever is signed in there."""

    NONE = auto()
    LOGIN = auto()


@dataclass(frozen=True, slots=True)
class Registration:
    """How the town is known to a provider, whose addresses count to the letter, and what it asks for there.

    `asked` are parameters of a request besides those of every one. One of `levels` (`acr`) and one of `methods` (`amr`) is needed, where there
    are any; a sign-in there is no older than `auth_age_max`. `needs_iss`: a return names the provider, whether or not it announces so.
    """

    provider: Provider
    issuer: str
    client_id: str
    return_uri: str
    signed_out_uri: str
    scope: str
    refusals: Mapping[Doubt, type[Refusal]]
    asked: Mapping[str, str] = field(default_factory=dict)
    levels: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    auth_age_max: timedelta | None = None
    has_pkce: bool = True
    needs_iss: bool = False

    def refusal(self, doubt: Doubt) -> Refusal:
        """What whoever came back is told."""
        return self.refusals[doubt]()


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must come back of a way, and what proves that its code is handed in by whoever began it."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pending:
    """A way that somebody began and came back from. `is_silent`: the provider was to show no page."""

    authorization_id: UUID
    nonce_hash: bytes
    next_path: str
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """What a provider proved: the claims of its identity token, and what it says of the person besides."""

    claims: Mapping[str, Any] = field(repr=False)
    person: Mapping[str, Any] = field(repr=False)
    id_token: str = field(repr=False)

    @property
    def subject(self) -> str:
        """Who it is, by the provider's own name."""
        return str(self.claims["sub"])


def secret_hash(secret: str) -> bytes:
    """What is stored of a secret of 256 random bits that must come back."""
    return hashlib.sha256(secret.encode()).digest()


def authorization_query(
    registration: Registration, secrets: Secrets, challenge: str, prompt: Prompt | None = None
) -> str:
    """The parameters of a request: those that the provider knows, and no other, for some refuse the rest."""
    pkce = {"code_challenge": challenge, "code_challenge_method": "S256"} if registration.has_pkce else {}
    return urlencode(
        {
            "client_id": registration.client_id,
            "response_type": "code",
            "redirect_uri": registration.return_uri,
            "scope": registration.scope,
            **registration.asked,
            "state": secrets.state,
            "nonce": secrets.nonce,
            **pkce,
            **({"prompt": prompt} if prompt else {}),
        }
    )


def logout_query(registration: Registration, id_token: str, state: str) -> str:
    """The parameters with which a browser ends its session at the provider."""
    return urlencode(
        {"id_token_hint": id_token, "post_logout_redirect_uri": registration.signed_out_uri, "state": state}
    )


@dataclass(frozen=True, slots=True)
class Returned:
    """What a browser brought back besides the state."""

    iss: str | None
    code: str | None
    error: str | None


def refused_return(registration: Registration, returned: Returned, *, names_itself: bool) -> Doubt | None:
    """What stands against a return before its code is looked at; another provider's answer is nobody's (RFC 9207)."""
    if returned.iss != registration.issuer and (returned.iss is not None or names_itself or registration.needs_iss):
        return Doubt.UNVERIFIED
    if returned.error is not None:
        return Doubt[ERRORS.get(returned.error, "AWAY")]
    return None if returned.code else Doubt.UNVERIFIED


def check_id_token(
    claims: Mapping[str, Any], registration: Registration, nonce_hash: bytes, now: float
) -> Doubt | None:
    """What stands against an identity token whose signature is right, at a time in seconds of the machine's clock."""
    nonce = claims.get("nonce")
    is_right = (
        is_of(claims, registration)
        and is_in_time(claims, now)
        and isinstance(nonce, str)
        and hmac.compare_digest(secret_hash(nonce), nonce_hash)
    )
    if not is_right:
        return Doubt.UNVERIFIED
    return None if _is_sure(claims, registration, now) else Doubt.TOO_WEAK


def is_of(claims: Mapping[str, Any], registration: Registration) -> bool:
    """Whether a token says that it is of this provider, for this client alone, and about somebody."""
    subject = claims.get("sub")
    return is_for(claims, registration) and isinstance(subject, str) and SUBJECT.fullmatch(subject) is not None


def is_for(claims: Mapping[str, Any], registration: Registration) -> bool:
    """Whether a token says that it is of this provider and for this client alone."""
    return (
        claims.get("iss") == registration.issuer
        and claims.get("aud") in (registration.client_id, [registration.client_id])
        and claims.get("azp", registration.client_id) == registration.client_id
    )


def is_in_time(claims: Mapping[str, Any], now: float) -> bool:
    """Whether a token was issued, and has not expired."""
    issued_at, expires_at = instant_of(claims, "iat"), instant_of(claims, "exp")
    return (
        issued_at is not None
        and expires_at is not None
        and issued_at <= now + CLOCK_SKEW_SECONDS
        and now <= expires_at + CLOCK_SKEW_SECONDS
    )


def instant_of(claims: Mapping[str, Any], name: str) -> float | None:
    """An instant that a token says, in seconds; None when it says none."""
    value = claims.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def is_one_of(claims: Mapping[str, Any], levels: frozenset[str], methods: frozenset[str]) -> tuple[bool, bool]:
    """Whether a token says one of these levels, and one of these methods."""
    level, shown = claims.get("acr"), claims.get("amr")
    has_level = isinstance(level, str) and level in levels
    return has_level, isinstance(shown, list) and any(isinstance(one, str) and one in methods for one in shown)


def _is_sure(claims: Mapping[str, Any], registration: Registration, now: float) -> bool:
    """Whether the person was proven as surely, and as lately, as the town wants."""
    has_level, has_method = is_one_of(claims, registration.levels, registration.methods)
    if registration.auth_age_max is not None:
        signed_in_at = instant_of(claims, "auth_time")
        oldest = now - registration.auth_age_max.total_seconds() - CLOCK_SKEW_SECONDS
        if signed_in_at is None or not oldest <= signed_in_at <= now + CLOCK_SKEW_SECONDS:
            return False
    return (has_level or not registration.levels) and (has_method or not registration.methods)


def check_userinfo(claims: Mapping[str, Any], registration: Registration, subject: str, *, is_signed: bool) -> bool:
    """Whether details of a person are the same person's and, where they are signed, for us."""
    return claims.get("sub") == subject and (not is_signed or is_of(claims, registration))
