"""The catalogue of topics and events, as the page that partners and newcomers read first (`contracts/README.md`)."""

from collections.abc import Iterator

from contracts.event import Event
from contracts.registry import TOPICS
from contracts.topic import Topic, TopicKind, Visibility
from tools.contracts.event_schema import SCHEMAS_FOLDER, example_files, schema_file

INTRODUCTION = """\
# Contracts

The public face of every service: the events it publishes, the operations it serves over private HTTP, and nothing of how it
works. This page is written by `python -m tools.contracts.evolve` (`tools/contracts/catalogue.py`) from the classes; `--check` compares it.

- [asyncapi.yaml](asyncapi.yaml): every topic and event, for tools. [openapi/](openapi): the HTTP interface of each service.
- [registry.py](registry.py): every topic, its owner and its readers. `<service>/events.py`: the events; `<service>/api.py`: the
  operations, `<service>/models.py`: what they take and answer, as tables in [docs/reference/](../docs/reference/booking.md).
- [schemas/](schemas): one JSON Schema a version, which never changes once published, with golden examples beside it.

Records are CloudEvents 1.0 in binary mode: `ce_*` headers, a JSON value, the record key in `ce_subject`. A reader ignores
fields that it does not know. `ce_id` is the same however often a record arrives; `ce_sequence` counts from 1 for each
topic and key. `ce_actor` and `ce_channel` say who acted, by id, and which way; they are missing where nobody did. A minor version adds optional fields only; anything else is a new type, `.v2`, published beside the old one.

A *state* topic is compacted: the last record of a key is the whole aggregate, a record without a value erases it, and only
here may personal data travel. A *facts* topic says what happened, with identifiers, dates, states and amounts alone. A
*secret* topic carries sealed credentials for one service and forgets them within a day.
"""


def catalogue() -> str:
    """The page, as Markdown."""
    return "\n".join([INTRODUCTION, *_overview(), "", *(line for topic in TOPICS for line in _section(topic))])


def _overview() -> Iterator[str]:
    yield "| Topic | Kind | Key | Partitions | Kept | Owner | Read by |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for topic in TOPICS:
        readers = [*topic.consumers, *(["partners"] if topic.visibility is Visibility.PARTNER else [])]
        yield (
            f"| [{topic.name}](#{topic.name.replace('.', '')}) | {topic.kind.value} | {topic.key} | {topic.partitions} "
            f"| {_kept(topic)} | {topic.producer} | {', '.join(readers) or 'nobody yet'} |"
        )


def _section(topic: Topic) -> Iterator[str]:
    yield f"## {topic.name}"
    yield ""
    for event in topic.events:
        yield from _event(event)


def _event(event: type[Event]) -> Iterator[str]:
    schema = schema_file(event)
    examples = ", ".join(_link(path.stem, path) for path in example_files(event))
    yield f"**{event.__name__}** `{event.event_type}`: {' '.join((event.__doc__ or '').split())}"
    yield ""
    yield f"Fields: {', '.join(f'`{name}`' for name in event.model_fields)}."
    yield f"Schema {_link(event.schema_version, schema)}, examples {examples}."
    yield ""


def _kept(topic: Topic) -> str:
    if topic.kind is TopicKind.STATE:
        return "for ever, last of each key"
    return f"{topic.retention_days or 1} days"


def _link(text: str, path: object) -> str:
    return f"[{text}]({str(path).removeprefix(f'{SCHEMAS_FOLDER.parent}/')})"
