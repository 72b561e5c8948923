"""Who acts: the signed, short-lived actor token that the identity service issues and every other service checks.

The token is a JWT signed with Ed25519 (RFC 7519, RFC 8037). It names ids, a kind, permissions, sites, how surely somebody
signed in (`acr` of OpenID Connect) and which acts are open to them without another proof, and no person.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
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
KNOWN_TOKENS_MAX = 10_000
EVERY_SITE: Final = "*"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. A parent has a `guardian_id`, and so has who only helps families, by which these know them; an agent has `permissions`, at `sites`
    (None: at every one); the system is the town's own tools. `opened` are the classes of acts (`StepUp`) that the town asks no proof for, or that one was given for a moment ago.
    `details_revision` is what of a guardian's details the session stands on: of a later one, which may
    have taken it away, identity did not hear yet when it signed this; `services` are those of the town that a family opened with their keys; `channel` comes with the
    request, not with the token.
    """

    account_id: UUID
    kind: ActorKind
    guardian_id: UUID | None = None
    permissions: frozenset[str] = field(default_factory=frozenset)
    sites: frozenset[str] | None = field(default_factory=frozenset)
    strength: Strength = Strength.BASIC
    opened: frozenset[str] = field(default_factory=frozenset)
    details_revision: int | None = None
    services: frozenset[str] = field(default_factory=frozenset)
    channel: Channel = Channel.API

    @property
    def person_id(self) -> UUID:
        """Whom a history names: the guardian or delegate, or the account of an agent."""
        return self.guardian_id or self.account_id

    def require_guardian(self) -> UUID:
        """The guardian this parent is; refuses with `Forbidden` anybody else."""
        if self.kind is not ActorKind.PARENT or self.guardian_id is None:
            raise Forbidden
        return self.guardian_id

    def require_holder(self) -> UUID:
        """Who may hold a delegation, a parent or somebody who only helps families; refuses with `Forbidden` anybody else."""
        if self.kind not in (ActorKind.PARENT, ActorKind.DELEGATE) or self.guardian_id is None:
            raise Forbidden
        return self.guardian_id


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """The browser that a request comes from, before an actor token exists: its session token, None for who is not signed in,
    its source address, and the token of a device on which somebody signed in before, both empty when the gateway did not say; and what it
    calls itself, None when no browser asks but a tool of the town."""

    session_token: str | None = field(repr=False)
    address: str = field(repr=False)
    channel: Channel = Channel.API
    device_token: str = field(default="", repr=False)
    user_agent: str | None = field(default=None, repr=False)


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
    if actor.opened:
        claims["opened"] = " ".join(sorted(actor.opened))
    if actor.details_revision is not None:
        claims["details"] = actor.details_revision
    if actor.services:
        claims["services"] = " ".join(sorted(actor.services))
    return jwt.encode({"alg": ALGORITHM}, claims, key, algorithms=[ALGORITHM]), expires_at


def _claims_at(now: float) -> jwt.JWTClaimsRegistry:
    """What a token has to say to be believed at an instant."""
    return jwt.JWTClaimsRegistry(
        int(now),
        CLOCK_SKEW_SECONDS,
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
    return _verify(token, key, time.time())[0]


def _machine_time() -> float:
    return time.time()


class ActorReader:
    """`read_actor` with a memory: checking a signature costs as much as all the rest of a small request.

    A token that was found good is known until it expires, for what it says never changes and nothing takes it back
    earlier. The oldest is forgotten when there are `KNOWN_TOKENS_MAX`.
    """

    def __init__(self, key: OKPKey, clock: Callable[[], float] = _machine_time) -> None:
        self._key = key
        self._clock = clock
        self._known: dict[str, tuple[Actor, float]] = {}

    def read(self, token: str) -> Actor:
        """The actor of a token.

        Raises:
            Unauthenticated: the signature, the expiry or a claim is wrong.
        """
        now = self._clock()
        known = self._known.get(token)
        if known is not None and now < known[1] + CLOCK_SKEW_SECONDS:
            return known[0]
        self._known.pop(token, None)
        try:
            verified = _verify(token, self._key, now)
        except SignedInTheFuture:
            TOKENS_FROM_THE_FUTURE.inc()
            raise
        if len(self._known) >= KNOWN_TOKENS_MAX:
            del self._known[next(iter(self._known))]
        self._known[token] = verified
        return verified[0]


class SignedInTheFuture(Unauthenticated):
    """A token of identity whose instant lies ahead of this clock by more than the leeway."""

    @classmethod
    def code(cls) -> str:
        """Whoever calls is told what any wrong token is told."""
        return Unauthenticated.code()


def _verify(token: str, key: OKPKey, now: float) -> tuple[Actor, float]:
    """The actor of a token, and the instant of its expiry in seconds since 1970."""
    try:
        claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
        if claims["iat"] > now + CLOCK_SKEW_SECONDS:
            raise SignedInTheFuture
        _claims_at(now).validate(claims)
        # A parent without a guardian would pass for somebody who acts for everybody.
        is_person = claims["kind"] in (ActorKind.PARENT.value, ActorKind.DELEGATE.value)
        guardian = claims["guardian"] if is_person else claims.get("guardian")
        details = claims.get("details")
        actor = Actor(
            account_id=UUID(claims["sub"]),
            kind=ActorKind(claims["kind"]),
            guardian_id=UUID(guardian) if guardian else None,
            permissions=frozenset(_unpacked(claims["permissions"])),
            sites=_sites(claims["sites"]),
            strength=Strength(claims["acr"]),
            opened=frozenset(claims.get("opened", "").split()),
            details_revision=int(details) if details is not None else None,
            services=frozenset(claims.get("services", "").split()),
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
