"""The OpenAPI documents: valid, complete, and the same as the route tables that `api.py` modules promise."""

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from contracts.types import SERVICES

FOLDER = Path(__file__).parents[2] / "contracts" / "openapi"
APPLICATIONS = (*SERVICES, "gateway")
METHODS = ("get", "post", "put", "patch", "delete")
PROMISED_ROUTE = re.compile(r"^ *(GET|POST|PUT|PATCH|DELETE) +(/[^\s?\[]*)", re.MULTILINE)


def read(name: str) -> Any:
    """A committed document."""
    return json.loads((FOLDER / f"{name}.json").read_text())


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    """Every operation with its method and path."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


def promised_routes(text: str) -> set[tuple[str, str]]:
    """The routes of a table such as that of `contracts.booking.api`."""
    return set(PROMISED_ROUTE.findall(text))


def test_there_is_a_document_for_each_application() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(APPLICATIONS)


@pytest.mark.parametrize("name", APPLICATIONS)
def test_document_is_valid_openapi_3_1(name: str) -> None:
    document = read(name)
    assert document["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_invalid_document_would_be_found() -> None:
    document = read("family")
    del document["info"]["title"]
    assert list(OpenAPIV31SpecValidator(document).iter_errors())


@pytest.mark.parametrize("name", APPLICATIONS)
def test_every_operation_says_what_it_is(name: str) -> None:
    found = list(operations(read(name)))
    assert found
    identifiers = [operation["operationId"] for _, _, operation in found]
    assert len(set(identifiers)) == len(identifiers)
    for method, path, operation in found:
        assert operation["summary"], f"{method} {path}"
        assert "application/problem+json" in operation["responses"]["default"]["content"]


@pytest.mark.parametrize("service", SERVICES)
def test_service_serves_the_routes_that_its_contract_promises(service: str) -> None:
    table = importlib.import_module(f"contracts.{service}.api").__doc__ or ""
    assert {(method, path) for method, path, _ in operations(read(service))} == promised_routes(table)


def test_route_table_is_read_as_it_is_written() -> None:
    table = (
        "Routes\n\n    GET    /slots?activity_id=&from_on=  -> Page\nPUT /slots/{slot_id}/attendance X\nno GET /here"
    )
    assert promised_routes(table) == {("GET", "/slots"), ("PUT", "/slots/{slot_id}/attendance")}
