"""Kafka records are CloudEvents 1.0 in binary mode: a record written by hand, and any record there and back."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.event import Envelope, MalformedRecord, read_record

# Written from the specification, not from our code: cloudevents/spec 1.0.2, kafka-protocol-binding, section 3.2.
GOLDEN_HEADERS = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"0199ab12-9e41-7b3e-a0d2-64c8f1e5b908"),
    ("ce_source", b"/portail-famille/booking"),
    ("ce_type", b"booking.booking_confirmed.v1"),
    ("ce_time", b"2026-09-04T19:12:45.310777Z"),
    ("ce_subject", b"0199a3c1-7b20-7c4e-9d11-2f6a5c8e0b01"),
    ("ce_dataschema", b"urn:portail-famille:booking.booking_confirmed.v1:1.0"),
    ("ce_sequence", b"7"),
    ("ce_actor", b"parent:0199a3c1-7b20-7c4e-9d11-2f6a5c8e0b02"),
    ("ce_channel", b"portal"),
    ("content-type", b"application/json"),
    ("traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
]
GOLDEN = Envelope(
    event_id=UUID("0199ab12-9e41-7b3e-a0d2-64c8f1e5b908"),
    event_type="booking.booking_confirmed.v1",
    source="/portail-famille/booking",
    topic="booking.bookings",
    key="0199a3c1-7b20-7c4e-9d11-2f6a5c8e0b01",
    sequence=7,
    time=datetime(2026, 9, 4, 19, 12, 45, 310777, tzinfo=UTC),
    payload=b'{"door": "north"}',
    schema_version="1.0",
    trace={"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
    actor="parent:0199a3c1-7b20-7c4e-9d11-2f6a5c8e0b02",
    channel="portal",
)
REQUIRED = ("ce_id", "ce_source", "ce_type", "ce_time", "ce_sequence")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
envelopes = st.builds(
    Envelope,
    event_id=st.uuids(),
    event_type=texts,
    source=texts,
    topic=st.just("booking.bookings"),
    key=texts,
    sequence=st.integers(1, 2**63 - 1),
    time=st.datetimes(timezones=st.just(UTC)),
    payload=st.none() | st.binary(max_size=60),
    schema_version=st.from_regex(r"[0-9]{1,3}\.[0-9]{1,3}", fullmatch=True),
    actor=st.none() | texts,
    channel=st.none() | texts,
    trace=st.dictionaries(st.sampled_from(["traceparent", "tracestate"]), texts),
)


def test_envelope_writes_the_golden_record() -> None:
    assert GOLDEN.headers() == GOLDEN_HEADERS


def test_golden_record_is_read() -> None:
    assert read_record("booking.bookings", GOLDEN.key.encode(), GOLDEN.payload, GOLDEN_HEADERS) == GOLDEN


@given(envelopes)
def test_any_record_is_read_as_it_was_written(envelope: Envelope) -> None:
    assert read_record(envelope.topic, envelope.key.encode(), envelope.payload, envelope.headers()) == envelope


def test_headers_of_others_are_ignored() -> None:
    headers = [*GOLDEN_HEADERS, ("ce_partitionkey", b"x"), ("x-proxy", b"y")]
    assert read_record("booking.bookings", GOLDEN.key.encode(), GOLDEN.payload, headers) == GOLDEN


@pytest.mark.parametrize("name", REQUIRED)
def test_missing_attribute_is_malformed(name: str) -> None:
    headers = [header for header in GOLDEN_HEADERS if header[0] != name]
    with pytest.raises(MalformedRecord, match=name):
        read_record("booking.bookings", b"key", b"{}", headers)


@pytest.mark.parametrize("key", [b"key", b"\xff"])
@pytest.mark.parametrize("name", ["ce_id", "ce_time", "ce_sequence", "x-proxy"])
@pytest.mark.parametrize("value", [b"\xff\xfe", None])
def test_unreadable_header_is_malformed(name: str, value: bytes | None, key: bytes) -> None:
    headers = [*(header for header in GOLDEN_HEADERS if header[0] != name), (name, value)]
    with pytest.raises(MalformedRecord):
        read_record("booking.bookings", key, b"{}", headers)  # type: ignore[arg-type]  # Kafka allows a null header
