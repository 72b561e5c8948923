"""The OpenAPI documents are valid and complete, and each service serves the operations that its contract declares."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from chassis.http.routes import OPERATION, check_provided, serves
from contracts.booking.api import decide_enrollment
from contracts.booking.models import Enrollment, EnrollmentDecision
from contracts.operation import operations_of
from contracts.types import SERVICES
from tests.support.wiring import load_service

FOLDER = Path(__file__).parents[2] / "contracts" / "openapi"
APPLICATIONS = (*SERVICES, "gateway")
METHODS = ("get", "post", "put", "patch", "delete")


def read(name: str) -> Any:
    """A committed document."""
    return json.loads((FOLDER / f"{name}.json").read_text())


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    """Every operation with its method and path."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


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
    published = list(operations(read(name)))
    assert published
    identifiers = [operation["operationId"] for _, _, operation in published]
    assert len(set(identifiers)) == len(identifiers)
    for method, path, operation in published:
        assert operation["summary"], f"{method} {path}"
        assert "application/problem+json" in operation["responses"]["default"]["content"]


@pytest.mark.parametrize("service", SERVICES)
def test_service_serves_each_operation_of_its_contract_once(service: str, secrets_dir: Path) -> None:
    declared = operations_of(service)
    served = [route.opt[OPERATION] for route in load_service(service, secrets_dir)[0].routes]
    assert sorted(operation.name for operation in served) == sorted(operation.name for operation in declared)
    assert {(operation.method, operation.path) for operation in served} == {
        (method, path) for method, path, _ in operations(read(service))
    }


def test_a_function_that_does_not_fit_its_operation_is_refused() -> None:
    async def other_type(enrollment_id: str, body: EnrollmentDecision) -> Enrollment:
        """Its signature says all."""

    async def other_answer(enrollment_id: UUID, body: EnrollmentDecision) -> None:
        """Its signature says all."""

    async def nothing() -> Enrollment:
        """Its signature says all."""

    for function in (other_type, other_answer, nothing):
        with pytest.raises(TypeError, match=f"{function.__name__}.* serves decide_enrollment and needs"):
            serves(decide_enrollment)(function)


def test_a_function_that_asks_for_what_nobody_provides_is_refused() -> None:
    @serves(decide_enrollment)
    async def decide(enrollment_id: UUID, body: EnrollmentDecision, zone: ZoneInfo) -> Enrollment:
        """Its signature says all."""

    with pytest.raises(TypeError, match="decide_enrollment: nobody provides `zone: "):
        check_provided([decide], {})
    check_provided([decide], {ZoneInfo: ZoneInfo("Europe/Paris")})
