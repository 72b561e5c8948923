"""Who acts: the signed, short-lived actor token that the identity service issues and every other service checks.

The token is a JWT signed with Ed25519 (RFC 7519, RFC 8037). It names ids, a kind, permissions, sites and how surely somebody
signed in (`acr` and `auth_time` of OpenID Connect), and no person.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, Final
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from chassis.refusal import Forbidden, Unauthenticated
from chassis.telemetry import TOKENS_FROM_THE_FUTURE
from contracts.types import ActorKind, Channel, Strength

ALGORITHM = "Ed25519"
ISSUER = "identity"
CLOCK_SKEW_SECONDS = 30
"""How far the clocks of two machines may be apart. Beyond it tokens are refused, early or late."""
CLOCK_MARK_SECONDS = 60
"""How long a sign that the clocks differ is remembered."""
KNOWN_TOKENS_MAX = 10_000
EVERY_SITE: Final = "*"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. A parent has a `guardian_id`; an agent has `permissions`, at `sites` (None: at every one); the system is the
    town's own tools. `signed_in_at` is None for whoever has no session; `channel` comes with the request, not with the token.
    """

    account_id: UUID
    kind: ActorKind
    guardian_id: UUID | None = None
    permissions: frozenset[str] = field(default_factory=frozenset)
    sites: frozenset[str] | None = field(default_factory=frozenset)
    strength: Strength = Strength.BASIC
    signed_in_at: datetime | None = None
    channel: Channel = Channel.API

    @property
    def person_id(self) -> UUID:
        """Whom a history names: the guardian, or the account of an agent."""
        return self.guardian_id or self.account_id

    def require_guardian(self) -> UUID:
        """The guardian this parent is; refuses with `Forbidden` anybody else."""
        if self.kind is not ActorKind.PARENT or self.guardian_id is None:
            raise Forbidden
        return self.guardian_id


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """The browser that a request comes from, before an actor token exists: its session token, None for who is not signed in,
    and its source address, empty when the gateway did not say."""

    session_token: str | None = field(repr=False)
    address: str = field(repr=False)
    channel: Channel = Channel.API


def sign_actor(actor: Actor, key: OKPKey, lifetime: timedelta) -> tuple[str, datetime]:
    """The token of an actor and its expiry."""
    issued_at = datetime.now(UTC)
    expires_at = issued_at + lifetime
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "sub": str(actor.account_id),
        "kind": actor.kind.value,
        "permissions": _packed(actor.permissions),
        "sites": EVERY_SITE if actor.sites is None else sorted(actor.sites),
        "acr": actor.strength.value,
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    if actor.guardian_id is not None:
        claims["guardian"] = str(actor.guardian_id)
    if actor.signed_in_at is not None:
        claims["auth_time"] = int(actor.signed_in_at.timestamp())
    return jwt.encode({"alg": ALGORITHM}, claims, key, algorithms=[ALGORITHM]), expires_at


_CLAIMS = jwt.JWTClaimsRegistry(
    leeway=CLOCK_SKEW_SECONDS,
    iss={"essential": True, "value": ISSUER},
    sub={"essential": True},
    iat={"essential": True},
    exp={"essential": True},
)


def read_actor(token: str, key: OKPKey) -> Actor:
    """The actor of a token.

    Raises:
        Unauthenticated: the signature, the expiry or a claim is wrong.
    """
    return _verify(token, key)[0]


class ActorReader:
    """`read_actor` with a memory: checking a signature costs as much as all the rest of a small request.

    A token that was found good is known until it expires, for what it says never changes and nothing takes it back
    earlier. The oldest is forgotten when there are `KNOWN_TOKENS_MAX`.
    """

    def __init__(self, key: OKPKey) -> None:
        self._key = key
        self._known: dict[str, tuple[Actor, float]] = {}
        self._marked_until = 0.0

    def read(self, token: str) -> Actor:
        """The actor of a token.

        Raises:
            Unauthenticated: the signature, the expiry or a claim is wrong.
        """
        known = self._known.get(token)
        if known is not None and time.time() < known[1] + CLOCK_SKEW_SECONDS:
            return known[0]
        self._known.pop(token, None)
        try:
            verified = _verify(token, self._key)
        except SignedInTheFuture:
            TOKENS_FROM_THE_FUTURE.inc()
            self._marked_until = time.monotonic() + CLOCK_MARK_SECONDS
            raise
        if len(self._known) >= KNOWN_TOKENS_MAX:
            del self._known[next(iter(self._known))]
        self._known[token] = verified
        return verified[0]

    def clocks_differ(self) -> bool:
        """Whether a token of identity came from the future a moment ago: this clock and identity's are too far apart."""
        return time.monotonic() < self._marked_until


class SignedInTheFuture(Unauthenticated):
    """A token of identity whose instant lies ahead of this clock by more than the leeway."""

    @classmethod
    def code(cls) -> str:
        """Whoever calls is told what any wrong token is told."""
        return Unauthenticated.code()


def _verify(token: str, key: OKPKey) -> tuple[Actor, float]:
    """The actor of a token, and the instant of its expiry in seconds since 1970."""
    try:
        claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
        if claims["iat"] > time.time() + CLOCK_SKEW_SECONDS:
            raise SignedInTheFuture
        _CLAIMS.validate(claims)
        # A parent without a guardian would pass for somebody who acts for everybody.
        guardian = claims["guardian"] if claims["kind"] == ActorKind.PARENT.value else claims.get("guardian")
        signed_in_at = claims.get("auth_time")
        actor = Actor(
            account_id=UUID(claims["sub"]),
            kind=ActorKind(claims["kind"]),
            guardian_id=UUID(guardian) if guardian else None,
            permissions=frozenset(_unpacked(claims["permissions"])),
            sites=_sites(claims["sites"]),
            strength=Strength(claims["acr"]),
            signed_in_at=datetime.fromtimestamp(signed_in_at, UTC) if signed_in_at is not None else None,
        )
        return actor, float(claims["exp"])
    except (JoseError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unauthenticated from error


def _packed(permissions: Iterable[str]) -> str:
    """Permissions as a short text, `booking.attendance:close,mark family.households:read`: a token travels with every call."""
    acts: defaultdict[str, list[str]] = defaultdict(list)
    for permission in sorted(permissions):
        things, _, act = permission.rpartition(".")
        acts[things].append(act)
    return " ".join(f"{things}:{','.join(names)}" for things, names in acts.items())


def _unpacked(text: str) -> Iterator[str]:
    """The permissions of a packed text. One that this release does not know opens nothing."""
    groups = (group.partition(":") for group in text.split())
    return chain.from_iterable(((f"{things}.{act}" for act in acts.split(",")) for things, _, acts in groups))


def _sites(claim: Any) -> frozenset[str] | None:
    if claim == EVERY_SITE:
        return None
    if not isinstance(claim, list) or not all(isinstance(code, str) for code in claim):
        raise ValueError
    return frozenset(claim)
