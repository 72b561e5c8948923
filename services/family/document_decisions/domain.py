"""Deciding many documents at once: what is done with each, and whether something followed since. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.refusal import FieldRefusal, Invalid, Refusal
from contracts.family.document_words import DocumentReason, DocumentStatus

from ..documents.domain import Standing, Verdict, decided, proposed_end


class DocumentProves(Refusal):
    """This document proves a declaration of resources that waits: whoever decides that decides both together."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an agent decides of many documents."""

    is_valid: bool
    reason: DocumentReason | None
    words: str

    @property
    def status(self) -> DocumentStatus:
        """What they are then."""
        return DocumentStatus.VALIDATED if self.is_valid else DocumentStatus.REFUSED


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision as it stands: what it says, by whom and when; whether the same was sent again since, and whether a quotient or a request was decided by it."""

    status: DocumentStatus
    decided_by: UUID | None
    decided_at: datetime | None
    is_sent_again: bool
    is_relied_on: bool = False


def check(wish: Wish) -> Refusal | None:
    """What is wrong with a decision before anything is looked at: a refusal says why."""
    if not wish.is_valid and wish.reason is None:
        return Invalid(FieldRefusal("/reason", "missing"))
    if wish.reason is DocumentReason.OTHER and not wish.words:
        return Invalid(FieldRefusal("/words", "missing"))
    return None


def decided_among(known: Standing, wish: Wish, dates: tuple[date | None, date], today: date) -> Standing | str:
    """A document once it is decided as its kind says, or the code of why it is not; `dates`: the day that it bears, and that on which it was sent. What another agent decided
    stays, whatever it was."""
    if known.status is not DocumentStatus.SENT:
        return "document_settled"
    marked_on, sent_on = dates
    ends_on = proposed_end(known.kind, marked_on, sent_on) if wish.is_valid else None
    made = decided(known, Verdict(wish.is_valid, ends_on, wish.reason, wish.words), today)
    if isinstance(made, Refusal):
        return made.fields[0].code if made.fields else made.code()
    return made


def followed(taken: Taken | None, status: DocumentStatus, decided_by: UUID, decided_at: datetime) -> str | None:
    """What keeps a decision from being taken back."""
    if taken is None:
        return "document_deleted"
    if (taken.status, taken.decided_by, taken.decided_at) != (status, decided_by, decided_at):
        return "decided_again"
    if taken.is_relied_on:
        return "document_relied_on"
    return "document_sent_again" if taken.is_sent_again else None
