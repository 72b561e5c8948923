"""The OpenAPI 3.1 document of each service's private interface and of the gateway's public one, from the real applications.

What an application's own description leaves out is added here from the way routes are written: a route that takes the
`actor` needs a token, one that takes the `claim` needs an idempotency key, its docstring is its summary, every other
answer is a problem document, and request models are closed. The applications are reached by name, as this is a tool that looks at them: no contract
depends on a service.
"""

import importlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from chassis.data.idempotency import KEY_LENGTH_MAX
from chassis.http.errors import PROBLEM_TYPE
from chassis.service import Service, build
from chassis.settings import ServiceSettings
from contracts.http import Problem
from contracts.types import SERVICES
from deploy.local.secrets import ensure_secrets

TOWN_FILE = Path(__file__).parents[2] / "deploy" / "towns" / "demo" / "town.toml"
METHODS: Final = ("get", "post", "put", "patch", "delete")
REFERENCE: Final = "#/components/schemas/"

ACTOR_TOKEN: Final = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT signed by the identity service"}
IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "The same key with the same body gives the same answer, and one effect.",
    "schema": {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH_MAX},
}
CIVIL_TIME: Final = {"type": "string", "pattern": r"^[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?$"}
"""What the framework takes for a duration: a time on the town's clock, which has no format of its own in JSON Schema."""
PROBLEM_ANSWER: Final = {
    "description": "A refusal, with a stable code (RFC 9457).",
    "content": {PROBLEM_TYPE: {"schema": {"$ref": f"{REFERENCE}Problem"}}},
}


def openapi_documents() -> dict[str, dict[str, Any]]:
    """The documents by application name; no application is started."""
    with tempfile.TemporaryDirectory() as folder:
        secrets_dir = Path(folder)
        ensure_secrets(secrets_dir)
        return {
            **{name: describe(build(*load_service(name, secrets_dir))) for name in SERVICES},
            "gateway": describe(load_gateway(secrets_dir)),
        }


def describe(app: Litestar) -> dict[str, Any]:
    """The document of an application."""
    described = json.dumps(app.openapi_schema.to_schema(), sort_keys=True)
    document: dict[str, Any] = json.loads(described, object_hook=_civil_times)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas |= _problem_schemas()
    handlers = _handlers(app)
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                _complete(item[method], handlers[path, method.upper()])
                for name in _named_schemas(item[method].get("requestBody"), schemas, set()):
                    schemas[name]["additionalProperties"] = False
    if any("actor" in handler.parsed_fn_signature.parameters for handler in handlers.values()):
        components.setdefault("securitySchemes", {})["actor"] = ACTOR_TOKEN
    return document


def _civil_times(schema: dict[str, Any]) -> dict[str, Any]:
    return dict(CIVIL_TIME) if schema.get("format") == "duration" else schema


def _complete(operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    """Add what the route itself says, and replace the answers that the framework guesses by ours."""
    operation["summary"] = " ".join((handler.fn.__doc__ or "").split())
    answers = {
        status: answer
        for status, answer in operation["responses"].items()
        if status.startswith(("2", "3")) or PROBLEM_TYPE in answer.get("content", {})
    }
    operation["responses"] = {**answers, "default": PROBLEM_ANSWER}
    if "actor" in handler.parsed_fn_signature.parameters:
        operation["security"] = [{"actor": []}]
    if "claim" in handler.parsed_fn_signature.parameters:
        others = [item for item in operation.get("parameters", ()) if item["name"] != IDEMPOTENCY_KEY["name"]]
        operation["parameters"] = [*others, IDEMPOTENCY_KEY]


def _handlers(app: Litestar) -> dict[tuple[str, str], HTTPRouteHandler]:
    """The routes of an application, by path and method."""
    return {
        (route.path_format, method): handler
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if isinstance(handler, HTTPRouteHandler)
        for method in handler.http_methods
    }


def _named_schemas(node: Any, schemas: Mapping[str, Any], seen: set[str]) -> Iterator[str]:
    """The names of the object schemas that a part of the document uses, however deep."""
    if isinstance(node, Mapping):
        name = str(node.get("$ref", "")).removeprefix(REFERENCE)
        if name in schemas and name not in seen:
            seen.add(name)
            if "properties" in schemas[name]:
                yield name
            yield from _named_schemas(schemas[name], schemas, seen)
        for value in node.values():
            yield from _named_schemas(value, schemas, seen)
    elif isinstance(node, list):
        for value in node:
            yield from _named_schemas(value, schemas, seen)


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template=REFERENCE + "{model}")
    return {**schema.pop("$defs"), "Problem": schema}


def load_service(name: str, secrets_dir: Path) -> tuple[Service, ServiceSettings]:
    """A service of the demo town as it is really wired, with settings that reach nothing."""
    settings: ServiceSettings = _settings(f"services.{name}", f"{name.capitalize()}Settings")(
        **_common_settings(secrets_dir),
        database_url="postgresql://nobody@127.0.0.1:1/none",
        kafka_bootstrap_servers="127.0.0.1:1",
    )
    service: Service = importlib.import_module(f"services.{name}.app").create(settings)
    return service, settings


def load_gateway(secrets_dir: Path) -> Litestar:
    """The gateway of the demo town, which reaches no service."""
    addresses = {f"{name}_url": "http://127.0.0.1:1" for name in SERVICES}
    settings = _settings("gateway", "GatewaySettings")(**_common_settings(secrets_dir), **addresses)
    app: Litestar = importlib.import_module("gateway.app").create(settings)
    return app


def _settings(package: str, name: str) -> Any:
    return getattr(importlib.import_module(f"{package}.settings"), name)


def _common_settings(secrets_dir: Path) -> dict[str, Any]:
    """What some process or other must be told; each ignores what is not for it."""
    return {
        "http_port": 1,
        "town_file": TOWN_FILE,
        "secrets_dir": secrets_dir,
        "portal_url": "http://localhost:8000",
        "payfip_url": "http://127.0.0.1:1",
        "smtp_host": "127.0.0.1",
    }
