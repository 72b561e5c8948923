"""Topics that others may read carry no personal data: facts topics, and whatever is open to partners.

Refused are fields whose name speaks of a person, types that hold what is personal, and free text, which could say
anything. The few texts that are codes or numbers stand in a list, each with its reason.
"""

import typing
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

import pytest
from pydantic import BaseModel

from contracts.event import Event, Model
from contracts.family.events import Adult
from contracts.identity.events import AccountActivated, AccountCreated, TermsAccepted
from contracts.registry import TOPICS
from contracts.topic import TopicKind, Visibility
from contracts.types import Civility, QuotientSource

WORDS_OF_PERSONS = """
    name firstname lastname surname username login civility gender birth born age address street city postal postcode zip
    email mail phone mobile income salary quotient health allergy diet medical pai handicap iban bic mandate card
    password secret token sealed photo nationality custody
"""
PERSONAL_WORDS = frozenset(WORDS_OF_PERSONS.split())
PERSONAL_TYPES = (Civility, QuotientSource)
HARMLESS_TYPES = (bool, int, UUID, date, datetime)
TEXTS_ALLOWED = {
    "ActivityState.kind": "a code of ours",
    "ActivityState.label": "the public catalogue's name of an activity",
    "ActivitySite.code": "a code of the public catalogue",
    "ActivitySite.label": "the public catalogue's name of a place",
    "ActivityUnit.code": "a code of the public catalogue",
    "ActivityUnit.label": "the public catalogue's name of a part of the day",
    "BasketLine.unit_code": "a code of the public catalogue",
    "ActivityState.tariff_code": "a code of the public tariff grid",
    "BookingConfirmed.unit_code": "a code of the public catalogue",
    "BookingCancelled.unit_code": "a code of the public catalogue",
    "AttendanceRecorded.unit_code": "a code of the public catalogue",
    "AttendanceRecorded.attendance": "a code of ours",
    "DelegationEnded.end": "a code of ours",
    "ContactChanged.fields": "words of ours, none of which was typed",
    "TermsAccepted.terms_version": "the number of a public document",
    "SecurityChanged.change": "a code of ours",
    "BrowserFirstUsed.browser": "one of a few dozen words of ours, never what the browser said",
    "InvoiceIssued.regie": "a code of the town's settings",
    "InvoiceIssued.number": "a number that we give",
    "InvoiceIssued.period": "a month",
    "InvoicePaid.number": "a number that we give",
    "PaymentReceived.invoice_number": "a number that we give",
    "PaymentReceived.receipt_number": "a number that we give",
    "PaymentReceived.reference": "the provider's authorization number, which names no card",
    "MessageSent.template": "a code of ours",
    "MessageFailed.template": "a code of ours",
    "MessageFailed.cause": "a code of ours",
}

OPEN_EVENTS = [
    event
    for topic in TOPICS
    if topic.kind is TopicKind.FACTS or topic.visibility is Visibility.PARTNER
    for event in topic.events
]


def personal_fields(model: type[BaseModel]) -> Iterator[str]:
    """The fields of an event, however deep, that could carry personal data."""
    for name, field in model.model_fields.items():
        place = f"{model.__name__}.{name}"
        if not PERSONAL_WORDS.isdisjoint(name.split("_")):
            yield f"{place}: its name"
        for leaf in _leaves(field.annotation):
            if isinstance(leaf, type) and issubclass(leaf, BaseModel):
                yield from personal_fields(leaf)
            elif leaf is str and place not in TEXTS_ALLOWED:
                yield f"{place}: free text"
            elif leaf is not str and not _is_harmless(leaf):
                yield f"{place}: its type"


def _leaves(annotation: Any) -> Iterator[Any]:
    """The types inside unions and tuples. An untyped collection is a leaf of its own."""
    arguments = [argument for argument in typing.get_args(annotation) if argument not in (type(None), ...)]
    if typing.get_origin(annotation) is dict or not arguments:
        yield annotation
    else:
        for argument in arguments:
            yield from _leaves(argument)


def _is_harmless(leaf: Any) -> bool:
    return isinstance(leaf, type) and leaf not in PERSONAL_TYPES and issubclass(leaf, (*HARMLESS_TYPES, Enum))


@pytest.mark.parametrize("event", OPEN_EVENTS, ids=lambda event: event.__name__)
def test_open_topic_carries_no_personal_data(event: type[Event]) -> None:
    assert list(personal_fields(event)) == []


def test_partners_learn_nothing_of_the_ways_into_an_account() -> None:
    """Which browser is new, which password was changed, which factor was taken off: whoever reads it knows whom to attack, and when."""
    open_topics = [topic for topic in TOPICS if topic.producer == "identity" and topic.visibility is Visibility.PARTNER]
    assert {event for topic in open_topics for event in topic.events} == {
        AccountCreated,
        AccountActivated,
        TermsAccepted,
    }


def test_every_allowed_text_exists() -> None:
    texts = {place for event in OPEN_EVENTS for place in fields_of(event)}
    assert set(TEXTS_ALLOWED) <= texts


def fields_of(model: type[BaseModel]) -> Iterator[str]:
    """The fields of an event, however deep."""
    for name, field in model.model_fields.items():
        yield f"{model.__name__}.{name}"
        for leaf in _leaves(field.annotation):
            if isinstance(leaf, type) and issubclass(leaf, BaseModel):
                yield from fields_of(leaf)


class Line(Model):
    """A part of the event that must be found."""

    child_first_name: UUID
    remarks: tuple[str, ...]


class Leak(Event):
    """Everything that must be found, and two fields that must not."""

    event_type: ClassVar[str] = "test.leak.v1"
    topic: ClassVar[str] = "test.leaks"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    amount_cents: int | None
    birth_on: date
    quotient_cents: int
    payer: Adult | None
    greeting: Civility
    details: dict[str, int]
    lines: tuple[Line, ...]
    title: str


def test_personal_data_would_be_found() -> None:
    places = set(personal_fields(Leak))
    assert places >= {
        "Leak.birth_on: its name",
        "Leak.quotient_cents: its name",
        "Adult.email: its name",
        "Adult.first_name: free text",
        "Leak.greeting: its type",
        "Leak.details: its type",
        "Line.child_first_name: its name",
        "Line.remarks: free text",
        "Leak.title: free text",
    }
    assert not any("household_id" in place or "amount_cents" in place for place in places)
