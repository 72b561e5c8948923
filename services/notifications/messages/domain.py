"""The rules of notifications: the audience and the expiry of each, and retries with exponential backoff."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Final
from uuid import UUID

from contracts.notifications.events import MessageFailed, MessageSent

RETRY_FIRST: Final = timedelta(seconds=1)
RETRY_MAX: Final = timedelta(minutes=5)
# Facts of another service are on their way and come within seconds: no backoff, however often they were looked for.
FACTS_RETRY_MAX: Final = timedelta(seconds=5)
RETRY_DOUBLINGS_MAX: Final = 16
SERVER_WORDS_MAX: Final = 300
ADDRESS: Final = re.compile(r"\S*@\S*")
"""What a relay quotes, and nobody needs to keep beside a message: whose it is stands in the file."""
PERMANENT_CODES: Final = range(500, 600)

Named = UUID | tuple[UUID, str]
"""What a message says by its name: a child, an activity, or a unit by its activity and code."""


class Template(StrEnum):
    """What a message is about; the layouts of a mail carry its template's name."""

    WELCOME = auto()
    PASSWORD_RESET = auto()
    STEP_UP_CODE = auto()
    ENROLLMENT_REQUESTED = auto()
    ENROLLMENT_VALIDATED = auto()
    ENROLLMENT_REFUSED = auto()
    ENROLLMENT_ENDED = auto()
    BASKET_CONFIRMED = auto()
    CHILD_CAME_OF_AGE = auto()
    CONTACT_CHANGED = auto()
    DELEGATION_GIVEN = auto()
    DELEGATION_ENDED = auto()
    DELEGATE_ASKED = auto()
    EMAIL_REPLACED = auto()
    EMAIL_LINK = auto()
    EMAIL_CHANGE_ASKED = auto()
    BROWSER_FIRST_USED = auto()
    ACCOUNTS_MERGED = auto()
    ACCOUNTS_SEPARATED = auto()
    SECURITY_CHANGED = auto()
    INVOICE_ISSUED = auto()
    PAYMENT_RECEIVED = auto()
    REGISTRATION_RECEIVED = auto()
    REGISTRATION_KNOWN = auto()
    REGISTRATION_REFUSED = auto()
    CHANGE_REFUSED = auto()
    DOCUMENT_VALIDATED = auto()
    DOCUMENT_REFUSED = auto()
    DOCUMENT_EXPIRING = auto()
    RESOURCES_NOTICED = auto()
    CIRCULAR_ADDRESSED = auto()
    REQUEST_RECEIVED = auto()
    REQUEST_MORE_ASKED = auto()
    REQUEST_ACCEPTED = auto()
    REQUEST_REFUSED = auto()
    REQUEST_MESSAGE = auto()


class Audience(StrEnum):
    """Who gets a message: the holder of an account, that of an adult's account, every invited adult of a household who answers for the children that it names, or the
    payer of an invoice; once no file names that one any more, every invited adult; or whoever reads the address that the notice itself brings, sealed."""

    ACCOUNT = auto()
    ADULT = auto()
    HOUSEHOLD = auto()
    PAYER = auto()
    ADDRESS = auto()


@dataclass(frozen=True, slots=True)
class Rule:
    """Who gets the messages of a template. `age_max` is how old an event may be by then: nothing older is sent when a topic is replayed.

    `waits_for_state`: it is addressed once the household's state that follows the event is known, which may say another address.
    """

    audience: Audience
    age_max: timedelta
    waits_for_state: bool = False

    def known_since(self, expires_at: datetime) -> datetime | None:
        """How new the household's state must be before a notice that expires then is addressed; None where any will do."""
        return expires_at - self.age_max if self.waits_for_state else None


