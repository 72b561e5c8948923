"""Who may sign in: which account a login names, how failed attempts are throttled, which steps a session still asks for."""

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis.refusal import Refusal
from contracts.types import AccountStatus, ActorKind, LoginMode, SessionStage

from ..accounts.domain import AccountRecord, email_key, username_key
from ..agents.domain import AgentRecord
from ..errors import AccountDisabled, AccountNotActivated, TemporaryPasswordExpired

UNKNOWN_LOGIN_BUCKETS = 1 << 16
ADDRESS_BUCKETS = 1 << 18


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that a login may mean. `is_email_shared`: another account has the same address. `is_temporary`: its password is
    one that was made here."""

    account_id: UUID
    kind: ActorKind
    username_key: str
    email_key: str
    is_email_shared: bool
    password_hash: str | None
    is_temporary: bool = False

    def typed(self, password: str) -> str:
        """A password as it is meant: one that was made here holds no space, and is pasted with those around it."""
        return password.strip() if self.is_temporary else password


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that is open, and the account it belongs to. `session_hash` is the stored form of its token; `services` are those that
    the account opened with their keys, if the town has any (`asks_keys`)."""

    session_hash: bytes
    account: AccountRecord
    has_accepted_terms: bool
    previous_sign_in_at: datetime | None
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime
    agent: AgentRecord | None = None
    is_email_shared: bool = False
    asks_keys: bool = False
    has_answered_keys: bool = False
    services: tuple[str, ...] = ()

    def uses_username(self, mode: LoginMode) -> bool:
        """Whether the person signs in with a user name, where it is not the address alone."""
        return login_name(self.account, mode, self.is_email_shared) == self.account.username

    @property
    def first_steps(self) -> tuple[SessionStage, ...]:
        """What the town asks of such an account before its space is ready, in order."""
        if self.account.kind is ActorKind.AGENT:
            return (SessionStage.CHOOSE_CREDENTIALS,)
        keys = (SessionStage.ENTER_KEYS,) if self.asks_keys else ()
        return (SessionStage.CHOOSE_CREDENTIALS, *keys, SessionStage.ACCEPT_TERMS)

    @property
    def stage(self) -> SessionStage:
        """What the person must still do; agents do not use the families' terms."""
        if not self.account.has_personal_credentials:
            return SessionStage.CHOOSE_CREDENTIALS
        if self.asks_keys and not self.has_answered_keys:
            return SessionStage.ENTER_KEYS
        if self.account.kind is ActorKind.PARENT and not self.has_accepted_terms:
            return SessionStage.ACCEPT_TERMS
        return SessionStage.READY


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts: without any request, and in all."""

    idle: timedelta
    absolute: timedelta

    def expiry(self, seen_at: datetime, ends_at: datetime) -> datetime:
        """When a session ends if nothing more is asked."""
        return min(seen_at + self.idle, ends_at)


def account_for_login(candidates: Sequence[Candidate], login: str, mode: LoginMode) -> Candidate | None:
    """The one account that a login names, or None.

    An address that several accounts share names nobody, so these may use their user names even where families sign in
    with an address.
    """
    for candidate in candidates:
        if candidate.username_key == username_key(login) and (
            candidate.kind is ActorKind.AGENT or mode is not LoginMode.EMAIL or candidate.is_email_shared
        ):
            return candidate
    by_email = [
        candidate
        for candidate in candidates
        if candidate.email_key == email_key(login)
        and not candidate.is_email_shared
        and (candidate.kind is ActorKind.AGENT or mode is not LoginMode.USERNAME)
    ]
    return by_email[0] if len(by_email) == 1 else None


def login_name(account: AccountRecord, mode: LoginMode, is_email_shared: bool) -> str:
    """What to tell a person to sign in with."""
    uses_email = account.kind is ActorKind.PARENT and mode is LoginMode.EMAIL and not is_email_shared
    return account.email if uses_email else account.username


def admit(account: AccountRecord, now: datetime) -> Refusal | None:
    """What stands against a sign-in whose password is right."""
    if account.is_disabled:
        return AccountDisabled()
    if account.password_expires_at is not None and account.password_expires_at <= now:
        return TemporaryPasswordExpired()
    if account.step is AccountStatus.INVITED:
        return AccountNotActivated()
    return None


@dataclass(frozen=True, slots=True)
class ThrottleRule:
    """Throttling with exponential backoff: `free_failures` at once, then a delay that doubles up to `delay_max`, all forgotten
    after `memory` without a failure."""

    free_failures: int
    first_delay: timedelta
    delay_max: timedelta
    memory: timedelta


ACCOUNT_RULE = ThrottleRule(
    free_failures=4, first_delay=timedelta(minutes=1), delay_max=timedelta(hours=2), memory=timedelta(hours=24)
)
"""More than a minute after five failures and at most 25 tries in 24 hours (CNIL, deliberation 2017-012, article 3)."""


@dataclass(frozen=True, slots=True)
class Throttle:
    """The failures of one subject; the next attempt is possible at `open_at`."""

    failure_count: int
    failed_at: datetime
    open_at: datetime

    def wait_seconds(self, now: datetime) -> int:
        """Whole seconds until the next attempt is possible; 0 when it is possible now.

        A failure without a delay blocks nobody, not even a request whose transaction began before it was noted.
        """
        if self.open_at <= self.failed_at:
            return 0
        return max(0, -int((now - self.open_at) // timedelta(seconds=1)))

    def after_failure(self, rule: ThrottleRule, now: datetime) -> "Throttle":
        """The throttle once this failure counts too."""
        count = 1 if now - self.failed_at >= rule.memory else self.failure_count + 1
        doublings = count - rule.free_failures - 1
        delay = min(rule.first_delay * 2 ** min(doublings, 20), rule.delay_max) if doublings >= 0 else timedelta()
        return Throttle(count, now, now + delay)


def account_subject(account_id: UUID) -> str:
    """The throttle subject of an account, whatever name it was called by."""
    return f"account:{account_id}"


def login_subject(login: str) -> str:
    """The throttle subject of a login that names nobody: one of a fixed number of buckets."""
    return f"login:{_bucket(username_key(login), UNKNOWN_LOGIN_BUCKETS)}"


def address_subject(address: str) -> str:
    """The throttle subject of a source address, an IPv6 one by its /64: one of a fixed number of buckets."""
    return f"address:{_bucket(_network(address), ADDRESS_BUCKETS)}"


def reset_subject(email_or_address: str) -> str:
    """The throttle subject of requests for a new password, to an e-mail address or from a source address."""
    is_email = "@" in email_or_address
    name = email_key(email_or_address) if is_email else _network(email_or_address)
    return f"reset:{_bucket(name, ADDRESS_BUCKETS)}"


def _network(address: str) -> str:
    try:
        source = ipaddress.ip_address(address.strip())
    except ValueError:
        return "unknown"
    if isinstance(source, ipaddress.IPv6Address):
        source = source.ipv4_mapped or ipaddress.ip_network((source, 64), strict=False).network_address
    return str(source)


def _bucket(text: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % count
