"""An authenticator as telephones and computers have one: it makes passkeys and answers with them, signed for real; and what a forged
or broken one would answer."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field, replace
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN: Final = "http://localhost:8000"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SoftPasskey:
    """A passkey in an authenticator: `account` is what the site called the account by, `count` how often it was used."""

    credential_id: bytes
    account: bytes
    domain: str
    key: ec.EllipticCurvePrivateKey
    count: int = 0

    def copy(self) -> "SoftPasskey":
        """The same passkey in another authenticator, which counts by itself."""
        return replace(self)


@dataclass(frozen=True)
class Manner:
    """How an authenticator and its browser answer: honestly, unless a test says else. `origin` is the page that asked, `domain` what the
    passkey is bound to, `challenge` what is signed."""

    origin: str = ORIGIN
    domain: str = ""
    challenge: str = ""
    kind: str = ""
    is_present: bool = True
    is_verified: bool = True
    is_cross_origin: bool = False
    account: bytes | None = None


HONEST: Final = Manner()


@dataclass
class SoftAuthenticator:
    """An authenticator with its browser. One that `counts` counts upwards with each answer."""

    counts: bool = True
    origin: str = ORIGIN
    passkeys: list[SoftPasskey] = field(default_factory=list)

    def create(self, options: str, manner: Manner = HONEST, credential_id: bytes | None = None) -> str:
        """Make a passkey for what a site asks; the answer, as a browser writes it. Its id is its own, unless a test says which."""
        asked = json.loads(options)
        assert asked["authenticatorSelection"]["residentKey"] == "required"
        assert asked["authenticatorSelection"]["userVerification"] == "required"
        key = ec.generate_private_key(ec.SECP256R1())
        made = SoftPasskey(
            credential_id or secrets.token_bytes(32), decoded(asked["user"]["id"]), asked["rp"]["id"], key
        )
        held = {encoded(passkey.credential_id) for passkey in self.passkeys}
        assert not held & {known["id"] for known in asked["excludeCredentials"]}, "this authenticator has one already"
        self.passkeys.append(made)
        numbers = key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(made.credential_id).to_bytes(2, "big") + made.credential_id + cbor2.dumps(public)
        statement = self._statement(made, manner, ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": statement})
        response = {
            "clientDataJSON": encoded(self._collected("webauthn.create", asked["challenge"], manner)),
            "attestationObject": encoded(attestation),
        }
        return _answer(made.credential_id, response)

    def get(self, options: str, manner: Manner = HONEST, passkey: SoftPasskey | None = None) -> str:
        """Answer with a passkey that a site asks for: the last one made, unless a test says which."""
        asked = json.loads(options)
        assert asked["userVerification"] == "required"
        used = passkey or self.passkeys[-1]
        assert asked["rpId"] == used.domain
        allowed = {known["id"] for known in asked.get("allowCredentials", ())}
        assert passkey or not allowed or encoded(used.credential_id) in allowed
        used.count += self.counts
        statement = self._statement(used, manner)
        collected = self._collected("webauthn.get", asked["challenge"], manner)
        signature = used.key.sign(statement + hashlib.sha256(collected).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": encoded(collected),
            "authenticatorData": encoded(statement),
            "signature": encoded(signature),
            "userHandle": encoded(used.account if manner.account is None else manner.account),
        }
        return _answer(used.credential_id, response)

    def _statement(self, passkey: SoftPasskey, manner: Manner, flags: int = 0) -> bytes:
        flags |= (PRESENT if manner.is_present else 0) | (VERIFIED if manner.is_verified else 0)
        domain = hashlib.sha256((manner.domain or passkey.domain).encode()).digest()
        return domain + bytes([flags]) + passkey.count.to_bytes(4, "big")

    def _collected(self, kind: str, challenge: str, manner: Manner) -> bytes:
        origin = self.origin if manner.origin == ORIGIN else manner.origin
        collected: dict[str, Any] = {
            "type": manner.kind or kind,
            "challenge": manner.challenge or challenge,
            "origin": origin,
            "crossOrigin": manner.is_cross_origin,
        }
        return json.dumps(collected).encode()


def encoded(content: bytes) -> str:
    """Bytes as WebAuthn writes them in JSON."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """What `encoded` wrote."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _answer(credential_id: bytes, response: dict[str, str]) -> str:
    name = encoded(credential_id)
    return json.dumps(
        {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
    )
