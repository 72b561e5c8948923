"""Documents: for whom one may be, how long it holds, what may be decided of it and when it may go. Pure."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, auto
from typing import Final
from uuid import UUID

from chassis.refusal import FieldRefusal, Invalid, Refusal
from contracts.family.document_words import (
    DocumentAudience,
    DocumentKind,
    DocumentReason,
    DocumentStatus,
    DocumentValidity,
)

from ..authorizations.domain import AHEAD_FROM_MONTH
from ..errors import DocumentSettled
from ..schools.domain import days_of, school_year_of

PAGES_MAX: Final = 20
OPEN_MAX: Final = 40
"""Documents of a household that were begun, or wait for a decision."""
DRAFTS_KEPT: Final = timedelta(days=30)
REFUSED_KEPT: Final = timedelta(days=90)
REMINDED_DAYS: Final = 28
YEARS_AHEAD_MAX: Final = 20
REST_DAYS: Final = 365
"""How long what is of a kind that the town has no more is kept after it ended."""


class ContentReason(StrEnum):
    """Why a file is not kept."""

    CONTENT_MISSING = auto()
    CONTENT_UNKNOWN = auto()
    CONTENT_BROKEN = auto()
    CONTENT_ENCRYPTED = auto()
    CONTENT_TOO_LARGE = auto()
    CONTENT_TOO_LONG = auto()
    CONTENT_INFECTED = auto()
    CONTENT_NO_PICTURE = auto()


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a document has come."""

    kind: DocumentKind
    status: DocumentStatus
    ends_on: date | None = None
    reason: DocumentReason | None = None
    words: str = ""

    def status_on(self, today: date) -> DocumentStatus:
        """Its state on a day: what was validated expires by itself."""
        is_over = self.ends_on is not None and self.ends_on < today
        return DocumentStatus.EXPIRED if is_over and self.status is DocumentStatus.VALIDATED else self.status


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an agent says of a document."""

    is_valid: bool
    ends_on: date | None
    reason: DocumentReason | None
    words: str


@dataclass(frozen=True, slots=True)
class Need:
    """A document that a member, or the household, is asked for."""

    kind: DocumentKind
    person_id: UUID | None


def kind_of(kinds: Iterable[DocumentKind], code: str) -> DocumentKind:
    """A kind of the town; of one that it has no more, what is left is its code."""
    known = next((kind for kind in kinds if kind.code == code), None)
    return known or DocumentKind(code=code, label=code, audiences=tuple(DocumentAudience), kept_days=REST_DAYS)


def check_new(kinds: Iterable[DocumentKind], code: str, audience: DocumentAudience) -> Refusal | None:
    """What is wrong with a document that begins."""
    kind = next((kind for kind in kinds if kind.code == code), None)
    if kind is None:
        return Invalid(FieldRefusal("/kind", "document_kind_unknown"))
    if audience not in kind.audiences:
        return Invalid(FieldRefusal("/kind", "document_kind_for_others", (("label", kind.label),)))
    return None


def check_mark(kind: DocumentKind, marked_on: date | None, today: date) -> Refusal | None:
    """What is wrong with the day of a document that is sent: its kind asks for one, it was made by today, and holds today still."""
    if kind.validity not in (DocumentValidity.DATED, DocumentValidity.GIVEN):
        return None
    if marked_on is None:
        return Invalid(FieldRefusal("/marked_on", "missing"))
    if kind.validity is DocumentValidity.DATED and marked_on > today:
        return Invalid(FieldRefusal("/marked_on", "document_day_in_future"))
    end_on = proposed_end(kind, marked_on, today)
    if end_on is not None and end_on < today:
        return Invalid(FieldRefusal("/marked_on", "document_day_past", (("end_on", end_on.isoformat()),)))
    return None


def proposed_end(kind: DocumentKind, marked_on: date | None, sent_on: date) -> date | None:
    """Until when a document would hold that is sent on a day. From June on what is sent is for the school year that follows."""
    if kind.validity is DocumentValidity.SCHOOL_YEAR:
        is_ahead = AHEAD_FROM_MONTH <= sent_on.month < days_of(sent_on.year).first.month
        return days_of(school_year_of(sent_on) + is_ahead).last
    if kind.validity is DocumentValidity.GIVEN:
        return marked_on
    if kind.validity is DocumentValidity.DATED and marked_on is not None:
        return _months_after(marked_on, kind.months)
    return None


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def decided(known: Standing, verdict: Verdict, today: date) -> Standing | Refusal:
    """A document once it is decided. The same decision again is no fault; another one needs that it waits."""
    is_valid, ends_on, reason, words = verdict.is_valid, verdict.ends_on, verdict.reason, verdict.words
    wanted = (
        Standing(known.kind, DocumentStatus.VALIDATED, ends_on)
        if is_valid
        else Standing(known.kind, DocumentStatus.REFUSED, None, reason, words)
    )
    if known == wanted:
        return known
    if known.status is not DocumentStatus.SENT:
        return DocumentSettled(status=known.status_on(today).value)
    if is_valid and ends_on is not None and not today <= ends_on <= date(today.year + YEARS_AHEAD_MAX, 12, 31):
        return Invalid(FieldRefusal("/ends_on", "document_end_unlikely", (("years", YEARS_AHEAD_MAX),)))
    if is_valid and ends_on is None and known.kind.validity is not DocumentValidity.NONE:
        return Invalid(FieldRefusal("/ends_on", "missing"))
    if not is_valid and reason is None:
        return Invalid(FieldRefusal("/reason", "missing"))
    if not is_valid and reason is DocumentReason.OTHER and not words:
        return Invalid(FieldRefusal("/words", "missing"))
    return wanted


def deletion(known: Standing, today: date) -> Refusal | None:
    """Why a family may not delete a document: the town must keep it, while it holds and for some time after."""
    if known.kind.is_deletable or known.status is not DocumentStatus.VALIDATED:
        return None
    until = known.ends_on + timedelta(days=known.kind.kept_days) if known.ends_on else None
    if until is not None and until < today:
        return None
    return Invalid(FieldRefusal("/content", "document_kept", (("label", known.kind.label),)))


def needs(kinds: Iterable[DocumentKind], people: Mapping[DocumentAudience, Sequence[UUID]]) -> Iterator[Need]:
    """What is asked for once a school year: of each kind, for the household and for every member whom it may be for."""
    for kind in kinds:
        if kind.is_yearly and DocumentAudience.HOUSEHOLD in kind.audiences:
            yield Need(kind, None)
        if kind.is_yearly:
            for audience in kind.audiences:
                yield from (Need(kind, person_id) for person_id in people.get(audience, ()))


def unmet(wanted: Iterable[Need], there: Collection[tuple[str, UUID | None]]) -> tuple[Need, ...]:
    """Those of which nothing is there that holds or waits, by kind and person."""
    return tuple(need for need in wanted if (need.kind.code, need.person_id) not in there)
