"""What is added to an application's own OpenAPI description, on a small application."""

from typing import Any

import pytest
from litestar import Litestar, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody
from openapi_spec_validator import OpenAPIV31SpecValidator

from contracts.event import Model
from tools.contracts.openapi_documents import describe


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


@get("/doors", operation_id="doors")
async def doors() -> Opened:
    """How many doors there are,
    all in all."""
    return Opened(count=0)


@post("/doors", operation_id="open_door")
async def open_door(actor: NamedDependency[str], claim: NamedDependency[str], data: JSONBody[DoorCreate]) -> Opened:
    """Open one."""
    return Opened(count=len(actor + claim + data.side))


@pytest.fixture(scope="module")
def document() -> Any:
    """The document of an application with these two routes."""
    actor = Provide(lambda: "somebody", sync_to_thread=False)
    claim = Provide(lambda: "a key", sync_to_thread=False)
    return describe(Litestar([doors, open_door], dependencies={"actor": actor, "claim": claim}))


def test_document_is_valid(document: Any) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_docstring_is_the_summary(document: Any) -> None:
    assert document["paths"]["/doors"]["get"]["summary"] == "How many doors there are, all in all."


def test_actor_and_claim_become_a_token_and_a_header(document: Any) -> None:
    anonymous, protected = document["paths"]["/doors"]["get"], document["paths"]["/doors"]["post"]
    assert "security" not in anonymous
    assert "parameters" not in anonymous
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
