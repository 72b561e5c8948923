"""The secrets of one local deployment, made once: the key pair that signs who acts, the key pair that seals what only one
service may open, the gateway's session secret, and what the stand-ins of providers of identities know this portal by. Each is a file of the secrets folder that its owner alone can read."""

import json
import secrets
from pathlib import Path
from typing import Final, Literal

from joserfc.jwk import OKPKey

SECRET_BYTES = 32
TEXTS: Final = ("portal_secret", "franceconnect_client_secret", "agent_provider_client_secret")
KEY_PAIRS: Final[dict[str, tuple[Literal["Ed25519", "X25519"], str]]] = {
    "actor": ("Ed25519", "sig"),
    "seal": ("X25519", "enc"),
}


def ensure_secrets(folder: Path) -> None:
    """Make the secrets that are missing: `<name>_private.json` and `<name>_public.json` (JWK), and those of `TEXTS`."""
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


def _write(file: Path, content: str) -> None:
    """The file is closed to others before anything stands in it, and takes its name only when it is whole."""
    unfinished = file.with_name(file.name + ".new")
    unfinished.touch(0o600)
    unfinished.write_text(content)
    unfinished.replace(file)
