"""What a town wants of its own provider, what the provider says of an agent, and which orders to end sessions are believed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from chassis.refusal import Refusal

from ..agents.domain import AgentRecord
from ..errors import ProviderAccountAmbiguous, ProviderAccountUnknown
from ..oidc.domain import AWAY_MAX, CLOCK_SKEW_SECONDS, SUBJECT, Registration, instant_of, is_for, is_in_time, is_one_of
from ..sessions.domain import SecondStep, StrongMeans

EMAIL: Final = "email"
"""The claim whose value is an address; that of any other one is an employee number."""
CLAIM_LENGTH_MAX: Final = 254
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_LIFE_MAX: Final = timedelta(hours=1)
"""An order that would be believed for longer is not: for so long its id has to be remembered."""
ORDER_KEPT: Final = AWAY_MAX + 2 * timedelta(seconds=CLOCK_SKEW_SECONDS)
"""An order about nobody here may be about somebody who is on their way: no token that was issued before it comes back later than this."""
IDENTIFIER_LENGTH_MAX: Final = 255


@dataclass(frozen=True, slots=True)
class ProviderRules:
    """How a town's agents sign in with its provider: by which claim their account is found the first time, which other claim must be true then
    (none for a claim that the provider keeps itself), whose password goes on to work, what counts as a second factor, and how long the provider's
    word counts."""

    claim: str
    verified_by: str
    password_roles: frozenset[str]
    strong_levels: frozenset[str]
    strong_methods: frozenset[str]
    proof_life: timedelta

    def is_password_open(self, agent: AgentRecord) -> bool:
        """Whether an agent may sign in with a password, too."""
        return bool(self.password_roles.intersection(agent.roles_in_force))

    def claimed(self, person: Mapping[str, Any]) -> str | None:
        """What the provider says of a person that an account is found by; None when it says, or verified, nothing."""
        value = person.get(self.claim)
        is_verified = not self.verified_by or person.get(self.verified_by) is True
        if not (isinstance(value, str) and is_verified):
            return None
        value = value.strip()
        return value if value and value.isprintable() and len(value) <= CLAIM_LENGTH_MAX else None

    def second_step(self, claims: Mapping[str, Any], now: datetime, machine_now: float) -> SecondStep | None:
        """The second factor that somebody showed at the provider, at the time when they signed in there, if the town counts it as one."""
        signed_in_at = instant_of(claims, "auth_time")
        if signed_in_at is None or not any(is_one_of(claims, self.strong_levels, self.strong_methods)):
            return None
        return SecondStep(StrongMeans.AGENT_PROVIDER, now - timedelta(seconds=max(0.0, machine_now - signed_in_at)))


def account_of_claim(account_ids: Sequence[UUID]) -> UUID | Refusal:
    """The one account that a claim may mean."""
    if not account_ids:
        return ProviderAccountUnknown()
    return account_ids[0] if len(account_ids) == 1 else ProviderAccountAmbiguous()


def sid_of(claims: Mapping[str, Any]) -> str | None:
    """The provider's name of its session, if it says one."""
    return _identifier(claims.get("sid"))


@dataclass(frozen=True, slots=True)
class LogoutOrder:
    """An order of the provider to end sessions: that of `sid`, or every one of `subject`. `expires_in` is for how long it would be believed again."""

    order_id: str
    subject: str | None
    sid: str | None
    issued_at: float
    expires_in: timedelta


def read_logout(claims: Mapping[str, Any], registration: Registration, now: float) -> LogoutOrder | None:
    """The order of a token whose signature is right, at a time in seconds of the machine's clock (Back-Channel Logout 1.0, 2.4 and 2.6); None for
    what is none. An identity token is none: it has a nonce, and says no such event."""
    events, subject, sid = claims.get("events"), claims.get("sub"), claims.get("sid")
    order_id, expires_at = _identifier(claims.get("jti")), instant_of(claims, "exp")
    issued_at = instant_of(claims, "iat")
    is_right = (
        is_for(claims, registration)
        and is_in_time(claims, now)
        and isinstance(events, dict)
        and isinstance(events.get(LOGOUT_EVENT), dict)
        and "nonce" not in claims
        and (subject is None or (isinstance(subject, str) and SUBJECT.fullmatch(subject) is not None))
        and (sid is None or _identifier(sid) is not None)
        and (subject, sid) != (None, None)
    )
    if not is_right or order_id is None or expires_at is None or issued_at is None:
        return None
    expires_in = timedelta(seconds=expires_at - now + CLOCK_SKEW_SECONDS)
    if expires_in > LOGOUT_LIFE_MAX:
        return None
    return LogoutOrder(order_id, subject, sid, issued_at, expires_in)


def _identifier(value: object) -> str | None:
    is_one = isinstance(value, str) and value.isprintable() and 0 < len(value) <= IDENTIFIER_LENGTH_MAX
    return str(value) if is_one else None
