"""Golden examples: each is a record that some consumer has read once, so it must be readable for ever."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from contracts.event import Event
from contracts.registry import EVENTS
from tools.contracts.event_schema import SCHEMAS_FOLDER, example_files, schema_file

EXAMPLES = sorted(SCHEMAS_FOLDER.glob("*/examples/*.json"))


def schema_of(example: Path) -> Path:
    """The published schema of an example: `1.0.agent.json` is an example of version 1.0."""
    major, minor = example.name.split(".")[:2]
    return example.parents[1] / f"{major}.{minor}.json"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: f"{path.parents[1].name}/{path.stem}")
def test_example_fits_the_schema_of_its_version(example: Path) -> None:
    schema = json.loads(schema_of(example).read_text())
    jsonschema_rs.meta.validate(schema)
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(json.loads(example.read_text()))


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_current_example_is_what_the_publisher_writes(event: type[Event]) -> None:
    current = [path for path in example_files(event) if schema_of(path) == schema_file(event)]
    assert current
    for path in current:
        written = event.model_validate_json(path.read_bytes())
        assert json.loads(written.payload()) == json.loads(path.read_text())
        assert written.key == str(json.loads(path.read_text())[event.key_field])


def test_reader_ignores_a_field_of_a_later_minor_version() -> None:
    event = EVENTS["booking.booking_confirmed.v1"]
    payload = json.loads(example_files(event)[0].read_text())
    assert event.parse(json.dumps({**payload, "bus_line": "7"}).encode()) == event.parse(json.dumps(payload).encode())


def test_example_that_does_not_fit_would_be_found() -> None:
    event = EVENTS["booking.booking_confirmed.v1"]
    schema = json.loads(schema_file(event).read_text())
    payload = {**json.loads(example_files(event)[0].read_text()), "service_on": "16/09/2026"}
    assert not jsonschema_rs.validator_for(schema, validate_formats=True).is_valid(payload)
