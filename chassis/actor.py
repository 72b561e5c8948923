"""Who acts: the signed, short-lived actor token that the identity service issues and every other service checks.

The token is a JWT signed with Ed25519 (RFC 7519, RFC 8037). It names ids, a kind and roles, and no person.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from chassis.refusal import Forbidden, Unauthenticated
from contracts.types import ActorKind, Role

ALGORITHM = "Ed25519"
ISSUER = "identity"
CLOCK_SKEW_SECONDS = 300
KNOWN_TOKENS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. A parent has a `guardian_id`; an agent has `roles`; the system is the town's own tools."""

    account_id: UUID
    kind: ActorKind
    guardian_id: UUID | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)

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


def sign_actor(actor: Actor, key: OKPKey, lifetime: timedelta) -> tuple[str, datetime]:
    """The token of an actor and its expiry."""
    issued_at = datetime.now(UTC)
    expires_at = issued_at + lifetime
    claims = {
        "iss": ISSUER,
        "sub": str(actor.account_id),
        "kind": actor.kind.value,
        "roles": sorted(role.value for role in actor.roles),
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    if actor.guardian_id is not None:
        claims["guardian"] = str(actor.guardian_id)
    return jwt.encode({"alg": ALGORITHM}, claims, key, algorithms=[ALGORITHM]), expires_at


_CLAIMS = jwt.JWTClaimsRegistry(
    leeway=CLOCK_SKEW_SECONDS,
    iss={"essential": True, "value": ISSUER},
    sub={"essential": True},
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

    def read(self, token: str) -> Actor:
        """The actor of a token.

        Raises:
            Unauthenticated: the signature, the expiry or a claim is wrong.
        """
        known = self._known.get(token)
        if known is not None and time.time() < known[1]:
            return known[0]
        self._known.pop(token, None)
        verified = _verify(token, self._key)
        if len(self._known) >= KNOWN_TOKENS_MAX:
            del self._known[next(iter(self._known))]
        self._known[token] = verified
        return verified[0]


def _verify(token: str, key: OKPKey) -> tuple[Actor, float]:
    """The actor of a token, and the instant of its expiry in seconds since 1970."""
    try:
        claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
        _CLAIMS.validate(claims)
        # A parent without a guardian would pass for somebody who acts for everybody.
        guardian = claims["guardian"] if claims["kind"] == ActorKind.PARENT.value else claims.get("guardian")
        actor = Actor(
            account_id=UUID(claims["sub"]),
            kind=ActorKind(claims["kind"]),
            guardian_id=UUID(guardian) if guardian else None,
            roles=frozenset(Role(role) for role in claims["roles"]),
        )
        return actor, float(claims["exp"])
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise Unauthenticated from error
