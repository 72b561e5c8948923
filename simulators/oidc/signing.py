"""The provider's signing keys, kept in a file: a restart changes nothing, a rotation adds a key and signs with it."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

ALGORITHM = "ES256"
KEYS_MAX = 3


class SigningKeys:
    """The newest key signs; the others are still published."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._file = directory / "signing_keys.json"
        self._keys: list[ECKey] = []
        if self._file.exists():
            self._keys = [ECKey.import_key(key) for key in json.loads(self._file.read_text())]
        else:
            self.rotate()

    def rotate(self) -> str:
        """Sign with a new key from now on; its id."""
        key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, private=True)
        key.ensure_kid()
        self._keys = [*self._keys, key][-KEYS_MAX:]
        self._file.write_text(json.dumps([known.as_dict(private=True) for known in self._keys]))
        return str(key.kid)

    def published(self) -> dict[str, Any]:
        """The public keys (JWKS)."""
        return {"keys": [key.as_dict(private=False) for key in self._keys]}

    def sign(self, claims: dict[str, Any], fault: str, media_type: str = "") -> str:
        """A token of these claims; with a fault, one that nobody may believe."""
        key = self._keys[-1]
        header = {"alg": ALGORITHM, "kid": str(key.kid), **({"typ": media_type} if media_type else {})}
        if fault == "no_algorithm":
            return f"{_part({**header, 'alg': 'none'})}.{_part(claims)}."
        if fault in ("wrong_key", "unknown_key"):  # under the name of a published key, or under its own
            other = ECKey.generate_key("P-256")
            named = header if fault == "wrong_key" else {**header, "kid": other.thumbprint()}
            return jwt.encode(named, claims, other, algorithms=[ALGORITHM])
        if fault == "wrong_algorithm":  # signed with what everybody can read: the confusion of RFC 8725, 2.1
            content = f"{_part({**header, 'alg': 'HS256'})}.{_part(claims)}"
            mark = hmac.digest(key.as_pem(private=False), content.encode(), hashlib.sha256)
            return f"{content}.{_base64(mark)}"
        return jwt.encode(header, claims, key, algorithms=[ALGORITHM])

    def read(self, token: str) -> dict[str, Any] | None:
        """The claims of a token of ours, of any age; None for any other."""
        try:
            return dict(jwt.decode(token, KeySet(list(self._keys)), algorithms=[ALGORITHM]).claims)
        except (JoseError, ValueError):
            return None


def half_hash(text: str) -> str:
    """The hash of a token that stands in another one (`at_hash`): its left half."""
    return _base64(hashlib.sha256(text.encode()).digest()[:16])


def _part(content: dict[str, Any]) -> str:
    return _base64(json.dumps(content).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
