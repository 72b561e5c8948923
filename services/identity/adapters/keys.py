"""The keys that only this service holds, and those derived from them for one purpose each.

The derived keys come from the actor key by HKDF with a label, so that a deployment has one secret less to keep; changing
the actor key ends the reading of terms under way and makes the address hashes of older acceptances incomparable.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import OKPKey

from chassis.settings import ServiceSettings

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Keys:
    """`actor` signs who acts, `seal` closes what the notifications service alone may open."""

    actor: OKPKey
    seal: OKPKey
    terms: bytes
    addresses: bytes

    @classmethod
    def of(cls, settings: ServiceSettings) -> "Keys":
        """The keys of a process. Raises MissingSecret."""
        actor = OKPKey.import_key(json.loads(settings.secret("actor_private")))
        return cls(
            actor=actor,
            seal=OKPKey.import_key(json.loads(settings.secret("seal_public"))),
            terms=_derive(actor, b"identity: end of terms"),
            addresses=_derive(actor, b"identity: source addresses"),
        )

    def hash_address(self, address: str) -> bytes:
        """A source address as proof keeps it: comparable with another, readable by nobody."""
        return hmac.digest(self.addresses, address.encode(), hashlib.sha256)


def token_hash(token: str) -> bytes:
    """What is stored of an opaque token of 256 random bits: without the token, nobody can use it."""
    return hashlib.sha256(token.encode()).digest()


def _derive(key: OKPKey, purpose: bytes) -> bytes:
    private = str(key.as_dict(private=True)["d"])
    seed = base64.urlsafe_b64decode(private + "=" * (-len(private) % 4))
    return HKDF(SHA256(), TOKEN_BYTES, salt=None, info=purpose).derive(seed)
