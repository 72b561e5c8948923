"""What the town asks a proof for, how long one holds, and when a code that was mailed is the right one."""

import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from chassis.comparing import close_up
from chassis.refusal import FieldRefusal
from contracts.types import ActorKind, StepUp

CODE_DIGITS: Final = 6
CODE_VALIDITY: Final = timedelta(minutes=10)
TRIES_MAX: Final = 5
RESEND_AFTER: Final = timedelta(minutes=1)
MEANS_WAIT: Final = timedelta(hours=24)
"""For how long a means that was added with the password alone proves nothing: its holder hears of it by mail, and may take it off."""
CODE: Final = re.compile(rf"[0-9]{{{CODE_DIGITS}}}")
POINTER: Final = "/code"
APPLICATION_POINTER: Final = "/application_code"


@dataclass(frozen=True, slots=True)
class OpenActs:
    """The classes of acts that are open to a session, and how much longer those are that a proof opened."""

    opened: frozenset[StepUp] = frozenset()
    lasts: timedelta | None = None

    def shortened(self, lifetime: timedelta) -> timedelta:
        """How long what says this may be believed, at most a lifetime: never longer than it is true."""
        return lifetime if self.lasts is None else min(lifetime, self.lasts)


@dataclass(frozen=True, slots=True)
class StepUpRules:
    """The classes of acts that the town asks a proof for, and how long one holds."""

    asks: frozenset[StepUp]
    validity: timedelta

    def asked_of(self, kind: ActorKind) -> frozenset[StepUp]:
        """What somebody of this kind is asked a proof for."""
        return frozenset(step_up for step_up in self.asks if kind in step_up.asked_of)

    def open_acts(self, kind: ActorKind, proved_at: datetime | None, now: datetime) -> OpenActs:
        """What is open to somebody of this kind who proved who they are at an instant, or never."""
        concerned = frozenset(step_up for step_up in StepUp if kind in step_up.asked_of)
        lasts = proved_at + self.validity - now if proved_at else timedelta()
        if lasts <= timedelta():
            return OpenActs(concerned - self.asks)
        return OpenActs(concerned, lasts if self.asked_of(kind) else None)


@dataclass(frozen=True, slots=True)
class MailedCode:
    """A code of a session, as it is kept."""

    code_hash: bytes = field(repr=False)
    sent_at: datetime
    expires_at: datetime
    try_count: int

    def is_alive(self, now: datetime) -> bool:
        """Whether it may still be the right one."""
        return now < self.expires_at and self.try_count < TRIES_MAX

    @property
    def resend_at(self) -> datetime:
        """From when another one may be asked for."""
        return self.sent_at + RESEND_AFTER


def counts_from(added_at: datetime, acts: OpenActs) -> datetime:
    """From when what is added to an account proves who its holder is: at once if they had proved it by then, else a day later. Whoever found an open
    session and knows its password would prove themself with a means of their own."""
    return added_at if acts.lasts else added_at + MEANS_WAIT


def normal_code(typed: str) -> str | None:
    """The code that somebody meant, with or without spaces; None for what is none."""
    digits = close_up(typed)
    return digits if CODE.fullmatch(digits) else None


def judge(kept: MailedCode | None, code_hash: bytes, now: datetime) -> FieldRefusal | None:
    """What stands against a code; a session that asked for none is told what one is told whose code is too old."""
    if kept is None or now >= kept.expires_at:
        return FieldRefusal(POINTER, "step_up_code_expired")
    if kept.try_count < TRIES_MAX and hmac.compare_digest(kept.code_hash, code_hash):
        return None
    left = TRIES_MAX - kept.try_count - 1
    if left <= 0:
        return FieldRefusal(POINTER, "step_up_code_spent")
    return FieldRefusal(POINTER, "step_up_code_wrong", (("count", left),))


def codes_subject(account_id: UUID) -> str:
    """The throttle subject of the codes that an account asks for."""
    return f"step_up:{account_id}"
