"""The AsyncAPI document. No package of ours holds the official schema of AsyncAPI 3.0, so the committed file is read by an
independent model of the specification (FastStream's), and the rules that the specification adds are checked here.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from faststream.specification.asyncapi.v3_0_0.schema.schema import ApplicationSchema

from contracts.registry import EVENTS, TOPICS

FILE = Path(__file__).parents[2] / "contracts" / "asyncapi.yaml"
ROOT_FIELDS = {"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"}


def read() -> Any:
    """The committed document."""
    return yaml.safe_load(FILE.read_text())


def structural_faults(document: Any) -> Iterator[str]:
    """What AsyncAPI 3.0 forbids, in the parts of it that we use."""
    if document.get("asyncapi") != "3.0.0":
        yield "the version is not 3.0.0"
    if unknown := document.keys() - ROOT_FIELDS:
        yield f"unknown root fields {sorted(unknown)}"
    for field in ("title", "version"):
        if field not in document.get("info", {}):
            yield f"info has no {field}"
    for reference in _references(document):
        if _resolve(document, reference) is None:
            yield f"{reference} leads nowhere"
    for name, operation in document["operations"].items():
        if operation.get("action") not in ("send", "receive"):
            yield f"{name}: the action is neither send nor receive"
        channel = operation["channel"].get("$ref", "")
        if not channel.startswith("#/channels/"):
            yield f"{name}: the channel is not a reference to a channel of the document"
        for message in operation["messages"]:
            if not message["$ref"].startswith(f"{channel}/messages/"):
                yield f"{name}: {message['$ref']} is not a message of its channel"


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _resolve(document: Any, reference: str) -> Any:
    file, _, pointer = reference.partition("#")
    if file:
        path = FILE.parent / file
        return json.loads(path.read_text()) if path.is_file() else None
    node = document
    for part in pointer.strip("/").split("/"):
        node = node.get(part) if isinstance(node, dict) else None
    return node


def test_document_is_asyncapi_3() -> None:
    assert list(structural_faults(read())) == []
    ApplicationSchema.model_validate(read())


@pytest.mark.parametrize(
    ("break_it", "fault"),
    [
        (lambda document: document.update(asyncapi="2.6.0"), "the version"),
        (lambda document: document.update(topics={}), "unknown root fields"),
        (lambda document: document["info"].pop("title"), "info has no title"),
        (lambda document: document["channels"].pop("booking.bookings"), "leads nowhere"),
        (lambda document: document["operations"]["publish.booking.bookings"].update(action="publish"), "the action"),
        (lambda document: document["components"]["messages"].pop("booking.booking_confirmed.v1"), "leads nowhere"),
        (
            lambda document: document["operations"]["publish.booking.bookings"]["messages"].append(
                {"$ref": "#/channels/family.households/messages/family.household_state.v1"}
            ),
            "not a message of its channel",
        ),
    ],
)
def test_broken_document_would_be_found(break_it: Any, fault: str) -> None:
    document = deepcopy(read())
    break_it(document)
    assert any(fault in message for message in structural_faults(document))


def test_document_holds_every_topic_and_event() -> None:
    document = read()
    assert set(document["channels"]) == {topic.name for topic in TOPICS}
    assert set(document["components"]["messages"]) == set(EVENTS)
    assert {operation["channel"]["$ref"] for operation in document["operations"].values()} == {
        f"#/channels/{topic.name}" for topic in TOPICS
    }


@pytest.mark.parametrize("name", EVENTS)
def test_examples_fit_the_payload(name: str) -> None:
    document = read()
    message = document["components"]["messages"][name]
    schema = _resolve(document, message["payload"]["schema"]["$ref"])
    assert schema["$id"].startswith(f"urn:portail-famille:{name}:")
    assert message["examples"]
    for example in message["examples"]:
        jsonschema_rs.validator_for(schema, validate_formats=True).validate(example["payload"])
