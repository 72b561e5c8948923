"""The published form of an event class: a JSON Schema 2020-12 document, named by the URN that its records carry."""

from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from contracts.event import Event, data_schema

SCHEMAS_FOLDER = Path(__file__).parents[2] / "contracts" / "schemas"


class _WithoutFieldTitles(GenerateJsonSchema):
    """A title derived from a field's name says nothing that the name does not."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def event_schema(event: type[Event]) -> dict[str, Any]:
    """What a consumer may rely on. The model is open: a later minor version may add optional fields."""
    schema = event.model_json_schema(schema_generator=_WithoutFieldTitles)
    _open(schema)
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": data_schema(event.event_type, event.schema_version),
        **schema,
    }


def schema_file(event: type[Event], folder: Path = SCHEMAS_FOLDER) -> Path:
    """Where this version of an event is published: `<service>.<event>/<major.minor>.json`."""
    return folder / event.event_type.rpartition(".v")[0] / f"{event.schema_version}.json"


def example_files(event: type[Event], folder: Path = SCHEMAS_FOLDER) -> list[Path]:
    """The golden examples of every published version of this major, oldest first: `examples/<major.minor>*.json`."""
    major = event.event_type.rpartition(".v")[2]
    return sorted((schema_file(event, folder).parent / "examples").glob(f"{major}.*.json"))


def _open(node: Any) -> None:
    if isinstance(node, dict):
        if node.get("additionalProperties") is False:
            del node["additionalProperties"]
        for value in node.values():
            _open(value)
    elif isinstance(node, list):
        for value in node:
            _open(value)
