"""What may change between two minor versions: each kind of change with the verdict it must get."""

from typing import Any

import pytest

from tools.contracts.compatibility import breaking_changes, is_same

Schema = dict[str, Any]


def schema(required: tuple[str, ...] = ("slot_id",), **properties: Any) -> Schema:
    """An object schema, as the published ones are written."""
    return {"type": "object", "properties": {"slot_id": {"type": "string"}, **properties}, "required": list(required)}


def listing(item: Schema) -> Schema:
    """A schema whose `lines` hold this item by reference."""
    return {**schema(lines={"type": "array", "items": {"$ref": "#/$defs/Line"}}), "$defs": {"Line": item}}


NULLABLE = {"anyOf": [{"type": "string"}, {"type": "null"}]}

ALLOWED = {
    "nothing changed": (schema(), schema()),
    "an optional field more": (schema(), schema(note_count={"type": "integer", "default": 0})),
    "an optional field more, deep in a list": (listing(schema()), listing(schema(rank={"type": "integer"}))),
    "other words": (schema(), {**schema(), "title": "Slot", "description": "A day."}),
    "a definition moved in place": (
        listing(schema()),
        {**schema(lines={"type": "array", "items": schema()}), "$defs": {}},
    ),
    "a field that is called like an annotation keeps counting": (
        schema(title={"type": "string"}),
        schema(title={"type": "string"}),
    ),
}

BREAKING = {
    "a field removed": (schema(day={"type": "string"}), schema(), ["/day: removed"]),
    "a required field added": (
        schema(),
        schema(("slot_id", "day"), day={"type": "string"}),
        ["/day: added as required"],
    ),
    "an optional field becomes required": (
        schema(day={"type": "string"}),
        schema(("slot_id", "day"), day={"type": "string"}),
        ["/day: became required"],
    ),
    "a required field becomes optional": (schema(), schema(()), ["/slot_id: no longer required"]),
    "another type": (
        schema(day={"type": "string"}),
        schema(day={"type": "integer"}),
        ["/day: type was 'string' and is 'integer'"],
    ),
    "another format": (
        schema(day={"type": "string", "format": "date"}),
        schema(day={"type": "string", "format": "date-time"}),
        ["/day: format was 'date' and is 'date-time'"],
    ),
    "null becomes possible": (
        schema(day={"type": "string"}),
        schema(day=NULLABLE),
        [f"/day: anyOf was None and is {NULLABLE['anyOf']!r}", "/day: type was 'string' and is None"],
    ),
    "a choice changes inside a union": (
        schema(day=NULLABLE),
        schema(day={"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        ["/day: type was 'string' and is 'integer'"],
    ),
    "an enumeration grows": (
        schema(state={"enum": ["open"]}),
        schema(state={"enum": ["open", "closed"]}),
        ["/state: enum was ['open'] and is ['open', 'closed']"],
    ),
    "a member is renamed": (
        schema(state={"enum": ["open", "closed"]}),
        schema(state={"enum": ["open", "shut"]}),
        ["/state: was 'closed' and is 'shut'"],
    ),
    "a limit appears": (
        schema(day={"type": "string"}),
        schema(day={"type": "string", "maxLength": 10}),
        ["/day: maxLength was None and is 10"],
    ),
    "the default of an optional field changes": (
        schema(rank={"type": "integer", "default": 0}),
        schema(rank={"type": "integer", "default": 1}),
        ["/rank: default was 0 and is 1"],
    ),
    "a field removed deep in a list": (
        listing(schema(rank={"type": "integer"})),
        listing(schema()),
        ["/lines[]/rank: removed"],
    ),
    "a field named like an annotation is removed": (
        schema(title={"type": "string"}),
        schema(),
        ["/title: removed"],
    ),
}


@pytest.mark.parametrize(("old", "new"), ALLOWED.values(), ids=ALLOWED)
def test_allowed_change_is_not_breaking(old: Schema, new: Schema) -> None:
    assert breaking_changes(old, new) == []


@pytest.mark.parametrize(("old", "new", "expected"), BREAKING.values(), ids=BREAKING)
def test_breaking_change_is_said_with_its_place(old: Schema, new: Schema, expected: list[str]) -> None:
    assert breaking_changes(old, new) == expected


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (schema(), True),
        ({**schema(), "description": "A day.", "$id": "urn:x"}, True),
        (schema(note_count={"type": "integer"}), False),
        (schema(()), False),
    ],
)
def test_same_ignores_words_alone(new: Schema, expected: bool) -> None:
    assert is_same(schema(), new) is expected
