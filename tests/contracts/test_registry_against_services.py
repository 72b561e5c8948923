"""The registry against reality: what it says of topics, readers and events is what the services really do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts import billing, booking, family, identity, notifications
from contracts.event import Event
from contracts.registry import EVENTS, TOPICS
from contracts.topic import Topic, TopicKind
from contracts.types import SERVICES
from tests.support.wiring import load_service

REPOSITORY = Path(__file__).parents[2]
EVENTS_MODULE = re.compile(r"contracts\.\w+\.(\w+_)?events")


def declared_events() -> Iterator[type[Event]]:
    """Every event class, wherever it is declared."""
    assert {package.__name__ for package in (billing, booking, family, identity, notifications)} == {
        f"contracts.{name}" for name in SERVICES
    }
    waiting = list(Event.__subclasses__())
    while waiting:
        event = waiting.pop()
        waiting.extend(event.__subclasses__())
        if event.__module__.startswith("contracts."):
            yield event


def events_constructed(source: str) -> set[tuple[str, str]]:
    """The events that a module makes, as (service that owns the class, class name)."""
    tree = ast.parse(source)
    imported = {
        alias.asname or alias.name: (node.module.split(".")[1], alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("contracts.")
        if EVENTS_MODULE.fullmatch(node.module)
        for alias in node.names
    }
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    event_names = {event.__name__ for event in EVENTS.values()}
    return {imported[name] for name in called if name in imported and imported[name][1] in event_names}


def emitted_by(service: str) -> set[tuple[str, str]]:
    """The events that a service's code makes."""
    return {
        event
        for path in (REPOSITORY / "services" / service).rglob("*.py")
        for event in events_constructed(path.read_text())
    }


@pytest.mark.parametrize("service", SERVICES)
def test_service_subscribes_to_what_the_registry_says(service: str, secrets_dir: Path) -> None:
    declared = {topic.name for topic in TOPICS if service in topic.consumers}
    wired, _ = load_service(service, secrets_dir)
    assert set(wired.subscriptions.topics) == declared


@pytest.mark.parametrize("service", SERVICES)
def test_service_emits_its_own_events_and_all_of_them(service: str) -> None:
    declared = {(topic.producer, event.__name__) for topic in TOPICS for event in topic.events}
    assert emitted_by(service) == {(owner, name) for owner, name in declared if owner == service}


def test_foreign_event_would_be_found() -> None:
    source = "from contracts.billing.events import InvoicePaid as Paid\nfrom contracts.http import Page\nPaid(Page())"
    assert events_constructed(source) == {("billing", "InvoicePaid")}


def test_every_event_class_is_in_the_registry() -> None:
    assert set(declared_events()) == set(EVENTS.values())


def test_topics_and_event_types_are_named_once() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)
    assert len(EVENTS) == sum(len(topic.events) for topic in TOPICS)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_topic_says_the_same_as_its_events(topic: Topic) -> None:
    assert topic.producer in SERVICES
    assert set(topic.consumers) <= set(SERVICES)
    assert topic.name.startswith(f"{topic.producer}.")
    assert (topic.kind is TopicKind.STATE) == (topic.retention_days is None)
    for event in topic.events:
        assert EVENTS_MODULE.fullmatch(event.__module__)
        assert event.__module__.startswith(f"contracts.{topic.producer}.")
        assert event.topic == topic.name
        assert event.key_field == topic.key
        assert event.key_field in event.model_fields
        assert event.event_type.startswith(f"{topic.producer}.")
        assert event.event_type.rpartition(".v")[2] == event.schema_version.partition(".")[0]
