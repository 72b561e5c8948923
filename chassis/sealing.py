"""Sealing: text that only the holder of one private key can read (JWE, ECDH-ES on X25519 with A256GCM; RFC 7516, 8037)."""

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

KEY_AGREEMENT = "ECDH-ES"
ENCRYPTION = "A256GCM"


class SealBroken(Exception):
    """A sealed text that this key cannot open."""


def seal(text: str, public_key: OKPKey) -> str:
    """The sealed form of a text, safe to store and to send."""
    return jwe.encrypt_compact(
        {"alg": KEY_AGREEMENT, "enc": ENCRYPTION}, text, public_key, algorithms=[KEY_AGREEMENT, ENCRYPTION]
    )


def unseal(sealed: str, private_key: OKPKey) -> str:
    """The text of a sealed form.

    Raises:
        SealBroken: it was sealed for another key, or altered.
    """
    try:
        plaintext = jwe.decrypt_compact(sealed, private_key, algorithms=[KEY_AGREEMENT, ENCRYPTION]).plaintext
    except (JoseError, ValueError) as error:
        raise SealBroken from error
    return (plaintext or b"").decode()
