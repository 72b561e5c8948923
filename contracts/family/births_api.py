"""What the family service answers about children who are expected."""

from uuid import UUID

from contracts.family.births import Birth, BornChild, ExpectedChild
from contracts.family.permissions import FamilyPermission
from contracts.http import Cursor, Page
from contracts.operation import agents, get, post


@get("/expected-children", agents(FamilyPermission.KEEP_HOUSEHOLDS))
async def list_expected_children(cursor: Cursor | None = None) -> Page[ExpectedChild]:
    """The children whose birth is expected, or was and is not registered; the earliest first, so that those of whom nothing is heard come first."""


@post("/children/{child_id}/birth", agents(FamilyPermission.KEEP_HOUSEHOLDS), is_repeatable=True)
async def register_birth(child_id: UUID, body: Birth) -> BornChild:
    """Say that a child who was expected is born: the same child, by its own name and birth date from now on."""
