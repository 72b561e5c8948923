"""How often somebody may try: an account or a login with a delay that doubles, a source address as a bucket that leaks.

A device from which an account signed in before has a count of its own: whoever guesses elsewhere, be it beside it on the same network,
never makes its owner wait.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from uuid import UUID

from ..accounts.domain import email_key, username_key

UNKNOWN_LOGIN_BUCKETS = 1 << 16
ADDRESS_BUCKETS = 1 << 18
DEVICES_MAX = 20
"""The devices of an account, those used last."""


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

TOTAL_RULE = ThrottleRule(
    free_failures=24, first_delay=timedelta(hours=24), delay_max=timedelta(hours=24), memory=timedelta(hours=24)
)
"""The same 25, by all the names of an account together."""


class CalledBy(StrEnum):
    """By what somebody names the account whose password they try: each has failures of its own."""

    USERNAME = auto()
    EMAIL = auto()


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
        return 0 if self.open_at <= self.failed_at else _seconds(self.open_at - now)

    def after_failure(self, rule: ThrottleRule, now: datetime) -> "Throttle":
        """The throttle once this failure counts too."""
        count = 1 if now - self.failed_at >= rule.memory else self.failure_count + 1
        doublings = count - rule.free_failures - 1
        delay = min(rule.first_delay * 2 ** min(doublings, 20), rule.delay_max) if doublings >= 0 else timedelta()
        return Throttle(count, now, now + delay)


@dataclass(frozen=True, slots=True)
class SourceRule:
    """How often attempts from one source address may fail: `failures_max` at once, and again as fast as the bucket leaks, which is
    empty after `drain`. A school or a mobile network stands behind one address: a crowd mistypes now and then, and never fills it."""

    failures_max: int
    drain: timedelta

    @property
    def pause(self) -> timedelta:
        """How long one failure counts, and all that anybody waits."""
        return self.drain / self.failures_max


@dataclass(frozen=True, slots=True)
class SourceLevel:
    """What failed from a source and counts still: nothing from `empty_at` on (the generic cell rate algorithm of ITU-T I.371)."""

    empty_at: datetime

    def wait_seconds(self, rule: SourceRule, now: datetime) -> int:
        """Whole seconds until there is room for another attempt; 0 when there is."""
        return _seconds(self.empty_at + rule.pause - rule.drain - now)

    def after_attempt(self, rule: SourceRule, now: datetime) -> "SourceLevel":
        """The level once this attempt counts too."""
        return SourceLevel(max(self.empty_at, now) + rule.pause)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted as failed before anybody looked at it, and what takes it back: against the throttle of a `subject`, a
    `total` that others share, and the level of a `source`; or against a device of an account alone. `hidden_wait_seconds`: the total is
    reached, and nobody looks at the attempt, which is not said."""

    subject: str
    source: str | None
    account_id: UUID | None = None
    device_hash: bytes | None = None
    total: str | None = None
    hidden_wait_seconds: int = 0

    @property
    def subjects(self) -> tuple[str, ...]:
        """Whatever its failures are counted under."""
        return tuple(subject for subject in (self.subject, self.total) if subject)


@dataclass(frozen=True, slots=True)
class Counts:
    """What counts for an attempt before anybody looks at it: the throttle that says so when it closes, the `total` that does not, and the
    level of the source."""

    throttle: Throttle
    total: Throttle | None
    level: SourceLevel

    def wait_seconds(self, rule: SourceRule, now: datetime) -> int:
        """Whole seconds until the next attempt is possible, as whoever tries hears it; 0 when it is possible now."""
        return max(self.throttle.wait_seconds(now), self.level.wait_seconds(rule, now))

    def hidden_wait_seconds(self, now: datetime) -> int:
        """How long nobody looks at attempts, which is not said."""
        return self.total.wait_seconds(now) if self.total else 0

    def after_attempt(self, rule: SourceRule, now: datetime) -> "Counts":
        """The counts once this attempt counts as failed; a total that is reached stays as it is."""
        total = self.total
        if total and not self.hidden_wait_seconds(now):
            total = total.after_failure(TOTAL_RULE, now)
        return Counts(self.throttle.after_failure(ACCOUNT_RULE, now), total, self.level.after_attempt(rule, now))


@dataclass(frozen=True, slots=True)
class Target:
    """What an attempt is counted against: the throttle that says so when it closes, and a `total` that does not. Two names of one account
    have two throttles, as two names of nobody have: what is said about one says nothing of the other."""

    subject: str
    total: str | None = None

    @property
    def subjects(self) -> tuple[str, ...]:
        """Every throttle of it, in the order in which they are locked."""
        return (self.subject, self.total) if self.total else (self.subject,)


def account_target(account_id: UUID, called_by: CalledBy) -> Target:
    """What attempts at the password of an account are counted against, by the name that it was called by."""
    return Target(f"account:{account_id}:{called_by}", f"account:{account_id}")


def current_password_target(account_id: UUID) -> Target:
    """What attempts at the password of an account are counted against in one of its sessions."""
    return Target(f"account:{account_id}:session")


def account_subjects(account_id: UUID) -> tuple[str, ...]:
    """All that attempts at the password of an account were counted against."""
    named = [account_target(account_id, called_by) for called_by in CalledBy]
    targets = [*named, current_password_target(account_id), Target(f"account:{account_id}")]
    return tuple(target.subject for target in targets)


def login_key(login: str) -> str:
    """The form under which two logins that name nobody are the same: addresses and user names as accounts are found by them, for the
    failures of one must say nothing of another."""
    return email_key(login) if "@" in login else username_key(login)


def login_target(digest: bytes) -> Target:
    """What attempts at a login that names nobody are counted against, by a keyed digest of its `login_key`: one of a fixed number of buckets, and nobody
    else knows which logins share one."""
    bucket = int.from_bytes(digest[:8]) % UNKNOWN_LOGIN_BUCKETS
    return Target(f"login:{bucket}", f"logins:{bucket}")


def reset_subject(email: str) -> str:
    """The throttle subject of requests for a new password to an address: one of a fixed number of buckets."""
    return f"reset:{_bucket(email_key(email), ADDRESS_BUCKETS)}"


def sign_in_source(address: str) -> str:
    """A source address, an IPv6 one by its /64, as what tries passwords and keys: one of a fixed number of buckets."""
    return f"sign_in:{_bucket(_network(address), ADDRESS_BUCKETS)}"


def reset_source(address: str) -> str:
    """A source address as what asks for new passwords."""
    return f"reset:{_bucket(_network(address), ADDRESS_BUCKETS)}"


def federation_source(address: str) -> str:
    """A source address as where ways to another provider begin."""
    return f"federation:{_bucket(_network(address), ADDRESS_BUCKETS)}"


def passkey_source(address: str) -> str:
    """A source address as where browsers ask to sign in with a passkey."""
    return f"passkey:{_bucket(_network(address), ADDRESS_BUCKETS)}"


def _seconds(wait: timedelta) -> int:
    return max(0, -int(-wait // timedelta(seconds=1)))


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
