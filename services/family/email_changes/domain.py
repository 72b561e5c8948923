"""A change of e-mail address: when it may be asked for, and whether its link still confirms it. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Final
from uuid import UUID

from chassis.refusal import FieldRefusal, Invalid, Refusal

from ..errors import (
    EmailChangesTooMany,
    EmailGivenLately,
    EmailLinkExpired,
    EmailLinkOvertaken,
    EmailLinkReplaced,
    EmailLinkSecured,
    EmailLinkUnknown,
    EmailLinkUsed,
    EmailLinkWithdrawn,
)
from ..people.domain import comparable_email, text_faults

LINK_LIFETIME: Final = timedelta(hours=24)
ASKED_MAX: Final = 5
ASKED_WITHIN: Final = timedelta(days=1)


class Outcome(StrEnum):
    """How a change ended: CONFIRMED by its link, REPLACED by another one, WITHDRAWN by the adult, OVERTAKEN by an agent's correction,
    SECURED when a new password or ended sessions shut out whoever may have asked for it; TAKEN never began, for the address was another account's."""

    CONFIRMED = auto()
    REPLACED = auto()
    WITHDRAWN = auto()
    OVERTAKEN = auto()
    SECURED = auto()
    TAKEN = auto()


REFUSALS: Final[dict[Outcome, type[Refusal]]] = {
    Outcome.CONFIRMED: EmailLinkUsed,
    Outcome.REPLACED: EmailLinkReplaced,
    Outcome.WITHDRAWN: EmailLinkWithdrawn,
    Outcome.OVERTAKEN: EmailLinkOvertaken,
    Outcome.SECURED: EmailLinkSecured,
    Outcome.TAKEN: EmailLinkUnknown,
}


@dataclass(frozen=True, slots=True)
class EmailChange:
    """Another address for an adult, asked for from their account. `email` is forgotten once it ended; `outcome` is None until then."""

    change_id: UUID
    adult_id: UUID
    account_id: UUID
    email: str | None
    requested_at: datetime
    expires_at: datetime
    outcome: Outcome | None = None


def token_hash(token: str) -> bytes:
    """What is stored of the secret of a link, of 256 random bits: without it, nobody can follow the link."""
    return hashlib.sha256(token.encode()).digest()


def confirmed_email(change: EmailChange, now: datetime) -> str | Refusal:
    """The address that the link of a change confirms, or why it does not any more."""
    if change.outcome is not None:
        return REFUSALS[change.outcome]()
    if change.email is None:
        return EmailLinkUnknown()
    return EmailLinkExpired() if change.expires_at <= now else change.email


def given_lately(given: int | None, known: int | None) -> Refusal | None:
    """What stands against a change from a session, or a delegation, where the town corrected the address. `given` is the revision of that correction, `known` the one
    that identity stood on when it said who acts: with an older one it may be the stranger who read the former address, however long identity takes
    to hear of it; with that one or a later one their sessions are ended."""
    return EmailGivenLately() if given is not None and (known is None or known < given) else None


def request_fault(present: str | None, wanted: str, asked_at: Sequence[datetime]) -> Refusal | None:
    """What stands against asking for an address, if anything; `asked_at` are the adult's requests within `ASKED_WITHIN`."""
    if faults := tuple(text_faults(iter([("/email", wanted)]))):
        return Invalid(*faults)
    if present is not None and comparable_email(present) == comparable_email(wanted):
        return Invalid(FieldRefusal("/email", "email_unchanged"))
    if len(asked_at) >= ASKED_MAX:
        return EmailChangesTooMany(count=ASKED_MAX, next_at=sorted(asked_at)[-ASKED_MAX] + ASKED_WITHIN)
    return None
