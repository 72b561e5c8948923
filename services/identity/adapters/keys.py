"""The keys that only this service holds, and those derived from them for one purpose each.

The derived keys come from the actor key by HKDF with a label, so that a deployment has one secret less to keep; changing
the actor key ends the reading of terms under way, makes the address hashes of older acceptances incomparable, and ends the service keys
that were not entered yet: services give new ones.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import OKPKey

from chassis.sealing import SealBroken, seal_row, unseal_row
from chassis.settings import ServiceSettings

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Keys:
    """`actor` signs who acts, `seal` closes what the notifications service alone may open."""

    actor: OKPKey
    seal: OKPKey
    terms: bytes
    addresses: bytes
    service_keys: bytes
    shown_keys: bytes

    @classmethod
    def of(cls, settings: ServiceSettings) -> "Keys":
        """The keys of a process. Raises MissingSecret."""
        actor = OKPKey.import_key(json.loads(settings.secret("actor_private")))
        return cls(
            actor=actor,
            seal=OKPKey.import_key(json.loads(settings.secret("seal_public"))),
            terms=_derive(actor, b"identity: end of terms"),
            addresses=_derive(actor, b"identity: source addresses"),
            service_keys=_derive(actor, b"identity: service keys"),
            shown_keys=_derive(actor, b"identity: service keys to be shown"),
        )

    def hash_address(self, address: str) -> bytes:
        """A source address as proof keeps it: comparable with another, readable by nobody."""
        return hmac.digest(self.addresses, address.encode(), hashlib.sha256)

    def hash_service_key(self, key: str) -> bytes:
        """What the key of a service is looked up by: it is short enough to be guessed from a hash that needs no secret."""
        return hmac.digest(self.service_keys, key.encode(), hashlib.sha256)

    def seal_service_key(self, key: str, key_id: UUID) -> bytes:
        """The key of a service while it waits to be shown in its field."""
        return seal_row(key.encode(), self.shown_keys, key_id.bytes)

    def open_service_key(self, sealed: bytes, key_id: UUID) -> str | None:
        """The key that was sealed; None once the secret of this deployment is another one."""
        try:
            return unseal_row(sealed, self.shown_keys, key_id.bytes).decode()
        except SealBroken:
            return None


def token_hash(token: str) -> bytes:
    """What is stored of an opaque token of 256 random bits: without the token, nobody can use it."""
    return hashlib.sha256(token.encode()).digest()


def _derive(key: OKPKey, purpose: bytes) -> bytes:
    private = str(key.as_dict(private=True)["d"])
    seed = base64.urlsafe_b64decode(private + "=" * (-len(private) % 4))
    return HKDF(SHA256(), TOKEN_BYTES, salt=None, info=purpose).derive(seed)
