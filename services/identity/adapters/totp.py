"""One-time codes of authenticator applications (TOTP, RFC 6238): six digits, a step of 30 seconds, SHA-1, as every application has them.

They follow the machine's clock, not the town's, which a demonstration may move: applications know the real time alone.
"""

import hmac
from datetime import datetime
from typing import Final

from pyotp import TOTP

STEPS_AROUND: Final = 1
"""A code counts for a step before and after its own: telephones are some seconds early or late (RFC 6238, 5.2)."""


def accepted_step(secret: str, code: str, at: datetime, last_used_step: int) -> int | None:
    """The step that a code is of, if it counts at an instant and no code of this step, or of a later one, was accepted before."""
    totp = TOTP(secret)
    now = int(at.timestamp()) // totp.interval
    for step in range(now - STEPS_AROUND, now + STEPS_AROUND + 1):
        if step > last_used_step and hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def setup_uri(secret: str, login: str, town: str) -> str:
    """The address that the QR code of an application holds: the secret, and under which name it stands there."""
    return TOTP(secret).provisioning_uri(name=login, issuer_name=town)
