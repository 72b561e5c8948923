"""Requests for a space: how often somebody may ask, how long a request is kept, and what a decision needs. Pure."""

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from chassis.refusal import FieldRefusal, Invalid, Refusal
from contracts.family.events import RegistrationStatus

from ..errors import RegistrationDecided
from ..people.domain import comparable_email

WAITING_KEPT: Final = timedelta(days=90)
"""A request that nobody decided lapses."""
DECIDED_KEPT: Final = timedelta(days=30)
"""A decided request is there to be explained for so long; what lasts is the file that it led to."""
BUCKETS: Final = 1 << 18
SECRET: Final = ("address", "secret_reason")
"""What is sealed of a request whose address is secret."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How often something may be asked: `count_max` times at once, and again as fast as the bucket leaks, which is empty after `drain`
    (the generic cell rate algorithm of ITU-T I.371)."""

    count_max: int
    drain: timedelta

    @property
    def pause(self) -> timedelta:
        """How long one request counts."""
        return self.drain / self.count_max

    def wait_seconds(self, empty_at: datetime, now: datetime) -> int:
        """Whole seconds until there is room for another request; 0 when there is."""
        return max(0, -int(-(empty_at + self.pause - self.drain - now) // timedelta(seconds=1)))

    def after(self, empty_at: datetime, now: datetime) -> datetime:
        """When the bucket is empty again once this request counts too."""
        return max(empty_at, now) + self.pause


EMAIL_RULE: Final = Rule(3, timedelta(days=1))
"""Each request leads to a mail: nobody's box is filled by strangers."""
SOURCE_RULE: Final = Rule(20, timedelta(hours=1))
"""A school or a mobile network stands behind one address."""


def email_subject(email: str) -> str:
    """What requests for an e-mail address are counted under: one of a fixed number of buckets."""
    return f"email:{_bucket(comparable_email(email))}"


def source_subject(address: str) -> str:
    """What requests from a source address are counted under, an IPv6 one by its /64."""
    return f"source:{_bucket(_network(address))}"


def request_hash(request: Mapping[str, Any]) -> bytes:
    """What tells whether the same was asked before."""
    return hashlib.sha256(repr(sorted(request.items())).encode()).digest()


def parted(typed: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """What may be read of a request, and what is sealed: where its asker lives and why that is secret, if it is."""
    is_secret = typed.get("secret_reason") is not None
    readable = {name: value for name, value in typed.items() if name not in (SECRET if is_secret else SECRET[1:])}
    return readable, {name: typed[name] for name in SECRET} if is_secret else None


def decided(status: RegistrationStatus, is_accepted: bool, reason: str | None) -> RegistrationStatus | Refusal:
    """The status of a request once an agent decided it."""
    if status is not RegistrationStatus.WAITING:
        return RegistrationDecided()
    if is_accepted:
        return RegistrationStatus.ACCEPTED
    return RegistrationStatus.REFUSED if reason else Invalid(FieldRefusal("/reason", "missing"))


def _network(address: str) -> str:
    try:
        source = ipaddress.ip_address(address.strip())
    except ValueError:
        return "unknown"
    if isinstance(source, ipaddress.IPv6Address):
        source = source.ipv4_mapped or ipaddress.ip_network((source, 64), strict=False).network_address
    return str(source)


def _bucket(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % BUCKETS
