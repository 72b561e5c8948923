"""WebAuthn (level 2), through py_webauthn: what a browser asks its authenticator for, and whether the answer is right.

The counter is not compared here: whether an authenticator was copied is said only to whoever answered rightly, and under the lock of its
account. Attestations are neither asked for nor believed: towns do not choose what people buy.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    encode_cbor,
    parse_attestation_object,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from ..passkeys.domain import CHALLENGE_VALIDITY, NewPasskey, RelyingParty

ALGORITHMS: Final = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
"""What every authenticator has one of."""
TIMEOUT_MS: Final = int(CHALLENGE_VALIDITY.total_seconds() * 1000)
CREDENTIAL_ID_BYTES: Final = range(16, 1024)
CAUSE_MAX: Final = 200
"""Of what strangers sent, some may stand in the words of an error."""
PUBLIC_KEY_BYTES_MAX: Final = 1200
"""Of an RSA key of 8192 bits, which nobody has: a longer one would make each check slow."""


def _decoy_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    return encode_cbor({1: 2, 3: -7, -1: 1, -2: key.x.to_bytes(32, "big"), -3: key.y.to_bytes(32, "big")})


DECOY_KEY: Final = _decoy_key()
"""A public key that nobody has the other half of: an answer for an unknown passkey is checked against it, in the time of a known one."""


class AnswerWrong(Exception):
    """An answer proves nothing; the message says why, for a log."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an authenticator answered that was asked for a passkey."""

    credential: AuthenticationCredential = field(repr=False)

    @property
    def credential_id(self) -> bytes:
        """The id that the passkey is found by."""
        return self.credential.raw_id

    @property
    def account(self) -> bytes:
        """The account that the authenticator keeps the passkey for."""
        return self.credential.response.user_handle or b""


def creation_options(
    party: RelyingParty, challenge: bytes, account: bytes, login: str, known: Collection[bytes]
) -> str:
    """What is asked to make a passkey, as JSON: one that is found without a name, and that verifies its user. `known` are those of before."""
    return options_to_json(
        generate_registration_options(
            rp_id=party.domain,
            rp_name=party.name,
            user_id=account,
            user_name=login,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=credential_id) for credential_id in known],
            supported_pub_key_algs=ALGORITHMS,
        )
    )


def request_options(party: RelyingParty, challenge: bytes, known: Collection[bytes] = ()) -> str:
    """What is asked of a passkey, as JSON: of any of these, or of whichever the person has."""
    return options_to_json(
        generate_authentication_options(
            rp_id=party.domain,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            allow_credentials=[PublicKeyCredentialDescriptor(id=credential_id) for credential_id in known],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def check_new(party: RelyingParty, challenge: bytes, text: str) -> NewPasskey:
    """The passkey that an authenticator made. Raises AnswerWrong."""
    try:
        credential = parse_registration_credential_json(text)
        _require_own_page(credential.response.client_data_json)
        _require_unattested(credential.response.attestation_object)
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.domain,
            expected_origin=party.origin,
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
    except AnswerWrong:
        raise
    except Exception as error:
        # What strangers send goes through parsers of JSON, CBOR and keys, each with errors of its own.
        raise AnswerWrong(str(error)[:CAUSE_MAX]) from error
    if len(verified.credential_id) not in CREDENTIAL_ID_BYTES:
        raise AnswerWrong("an id of another length")
    if len(verified.credential_public_key) > PUBLIC_KEY_BYTES_MAX:
        raise AnswerWrong("a key that is too long")
    return NewPasskey(verified.credential_id, verified.credential_public_key, verified.sign_count)


def read_answer(text: str) -> Answer:
    """An answer that can be read, whatever it proves. Raises AnswerWrong."""
    try:
        return Answer(parse_authentication_credential_json(text))
    except Exception as error:
        raise AnswerWrong(str(error)[:CAUSE_MAX]) from error


def check_answer(party: RelyingParty, challenge: bytes, answer: Answer, public_key: bytes) -> int:
    """How often the authenticator says that it was used, if its answer is right. Raises AnswerWrong."""
    try:
        _require_own_page(answer.credential.response.client_data_json)
        verified = verify_authentication_response(
            credential=answer.credential,
            expected_challenge=challenge,
            expected_rp_id=party.domain,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except AnswerWrong:
        raise
    except Exception as error:
        raise AnswerWrong(str(error)[:CAUSE_MAX]) from error
    return verified.new_sign_count


def _require_unattested(attestation: bytes) -> None:
    """Raises AnswerWrong for what says more of the authenticator than was asked for: its parsers stay closed to strangers."""
    attested = parse_attestation_object(attestation)
    if attested.fmt not in (AttestationFormat.NONE, AttestationFormat.PACKED) or attested.att_stmt.x5c:
        raise AnswerWrong("an attestation that was not asked for")


def _require_own_page(collected: bytes) -> None:
    """Raises AnswerWrong for an answer that was given in a frame of another site."""
    if parse_client_data_json(collected).cross_origin:
        raise AnswerWrong("asked by another site")
