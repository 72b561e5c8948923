"""The OpenAPI 3.1 document of each service's private interface and of the public API, made of the operations alone."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chassis.data.idempotency import KEY_LENGTH_MAX
from chassis.http.errors import PROBLEM_TYPE
from contracts.http import File, Problem
from contracts.operation import REQUIRED, Operation, Parameter, Place, operations_of
from contracts.types import SERVICES

REFERENCE: Final = "#/components/schemas/{model}"
PUBLIC: Final = "gateway"
PUBLIC_BASE: Final = "/api/v1"
PUBLIC_WORDS: Final = "Sign in with POST /api/v1/sessions, then send its token in Authorization: Bearer."
JSON_TYPE: Final = "application/json"

SCHEMES: Final[Mapping[str, Any]] = {
    "actor": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT signed by the identity service"},
    "browser": {"type": "apiKey", "in": "header", "name": "X-Session"},
    "session": {"type": "http", "scheme": "bearer"},
}
IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "The same key with the same body gives the same answer, and one effect.",
    "schema": {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH_MAX},
}
CIVIL_TIME: Final = {"format": "civil-time", "pattern": r"^[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?$"}
PROBLEM_ANSWER: Final = {
    "description": "A refusal, with a stable code (RFC 9457).",
    "content": {PROBLEM_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}},
}


def operations(service: str) -> tuple[Operation[..., Any], ...]:
    """What a service offers."""
    return operations_of(service)


def public_operations() -> tuple[Operation[..., Any], ...]:
    """What the public API offers."""
    return tuple(operation for service in SERVICES for operation in operations(service) if operation.public)


def openapi_documents() -> dict[str, dict[str, Any]]:
    """The documents by application name."""
    private = {
        name: document(f"{name} service (private)", [(item.path, item) for item in operations(name)])
        for name in SERVICES
    }
    public = [(f"{PUBLIC_BASE}{item.public}", item) for item in public_operations()]
    return {**private, PUBLIC: document("Portail famille", public, is_public=True)}


def document(
    title: str, offered: Iterable[tuple[str, Operation[..., Any]]], *, is_public: bool = False
) -> dict[str, Any]:
    """The document of operations under the paths where they are offered."""
    offered = list(offered)
    references, schemas = _schemas([operation for _, operation in offered])
    paths: dict[str, Any] = {}
    used: set[str] = set()
    for path, operation in offered:
        described = _operation(operation, references)
        if scheme := _scheme(operation, is_public=is_public):
            described["security"] = [{scheme: []}]
            used.add(scheme)
        paths.setdefault(path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1.0.0", **({"description": PUBLIC_WORDS} if is_public else {})},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {name: SCHEMES[name] for name in sorted(used)}},
    }


def _scheme(operation: Operation[..., Any], *, is_public: bool) -> str | None:
    if operation.access.is_open:
        return None
    if is_public:
        return "session"
    return "browser" if operation.access.is_of_session else "actor"


def _schemas(offered: Iterable[Operation[..., Any]]) -> tuple[Mapping[Any, Any], dict[str, Any]]:
    """The schema of each model, as it is sent and as it is answered, and where it stands."""
    bodies: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (item.body, "validation") for item in offered if item.body is not None
    ]
    answers: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (item.answer, "serialization") for item in offered if item.answer not in (None, File)
    ]
    problem: tuple[type[BaseModel], JsonSchemaMode] = (Problem, "serialization")
    wanted = list({*bodies, *answers, problem})
    references, definitions = models_json_schema(wanted, ref_template=REFERENCE)
    definitions = json.loads(json.dumps(definitions), object_hook=_civil_time)
    # Answers stay open: a reader ignores a field that it does not know.
    schemas = dict(sorted(definitions["$defs"].items()))
    closed = {references[key]["$ref"].rpartition("/")[2] for key in bodies}
    for name in _reachable(closed, schemas) ^ schemas.keys():
        schemas[name].pop("additionalProperties", None)
    return references, schemas


def _civil_time(schema: dict[str, Any]) -> dict[str, Any]:
    """A time on the town's clock has no offset, and no format of its own in JSON Schema."""
    return {**schema, **CIVIL_TIME} if schema.get("format") == "time" else schema


def _reachable(names: Iterable[str], schemas: Mapping[str, Any]) -> set[str]:
    """These schemas and all that they are made of."""
    reachable, waiting = set(names), list(names)
    while waiting:
        for name in _referred(schemas[waiting.pop()]):
            if name not in reachable:
                reachable.add(name)
                waiting.append(name)
    return reachable


def _referred(node: Any) -> Iterable[str]:
    if isinstance(node, Mapping):
        if "$ref" in node:
            yield str(node["$ref"]).rpartition("/")[2]
        for value in node.values():
            yield from _referred(value)
    elif isinstance(node, list):
        for value in node:
            yield from _referred(value)


def _operation(operation: Operation[..., Any], references: Mapping[Any, Any]) -> dict[str, Any]:
    parameters = [_parameter(item) for item in operation.parameters if item.place is not Place.BODY]
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.service],
        "summary": operation.summary,
        "parameters": [*parameters, *([IDEMPOTENCY_KEY] if operation.is_keyed else [])],
        "responses": {str(operation.status): _answer(operation, references), "default": PROBLEM_ANSWER},
    }
    if operation.body is not None:
        schema = references[operation.body, "validation"]
        described["requestBody"] = {"required": True, "content": {JSON_TYPE: {"schema": schema}}}
    return {name: value for name, value in described.items() if value != []}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    is_in_path = parameter.place is Place.PATH
    # What is None is left out of an address: it has no text.
    whole = TypeAdapter(parameter.type).json_schema()
    schema = next((part for part in whole.get("anyOf", ()) if part.get("type") != "null"), whole)
    if "$ref" in schema:
        schema = dict(whole["$defs"][schema["$ref"].rpartition("/")[2]])
    if parameter.default not in (REQUIRED, None):
        schema["default"] = parameter.default
    return {
        "name": parameter.name,
        "in": "path" if is_in_path else "query",
        "required": is_in_path or parameter.default is REQUIRED,
        "schema": schema,
    }


def _answer(operation: Operation[..., Any], references: Mapping[Any, Any]) -> dict[str, Any]:
    if operation.answer is None:
        return {"description": "Done."}
    if operation.answer is File:
        return {
            "description": "The file.",
            "content": {operation.file_type: {"schema": {"type": "string", "format": "binary"}}},
        }
    schema = references[operation.answer, "serialization"]
    return {"description": "The answer.", "content": {JSON_TYPE: {"schema": schema}}}
