"""Sealing: text that only the holder of a key can read (JWE with A256GCM; RFC 7516).

For somebody else it is sealed with their public key (ECDH-ES on X25519, RFC 8037); for ourselves, through a browser that keeps it, with
a secret key, and made small.
"""

from typing import Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, OKPKey

ENCRYPTION: Final = "A256GCM"
FOR_OTHERS: Final = {"alg": "ECDH-ES", "enc": ENCRYPTION}
FOR_OURSELVES: Final = {"alg": "dir", "enc": ENCRYPTION, "zip": "DEF"}


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
