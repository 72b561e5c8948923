"""The keys that only this service holds, and those derived from them for one purpose each.

The derived keys come from the actor key by HKDF with a label, so that a deployment has one secret less to keep; changing
the actor key ends the reading of terms under way, makes the address hashes of older acceptances incomparable, and ends the service keys
that were not entered yet, for which services give new ones, and the codes that were mailed. Agents then sign in with a recovery code, which
needs no key of ours, and set their application up again; who came through a provider signs out here alone, and who is on the way there
begins again.
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
SECRET_BYTES = 20


@dataclass(frozen=True, slots=True)
class Keys:
    """`actor` signs who acts, `seal` closes what the notifications service alone may open."""

    actor: OKPKey
    seal: OKPKey
    terms: bytes
    addresses: bytes
    service_keys: bytes
    shown_keys: bytes
    second_factors: bytes
    codes: bytes
    federation: bytes
    logins: bytes

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
            second_factors=_derive(actor, b"identity: second factors"),
            codes=_derive(actor, b"identity: mailed codes"),
            federation=_derive(actor, b"identity: federation"),
            logins=_derive(actor, b"identity: logins"),
        )

    def hash_address(self, address: str) -> bytes:
        """A source address as proof keeps it: comparable with another, readable by nobody."""
        return hmac.digest(self.addresses, address.encode(), hashlib.sha256)

    def hash_login(self, login: str) -> bytes:
        """What the failures of a login that names nobody are counted by: whoever could tell which logins are counted together would learn
        which are anybody's."""
        return hmac.digest(self.logins, login.encode(), hashlib.sha256)

    def hash_passkey(self, credential_id: bytes) -> bytes:
        """What the failures of a passkey that nobody has are counted by."""
        return hmac.digest(self.logins, b"passkey:" + credential_id, hashlib.sha256)

    def hash_service_key(self, key: str) -> bytes:
        """What the key of a service is looked up by: it is short enough to be guessed from a hash that needs no secret."""
        return hmac.digest(self.service_keys, key.encode(), hashlib.sha256)

    def hash_code(self, code: str, session_id: UUID, person_id: UUID | None) -> bytes:
        """What is kept of a code that was mailed for a session and whoever acts in it: in another one, or for somebody else, it is wrong, and here
        right whatever the token of the session is."""
        asker = session_id.bytes + (person_id.bytes if person_id else b"")
        return hmac.digest(self.codes, asker + code.encode(), hashlib.sha256)

    def seal_service_key(self, key: str, key_id: UUID) -> bytes:
        """The key of a service while it waits to be shown in its field."""
        return seal_row(key.encode(), self.shown_keys, key_id.bytes)

    def open_service_key(self, sealed: bytes, key_id: UUID) -> str | None:
        """The key that was sealed; None once the secret of this deployment is another one."""
        try:
            return unseal_row(sealed, self.shown_keys, key_id.bytes).decode()
        except SealBroken:
            return None

    def candidate_secret(self, session_id: UUID, device_id: UUID | None) -> str:
        """What an application is set up with in a session, in Base32: 160 bits (RFC 4226, 4), others once a device stands in place of this one.
        Nothing needs to be stored before a code proves that the application has it."""
        material = session_id.bytes + (device_id.bytes if device_id else b"")
        return base64.b32encode(hmac.digest(self.second_factors, material, hashlib.sha256)[:SECRET_BYTES]).decode()

    def seal_device(self, secret: str, device_id: UUID) -> bytes:
        """The secret of an application as it is stored."""
        return seal_row(secret.encode(), self.second_factors, device_id.bytes)

    def open_device(self, sealed: bytes, device_id: UUID) -> str | None:
        """The secret that was sealed; None once the secret of this deployment is another one."""
        try:
            return unseal_row(sealed, self.second_factors, device_id.bytes).decode()
        except SealBroken:
            return None

    def code_verifier(self, state: str) -> str:
        """What proves that a code is handed in by whoever began the way of this state (RFC 7636, 4.1); nothing needs to be stored of it."""
        return _base64(hmac.digest(self.federation, b"verifier " + state.encode(), hashlib.sha256))

    @staticmethod
    def code_challenge(verifier: str) -> str:
        """What the provider is told of it before (S256)."""
        return _base64(hashlib.sha256(verifier.encode()).digest())

    def seal_federation(self, content: bytes, place: UUID) -> bytes:
        """What a provider said of a person or a session, bound to the row of this id."""
        return seal_row(content, self.federation, place.bytes)

    def open_federation(self, sealed: bytes, place: UUID) -> bytes | None:
        """What was sealed; None once the secret of this deployment is another one."""
        try:
            return unseal_row(sealed, self.federation, place.bytes)
        except SealBroken:
            return None


def token_hash(token: str) -> bytes:
    """What is stored of an opaque token of 256 random bits: without the token, nobody can use it."""
    return hashlib.sha256(token.encode()).digest()


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _derive(key: OKPKey, purpose: bytes) -> bytes:
    private = str(key.as_dict(private=True)["d"])
    seed = base64.urlsafe_b64decode(private + "=" * (-len(private) % 4))
    return HKDF(SHA256(), TOKEN_BYTES, salt=None, info=purpose).derive(seed)
