"""The secrets of one local deployment, made once: the key pair that signs who acts, the key pair that seals what only one
service may open, the gateway's session secret, what closes parts of a whole file, and what the stand-ins of outside systems know this portal by. Each is a file of the secrets folder that its owner alone can read."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal
from uuid import uuid4

from joserfc.jwk import OKPKey

SECRET_BYTES = 32
TEXTS: Final = ("portal_secret", "export_seal", "franceconnect_client_secret", "agent_provider_client_secret")
API_TOKEN: Final = "api_particulier_token"  # noqa: S105 - the name of a file
API_TOKEN_SECONDS: Final = 18 * 30 * 86_400
"""As long as API Particulier gives one out for."""
API_SCOPES: Final = ("cnaf_quotient_familial",)
"""No more than serves: neither who is on the file of the CAF, nor where they live."""
KEY_PAIRS: Final[dict[str, tuple[Literal["Ed25519", "X25519"], str]]] = {
    "actor": ("Ed25519", "sig"),
    "seal": ("X25519", "enc"),
}


def ensure_secrets(folder: Path) -> None:
    """Make the secrets that are missing: `<name>_private.json` and `<name>_public.json` (JWK), those of `TEXTS`, and `API_TOKEN`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, (curve, use) in KEY_PAIRS.items():
        private, public = folder / f"{name}_private.json", folder / f"{name}_public.json"
        if private.exists() and public.exists():
            continue
        key = OKPKey.generate_key(curve, {"use": use}, private=True)
        key.ensure_kid()
        _write(private, json.dumps(key.as_dict(private=True)))
        _write(public, json.dumps(key.as_dict(private=False)))
    for name in TEXTS:
        if not (folder / name).exists():
            _write(folder / name, secrets.token_urlsafe(SECRET_BYTES))
    if not (folder / API_TOKEN).exists():
        _write(folder / API_TOKEN, api_token(int(time.time()) + API_TOKEN_SECONDS))


def api_token(expires_at: int, scopes: Sequence[str] = API_SCOPES) -> str:
    """A token of the form that API Particulier gives out, a signed JSON Web Token, for its stand-in."""
    claims = {"uid": str(uuid4()), "jti": str(uuid4()), "scopes": scopes, "sub": "portail-famille", "exp": expires_at}
    head = ".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    seal = hmac.digest(secrets.token_bytes(SECRET_BYTES), head.encode(), hashlib.sha256)
    return f"{head}.{_encoded(seal)}"


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _write(file: Path, content: str) -> None:
    """The file is closed to others before anything stands in it, and takes its name only when it is whole."""
    unfinished = file.with_name(file.name + ".new")
    unfinished.touch(0o600)
    unfinished.write_text(content)
    unfinished.replace(file)
