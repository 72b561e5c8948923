"""What the family service answers about a household's resources."""

from uuid import UUID

from contracts.family.models import Household
from contracts.family.permissions import FamilyPermission
from contracts.family.resources import (
    Declaration,
    DeclarationCreate,
    DeclarationDecision,
    HouseholdWithoutResources,
    QuotientPreview,
    Resources,
    ResourcesEntry,
)
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.operation import agents, families, get, post, put
from contracts.types import StepUp


@get("/me/resources", families())
async def own_resources(household_id: UUID | None = None) -> Resources:
    """The resources of one's household, with the documents that may prove others."""


@post("/resource-declarations", families(), is_repeatable=True, status=201)
async def declare_resources(body: DeclarationCreate) -> Declaration:
    """Declare a quotient, or an income, with a proof; an agent decides. The same again is the declaration that waits."""


@post("/resource-declarations/{declaration_id}/withdrawal", families(), is_repeatable=True)
async def withdraw_declaration(declaration_id: UUID) -> None:
    """Take back what the household declared, while it waits."""


@get("/households/{household_id}/resources", agents(FamilyPermission.CHANGE_QUOTIENTS))
async def read_resources(household_id: UUID) -> Resources:
    """The resources of a household, with incomes."""


@post("/households/{household_id}/quotient-preview", agents(FamilyPermission.CHANGE_QUOTIENTS), is_noted=False)
async def preview_quotient(household_id: UUID, body: ResourcesEntry) -> QuotientPreview:
    """What entering a quotient would change."""


@put("/households/{household_id}/quotient", agents(FamilyPermission.CHANGE_QUOTIENTS), step_up=StepUp.QUOTIENTS)
async def change_quotient(household_id: UUID, body: ResourcesEntry) -> Household:
    """Record the family quotient of a household from a day on; it cuts the one that counted."""


@get("/resource-declarations", agents(FamilyPermission.CHANGE_QUOTIENTS))
async def list_declarations(cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE) -> Page[Declaration]:
    """What families declared and nobody decided yet, the oldest first."""


@get("/resource-declarations/{declaration_id}", agents(FamilyPermission.CHANGE_QUOTIENTS))
async def read_declaration(declaration_id: UUID) -> Declaration:
    """What a family declared."""


@post(
    "/resource-declarations/{declaration_id}/decision",
    agents(FamilyPermission.CHANGE_QUOTIENTS),
    step_up=StepUp.QUOTIENTS,
    is_repeatable=True,
)
async def decide_declaration(declaration_id: UUID, body: DeclarationDecision) -> Declaration:
    """Accept what a family declared as a quotient, or refuse it. Its proof is decided with it."""


@get("/households-without-resources", agents(FamilyPermission.READ_RESOURCES))
async def households_without_resources(
    cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[HouseholdWithoutResources]:
    """Households with children whose days cost the highest price because no quotient counts today, by reference."""
