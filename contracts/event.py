"""Events and their envelope: CloudEvents 1.0 in the binary mode of the Kafka protocol binding.

An event class is the source of its contract: name, version, topic and the key that orders it. An envelope is one Kafka
record as every service reads it. Publishers forbid unknown fields; `parse` ignores them, so that a minor version may
add optional ones.
Source: cloudevents/spec 1.0.2, kafka-protocol-binding; W3C Trace Context.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

CONTENT_TYPE = "application/json"


class Model(BaseModel):
    """The base of everything that crosses a service's border: frozen, and strict about unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Event(Model):
    """Something that happened. `event_type` is `<service>.<event>.v<major>`; `key_field` names the ordering key."""

    event_type: ClassVar[str]
    schema_version: ClassVar[str] = "1.0"
    topic: ClassVar[str]
    key_field: ClassVar[str]

    @property
    def key(self) -> str:
        """The Kafka key: events with the same key are consumed in the order they were committed."""
        return str(getattr(self, self.key_field))

    def payload(self) -> bytes:
        """The record value, as UTF-8 JSON."""
        return self.model_dump_json().encode()

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """The event of a record value; unknown fields are ignored, anything else wrong raises `ValidationError`."""
        return cls.model_validate_json(payload, extra="ignore")


@dataclass(frozen=True, slots=True)
class Envelope:
    """One record: who said it (`source` + `event_id` identify it), about what, and its place in its key's order.

    `payload` is None for a tombstone: the aggregate `key` was erased from a state topic. `sequence` counts from 1 per
    topic and key without a gap; it is the version of a state and the order of facts. `actor` (`agent:<id>`, `parent:<id>`) and
    `channel` say who acted and which way; None where nobody did.
    """

    event_id: UUID
    event_type: str
    source: str
    topic: str
    key: str
    sequence: int
    time: datetime
    payload: bytes | None
    schema_version: str = "1.0"
    trace: Mapping[str, str] = field(default_factory=dict)
    actor: str | None = None
    channel: str | None = None

    def headers(self) -> list[tuple[str, bytes]]:
        attributes = {
            "ce_specversion": "1.0",
            "ce_id": str(self.event_id),
            "ce_source": self.source,
            "ce_type": self.event_type,
            "ce_time": self.time.isoformat().replace("+00:00", "Z"),
            "ce_subject": self.key,
            "ce_dataschema": data_schema(self.event_type, self.schema_version),
            "ce_sequence": str(self.sequence),
            **({"ce_actor": self.actor} if self.actor is not None else {}),
            **({"ce_channel": self.channel} if self.channel is not None else {}),
            "content-type": CONTENT_TYPE,
            **self.trace,
        }
        return [(name, value.encode()) for name, value in attributes.items()]


class MalformedRecord(Exception):
    """A Kafka record that is not one of our CloudEvents; the message names the missing header or the kind of error."""


def data_schema(event_type: str, version: str) -> str:
    """The name of a payload's JSON Schema, e.g. `urn:portail-famille:booking.booking_confirmed.v1:1.0`."""
    return f"urn:portail-famille:{event_type}:{version}"


def read_record(topic: str, key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> Envelope:
    """The envelope of a raw Kafka record.

    Raises:
        MalformedRecord: a required attribute is missing or unreadable.
    """
    try:
        attributes: dict[str, Any] = {name: raw.decode() for name, raw in headers}
        return Envelope(
            event_id=UUID(attributes["ce_id"]),
            event_type=attributes["ce_type"],
            source=attributes["ce_source"],
            topic=topic,
            key=(key or b"").decode(),
            sequence=int(attributes["ce_sequence"]),
            time=datetime.fromisoformat(attributes["ce_time"]),
            payload=value,
            schema_version=attributes.get("ce_dataschema", "1.0").rpartition(":")[2],
            trace={name: attributes[name] for name in ("traceparent", "tracestate") if name in attributes},
            actor=attributes.get("ce_actor"),
            channel=attributes.get("ce_channel"),
        )
    except (KeyError, ValueError, AttributeError) as error:
        # Only the name of what is missing: the message of another error repeats the value that it could not read.
        raise MalformedRecord(str(error) if isinstance(error, KeyError) else type(error).__name__) from error
