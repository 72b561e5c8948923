"""What a service offers is there for somebody: a page calls it, or the public API hands it on."""

from collections.abc import Mapping
from typing import Final

from contracts.operation import Operation, operations_of
from contracts.types import SERVICES
from tests.tidy.tree import files, nodes, text_of

NOT_YET: Final[Mapping[str, str]] = {
    "list_offers": "the catalogue of a child",
    "read_payment": "the page of a receipt",
}
"""Operations that nothing calls yet but the town's own tools and the tests, and what they wait for."""


def _names_in_pages() -> set[str]:
    """Every name that the code of pages and of the gateway reads."""
    read = (node for path in files("portal", "gateway") for node in nodes(text_of(path)))
    return {name for node in read if (name := getattr(node, "id", None) or getattr(node, "attr", None))}


def test_every_operation_is_reached_by_a_page_or_by_the_public_api() -> None:
    reached = _names_in_pages()
    operations: list[Operation[..., object]] = [
        operation for service in SERVICES for operation in operations_of(service)
    ]
    unreached = {operation.name for operation in operations if not operation.public and operation.name not in reached}
    assert unreached == set(NOT_YET)
