"""How dead letters are shown: as lines for a person, or as JSON. What a record holds is shown only when asked for."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from chassis.events.dead_letters import plain_text
from contracts.event import MalformedRecord, read_record

from ..records import Record
from .letters import DeadLetter
from .redrive import Result

HEADERS_SHOWN: tuple[str, ...] = (
    "ce_id",
    "ce_type",
    "ce_source",
    "ce_time",
    "ce_sequence",
    "ce_dataschema",
    "traceparent",
)


def table(letters: Sequence[DeadLetter]) -> str:
    """One line for each dead letter under a heading; resolved ones say how they ended."""
    rows = [("ID", "KEY", "TYPE", "ATTEMPTS", "LAST SEEN", "CAUSE")]
    for letter in letters:
        cause = letter.cause + (f" [{letter.resolution} by {letter.resolved_by}]" if letter.resolution else "")
        seen = letter.last_failed_at.isoformat(sep=" ", timespec="seconds")
        rows.append((letter.event_key, letter.key, letter.event_type or "-", str(letter.attempt_count), seen, cause))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def as_json(value: Any) -> str:
    """One line of JSON; instants as ISO 8601."""
    return json.dumps(value, ensure_ascii=False, default=lambda other: other.isoformat())


def fields_of(letter: DeadLetter) -> dict[str, Any]:
    """A dead letter as JSON fields."""
    return dataclasses.asdict(letter)


def fields_of_result(result: Result) -> dict[str, Any]:
    """The outcome of one dead letter as JSON fields."""
    return {"event_key": result.letter.event_key, "outcome": result.outcome.value, "detail": result.detail}


def fields_of_record(topic: str, record: Record, *, with_content: bool) -> dict[str, Any]:
    """The record at its place. A malformed one may hold anything anywhere, so that even its headers stay hidden."""
    value = record.value
    fields: dict[str, Any] = {"at": record.timestamp, "bytes": None if value is None else len(value)}
    shown = HEADERS_SHOWN
    try:
        read_record(topic, record.key, value, record.headers)
    except MalformedRecord as fault:
        fields["malformed"], shown = str(fault), ()
    headers = {plain_text(name): plain_text(raw or b"") for name, raw in record.headers}
    fields["headers"] = headers if with_content else {name: headers[name] for name in shown if name in headers}
    if with_content:
        fields["value"] = None if value is None else value.decode(errors="replace")
    return fields


def lines(fields: dict[str, Any], indent: str = "") -> str:
    """Fields one under the other."""
    shown = []
    for name, value in fields.items():
        if isinstance(value, dict):
            shown += [f"{indent}{name}:", lines(value, indent + "  ")]
        elif value is not None:
            shown.append(f"{indent}{name}: {value}")
    return "\n".join(shown)
