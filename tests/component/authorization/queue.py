"""The agents' queue as the matrix needs it: things that wait, decisions on many that were taken, and what is posted about them."""

from typing import Any, Final
from uuid import uuid4

from tests.component.authorization import documents
from tests.component.authorization.matrix import Cell
from tests.component.authorization.world import World

REQUESTED: Final = (
    "decide_enrollment",
    "decide_enrollments",
    "keep_enrollment_owner",
    "preview_enrollment_decisions",
)
"""What is done with a request that waits."""
BATCHES: Final = ("document_batch", "enrollment_batch")


async def batch(world: World, cell: Cell, name: str) -> str:
    """A decision on many things, which is one thing here."""
    if cell.expected != "ok":
        return uuid4().hex
    is_of_documents = cell.names == "document_batch"
    service = world.town.services["family" if is_of_documents else "booking"]
    item_id = await (documents.one_for(world, cell, name) if is_of_documents else world.request(name))
    body = {"item_ids": [item_id], "is_valid" if is_of_documents else "is_validated": True}
    path = "/document-decisions" if is_of_documents else "/enrollment-decisions"
    answer = await service.client.post(path, json=body, headers=service.as_system() | service.key())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["batch_id"])


async def _documents(_world: World, _cell: Cell, named: str | None) -> Any:
    return {"item_ids": [named], "is_valid": True}


async def _enrollments(_world: World, _cell: Cell, named: str | None) -> Any:
    return {"item_ids": [named], "is_validated": True}


async def _owner(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"owner_id": None, "known_owner_id": str(uuid4())}


BODIES: Final = {
    "preview_document_decisions": _documents,
    "decide_documents": _documents,
    "preview_enrollment_decisions": _enrollments,
    "decide_enrollments": _enrollments,
    "keep_owner": _owner,
    "keep_enrollment_owner": _owner,
}
