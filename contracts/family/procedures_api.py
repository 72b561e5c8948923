"""What the family service answers about procedures."""

from uuid import UUID

from contracts.family.permissions import FamilyPermission
from contracts.family.procedure_words import Code
from contracts.family.procedures import (
    OwnProcedures,
    ProcedureCheck,
    ProcedureDraft,
    ProcedurePublication,
    ProcedureSummary,
    PublishedProcedure,
)
from contracts.http import Page
from contracts.operation import EVERYBODY, agents, families, get, post


@get("/public-procedures", EVERYBODY)
async def public_procedures() -> Page[ProcedureSummary]:
    """What everybody may know of the procedures of the town: those of a service with a key are not among them."""


@get("/me/procedures", families())
async def own_procedures(household_id: UUID | None = None) -> OwnProcedures:
    """What a household may ask for, and what is missing from the step before."""


@get("/procedures", agents(FamilyPermission.READ_REQUESTS))
async def list_procedures() -> Page[PublishedProcedure]:
    """The procedures of the town as they count."""


@get("/procedures/{code}", agents(FamilyPermission.READ_REQUESTS))
async def read_procedure(code: Code) -> PublishedProcedure:
    """A procedure with its versions."""


@post("/procedure-checks", agents(FamilyPermission.KEEP_PROCEDURES), is_noted=False, is_repeatable=True)
async def check_procedure(body: ProcedureDraft) -> ProcedureCheck:
    """Read a text without publishing it: its flaws by line, and what it would change."""


@post("/procedures", agents(FamilyPermission.KEEP_PROCEDURES), is_repeatable=True)
async def publish_procedure(body: ProcedurePublication) -> PublishedProcedure:
    """Publish the next version of a procedure; requests that were begun keep theirs. The same text again changes nothing."""