RULES: Final = {
    Template.WELCOME: Rule(Audience.ACCOUNT, timedelta(days=3)),
    Template.PASSWORD_RESET: Rule(Audience.ACCOUNT, timedelta(days=1)),
    Template.STEP_UP_CODE: Rule(Audience.ACCOUNT, timedelta(hours=1)),
    Template.ENROLLMENT_REQUESTED: Rule(Audience.HOUSEHOLD, timedelta(days=2)),
    Template.ENROLLMENT_VALIDATED: Rule(Audience.HOUSEHOLD, timedelta(days=5)),
    Template.ENROLLMENT_REFUSED: Rule(Audience.HOUSEHOLD, timedelta(days=5)),
    Template.ENROLLMENT_ENDED: Rule(Audience.HOUSEHOLD, timedelta(days=5)),
    Template.CHILD_CAME_OF_AGE: Rule(Audience.HOUSEHOLD, timedelta(days=14)),
    Template.CONTACT_CHANGED: Rule(Audience.HOUSEHOLD, timedelta(days=7), waits_for_state=True),
    Template.DELEGATION_GIVEN: Rule(Audience.HOUSEHOLD, timedelta(days=7)),
    Template.DELEGATION_ENDED: Rule(Audience.HOUSEHOLD, timedelta(days=7)),
    Template.DELEGATE_ASKED: Rule(Audience.ADULT, timedelta(days=7)),
    Template.EMAIL_REPLACED: Rule(Audience.ACCOUNT, timedelta(days=7)),
    Template.EMAIL_LINK: Rule(Audience.ADULT, timedelta(days=1)),
    Template.EMAIL_CHANGE_ASKED: Rule(Audience.ADULT, timedelta(days=2)),
    Template.BROWSER_FIRST_USED: Rule(Audience.ACCOUNT, timedelta(days=2)),
    Template.ACCOUNTS_MERGED: Rule(Audience.ACCOUNT, timedelta(days=7)),
    Template.ACCOUNTS_SEPARATED: Rule(Audience.ACCOUNT, timedelta(days=7)),
    Template.SECURITY_CHANGED: Rule(Audience.ACCOUNT, timedelta(days=7)),
    Template.BASKET_CONFIRMED: Rule(Audience.HOUSEHOLD, timedelta(days=2)),
    Template.INVOICE_ISSUED: Rule(Audience.PAYER, timedelta(days=7)),
    Template.PAYMENT_RECEIVED: Rule(Audience.PAYER, timedelta(days=7)),
    Template.REGISTRATION_RECEIVED: Rule(Audience.ADDRESS, timedelta(days=2)),
    Template.REGISTRATION_KNOWN: Rule(Audience.ADDRESS, timedelta(days=2)),
    Template.REGISTRATION_REFUSED: Rule(Audience.ADDRESS, timedelta(days=7)),
    Template.CHANGE_REFUSED: Rule(Audience.ADDRESS, timedelta(days=7)),
    Template.DOCUMENT_VALIDATED: Rule(Audience.ADDRESS, timedelta(days=7)),
    Template.DOCUMENT_REFUSED: Rule(Audience.ADDRESS, timedelta(days=7)),
    Template.DOCUMENT_EXPIRING: Rule(Audience.ADDRESS, timedelta(days=7)),
    Template.RESOURCES_NOTICED: Rule(Audience.HOUSEHOLD, timedelta(days=7)),
    Template.CIRCULAR_ADDRESSED: Rule(Audience.ADDRESS, timedelta(days=7)),
    Template.REQUEST_RECEIVED: Rule(Audience.ADDRESS, timedelta(days=7)),
    Template.REQUEST_MORE_ASKED: Rule(Audience.ADDRESS, timedelta(days=7)),
    Template.REQUEST_ACCEPTED: Rule(Audience.ADDRESS, timedelta(days=7)),
    Template.REQUEST_REFUSED: Rule(Audience.ADDRESS, timedelta(days=7)),
    Template.REQUEST_MESSAGE: Rule(Audience.ADDRESS, timedelta(days=7)),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """The mail relay took the message."""

    subject: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """A transient failure: the relay is away or busy, or a fact that the message needs has not arrived yet. `wait_max` bounds the wait;
    `server_words` are what the relay said, if it did."""

    wait_max: timedelta = RETRY_MAX
    server_words: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A permanent failure: `cause` is a code, such as `smtp_550` or `no_address`, that names nobody. `server_words` are the relay's, without
    the address that it quotes."""

    cause: str
    server_words: str | None = None


Outcome = Sent | Postponed | Failed


def expiry(template: Template, happened_at: datetime, useless_after: datetime | None = None) -> datetime:
    """The instant from which a message is too old to be sent."""
    latest = happened_at + RULES[template].age_max
    return min(latest, useless_after) if useless_after else latest


def retry_after(attempt_count: int, wait_max: timedelta = RETRY_MAX) -> timedelta:
    """How long to wait after this many attempts: exponential backoff, up to a limit."""
    doublings = min(max(attempt_count - 1, 0), RETRY_DOUBLINGS_MAX)
    return min(RETRY_FIRST * (1 << doublings), wait_max)


def refused_by_relay(code: int, text: str = "") -> Outcome:
    """What an SMTP refusal of a recipient or of a content means (RFC 5321, 4.2.1): 5xx is for ever, 4xx for now."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    words = f"{code} {ADDRESS.sub('…', printable)}".strip()[:SERVER_WORDS_MAX]
    return Failed(f"smtp_{code}", words) if code in PERMANENT_CODES else Postponed(server_words=words)


@dataclass(frozen=True, slots=True)
class Subject:
    """Which message an event is about: whose it is, of which template, and the credential that it carries, if it carries one."""

    message_id: UUID
    recipient_id: UUID
    template: str
    credential_id: UUID | None = None


def announcement(subject: Subject, outcome: Sent | Failed, at: datetime) -> MessageSent | MessageFailed:
    """The event that says how a message ended."""
    if isinstance(outcome, Sent):
        return MessageSent(
            message_id=subject.message_id,
            recipient_id=subject.recipient_id,
            template=subject.template,
            sent_at=at,
            credential_id=subject.credential_id,
        )
    return MessageFailed(
        message_id=subject.message_id,
        recipient_id=subject.recipient_id,
        template=subject.template,
        cause=outcome.cause,
        failed_at=at,
        credential_id=subject.credential_id,
    )
