"""The AsyncAPI 3.0 document of a town: every topic as a channel, every event as a message with its schema and examples.

It describes the portal as one application, so each topic has one `send` operation, of the service that owns it. Who
reads a topic inside the portal, who else may, and what is personal stands in `x-` fields. AsyncAPI's Kafka bindings give
partitions and settings.
Source: asyncapi/spec 3.0.0; asyncapi/bindings kafka 0.5.0.
"""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from contracts.event import CONTENT_TYPE, Event
from contracts.registry import TOPICS
from contracts.topic import Topic, TopicKind
from tools.contracts.event_schema import SCHEMAS_FOLDER, example_files, schema_file

SPECIFICATION_VERSION = "3.0.0"
BINDING_VERSION = "0.5.0"
SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"

HEADERS: Mapping[str, str] = {
    "ce_specversion": "CloudEvents version, 1.0.",
    "ce_id": "Unique for each event; claim it to apply an event once.",
    "ce_source": "The service that published it, e.g. /portail-famille/booking.",
    "ce_type": "<service>.<event>.v<major>.",
    "ce_time": "When it was committed, RFC 3339, UTC.",
    "ce_subject": "The record key.",
    "ce_dataschema": "The name of the payload's JSON Schema, with its minor version.",
    "ce_sequence": "Counts from 1 for each topic and key: the order of facts, the version of a state.",
    "content-type": f"{CONTENT_TYPE}; the value is the event's data (CloudEvents binary mode).",
}
OPTIONAL_HEADERS: Mapping[str, str] = {
    "ce_actor": "Who acted: agent:<account id>, parent:<guardian id> or system:<id>; missing where nobody did.",
    "ce_channel": "Which way: portal, counter, api or job; missing where another event was the cause.",
    "traceparent": "W3C Trace Context of what caused the event.",
}


def asyncapi_document() -> str:
    """The document, as YAML."""
    document = {
        "asyncapi": SPECIFICATION_VERSION,
        "info": {
            "title": "Portail famille",
            "version": "1.0.0",
            "description": "Events of a town's family portal: CloudEvents 1.0 in binary mode on Kafka, JSON values.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": {f"publish.{topic.name}": _operation(topic) for topic in TOPICS},
        "components": {
            "messages": {event.event_type: _message(event, topic) for topic in TOPICS for event in topic.events},
            "messageTraits": {"cloudevent": _cloudevent()},
        },
    }
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120))


def _channel(topic: Topic) -> dict[str, Any]:
    settings = topic.configuration()
    erasure = " A record without a value erases the aggregate of its key." if topic.kind is TopicKind.STATE else ""
    return {
        "address": topic.name,
        "description": f"{topic.kind.value} topic, keyed by {topic.key}, after the town's topic prefix if any.{erasure}",
        "messages": {event.event_type: {"$ref": f"#/components/messages/{event.event_type}"} for event in topic.events},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": [settings["cleanup.policy"]],
                    **{
                        name: int(settings[name])
                        for name in ("retention.ms", "delete.retention.ms")
                        if name in settings
                    },
                },
                "bindingVersion": BINDING_VERSION,
            }
        },
        "x-kind": topic.kind.value,
        "x-visibility": topic.visibility.value,
        "x-consumers": list(topic.consumers),
    }


def _operation(topic: Topic) -> dict[str, Any]:
    channel = f"#/channels/{topic.name}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "summary": f"Published by the {topic.producer} service.",
        "messages": [{"$ref": f"{channel}/messages/{event.event_type}"} for event in topic.events],
    }


def _message(event: type[Event], topic: Topic) -> dict[str, Any]:
    return {
        "name": event.event_type,
        "title": event.__name__,
        "summary": " ".join((event.__doc__ or "").split()),
        "contentType": CONTENT_TYPE,
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
        "payload": {
            "schemaFormat": SCHEMA_FORMAT,
            "schema": {"$ref": f"./{schema_file(event).relative_to(SCHEMAS_FOLDER.parent)}"},
        },
        "bindings": {"kafka": {"key": {"type": "string", "description": topic.key}, "bindingVersion": BINDING_VERSION}},
        "examples": [
            {"name": path.stem, "payload": json.loads(path.read_text())}
            for path in example_files(event)
            if path.name.startswith(f"{event.schema_version}.")
        ],
    }


def _cloudevent() -> dict[str, Any]:
    described = {name: {"type": "string", "description": text} for name, text in HEADERS.items()}
    optional = {name: {"type": "string", "description": text} for name, text in OPTIONAL_HEADERS.items()}
    return {"headers": {"type": "object", "required": list(HEADERS), "properties": {**described, **optional}}}
