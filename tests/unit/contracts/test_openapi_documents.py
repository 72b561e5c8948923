"""The OpenAPI document that is made of operations, on two of them."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from contracts.event import Model
from contracts.operation import EVERYBODY, Operation, families, get, post
from tools.contracts.openapi_documents import document as document_of


class Door(Model):
    """A door."""

    side: str


class DoorCreate(Model):
    """A new door, with doors in it."""

    side: str
    inner: tuple[Door, ...] = ()


class Opened(Model):
    """What is answered."""

    count: int


async def doors(side: str | None = None) -> Opened:
    """How many doors there are,
    all in all."""
    return Opened(count=len(side or ""))


async def open_door(body: DoorCreate) -> Opened:
    """Open one."""
    return Opened(count=len(body.side))


@pytest.fixture(scope="module")
def document() -> Any:
    """The document of these two operations."""
    offered: list[Operation[..., Any]] = [
        get("/doors", EVERYBODY)(doors),
        post("/doors", families(), is_keyed=True, status=201)(open_door),
    ]
    return document_of("Doors", [(operation.path, operation) for operation in offered])


def test_document_is_valid(document: Any) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_docstring_is_the_summary(document: Any) -> None:
    assert document["paths"]["/doors"]["get"]["summary"] == "How many doors there are, all in all."


def test_who_may_call_becomes_a_token_and_the_key_a_header(document: Any) -> None:
    anonymous, protected = document["paths"]["/doors"]["get"], document["paths"]["/doors"]["post"]
    assert "security" not in anonymous
    assert [(item["name"], item["required"]) for item in anonymous["parameters"]] == [("side", False)]
    assert protected["security"] == [{"actor": []}]
    assert [parameter["name"] for parameter in protected["parameters"]] == ["Idempotency-Key"]
    assert document["components"]["securitySchemes"]["actor"]["scheme"] == "bearer"


def test_every_other_answer_is_a_problem(document: Any) -> None:
    responses = document["paths"]["/doors"]["post"]["responses"]
    assert set(responses) == {"201", "default"}
    assert set(responses["default"]["content"]) == {"application/problem+json"}


def test_request_models_are_closed_however_deep_and_answers_stay_open(document: Any) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["DoorCreate"]["additionalProperties"] is False
    assert schemas["Door"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["Opened"]
