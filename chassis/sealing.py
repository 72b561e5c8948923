"""Sealing: text that only the holder of a key can read (JWE with A256GCM; RFC 7516; for rows of ours, AES-GCM alone).

For somebody else it is sealed with their public key (ECDH-ES on X25519, RFC 8037); for ourselves, through a browser that keeps it, with
a secret key, and made small; between two processes, with a secret that both have.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, OKPKey

ENCRYPTION: Final = "A256GCM"
FOR_OTHERS: Final = {"alg": "ECDH-ES", "enc": ENCRYPTION}
FOR_OURSELVES: Final = {"alg": "dir", "enc": ENCRYPTION, "zip": "DEF"}

ROW_KEY_BITS: Final = 256
NONCE_BYTES: Final = 12


class SealBroken(Exception):
    """A sealed text that this key cannot open."""


def seal(text: str, key: OKPKey | OctKey) -> str:
    """The sealed form of a text, safe to store and to send."""
    header = _header_for(key)
    return jwe.encrypt_compact(header, text.encode(), key, algorithms=list(header.values()))


def unseal(sealed: str, key: OKPKey | OctKey) -> str:
    """The text of a sealed form.

    Raises:
        SealBroken: it was sealed for another key, or altered.
    """
    try:
        plaintext = jwe.decrypt_compact(sealed, key, algorithms=list(_header_for(key).values())).plaintext
    except (JoseError, ValueError, TypeError, KeyError) as error:  # whoever made it up may have written any header
        raise SealBroken from error
    return (plaintext or b"").decode()


def _header_for(key: OKPKey | OctKey) -> dict[str, str]:
    return dict(FOR_OURSELVES if isinstance(key, OctKey) else FOR_OTHERS)


def new_row_key() -> bytes:
    """A key for rows of one owner."""
    return AESGCM.generate_key(ROW_KEY_BITS)


def seal_row(plain: bytes, key: bytes, place: bytes) -> bytes:
    """A value of a row, bound to its place: in another row or column it does not open."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, place)


def unseal_row(sealed: bytes, key: bytes, place: bytes) -> bytes:
    """The value that was sealed at a place.

    Raises:
        SealBroken: it was sealed with another key, or for another place.
    """
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
    except (InvalidTag, ValueError) as error:
        raise SealBroken from error


@dataclass(frozen=True, slots=True)
class SharedSeal:
    """What two processes of ours seal for each other by a secret that they share: whoever hands it on can neither make, read nor change it, nor use it in
    another place."""

    key: bytes = field(repr=False)

    @classmethod
    def of(cls, secret: str) -> Self:
        """The seal of a secret."""
        return cls(hashlib.sha256(secret.encode()).digest())

    def close(self, plain: bytes, place: bytes) -> bytes:
        """A value, sealed for a place."""
        return seal_row(plain, self.key, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """The value that was sealed for a place. Raises SealBroken."""
        return unseal_row(sealed, self.key, place)
