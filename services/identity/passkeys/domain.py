"""What a passkey is, what an authenticator is asked for and how long, and when one was copied."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

CHALLENGE_BYTES: Final = 32
CHALLENGE_VALIDITY: Final = timedelta(minutes=5)
"""How long an answer is waited for: a telephone may have to be fetched, and photographs a code from a screen."""
PASSKEYS_MAX: Final = 10
UNKNOWN_BUCKETS: Final = 1 << 16


class Purpose(StrEnum):
    """What an authenticator is asked for. An answer to one is none to another."""

    SIGN_IN = auto()
    REGISTRATION = auto()
    PROOF = auto()


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The portal as authenticators know it: `origin` is that of its public address, `domain` is what passkeys are bound to."""

    origin: str
    domain: str
    name: str

    @classmethod
    def at(cls, portal_url: str, name: str) -> "RelyingParty":
        """That of a portal at a public address."""
        parts = urlsplit(portal_url)
        return cls(f"{parts.scheme}://{parts.netloc}".lower(), parts.hostname or "", name)


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What an authenticator made: the id that it is found by, the public half of its key, and how often it was used."""

    credential_id: bytes
    public_key: bytes = field(repr=False)
    sign_count: int


@dataclass(frozen=True, slots=True)
class KnownPasskey:
    """A passkey of an account, as an answer is checked against it. It proves who its holder is, beside opening the account, from `counts_from`."""

    passkey_id: UUID
    account_id: UUID
    credential_id: bytes
    public_key: bytes = field(repr=False)
    sign_count: int
    counts_from: datetime


@dataclass(frozen=True, slots=True)
class Challenge:
    """What an authenticator signs, so that its answer is to this question and no other."""

    challenge: bytes = field(repr=False)
    expires_at: datetime

    def is_alive(self, now: datetime) -> bool:
        """Whether an answer is still waited for."""
        return now < self.expires_at


def is_copied(stored: int, answered: int) -> bool:
    """Whether a second authenticator has the same key: one that counts counts upwards (WebAuthn, 7.2, step 21). Many never count."""
    return (stored > 0 or answered > 0) and answered <= stored


def passkey_subject(passkey_id: UUID) -> str:
    """The throttle subject of wrong answers for a passkey: a password that was right does not forget them."""
    return f"passkey:{passkey_id}"


def unknown_passkey_subject(digest: bytes) -> str:
    """The throttle subject of answers for a passkey that nobody has, by a keyed digest: one of a fixed number of buckets."""
    return f"passkey:{int.from_bytes(digest[:8]) % UNKNOWN_BUCKETS}"
