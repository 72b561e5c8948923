"""What the identity service answers to an agent who invites many families at once."""

from uuid import UUID

from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.identity.events import InvitationFinding
from contracts.identity.invitation_runs import (
    BODY_BYTES_MAX,
    InvitationLine,
    InvitationRun,
    InvitationRunCreate,
)
from contracts.identity.permissions import IdentityPermission
from contracts.operation import agents, get, post


@post(
    "/invitation-runs",
    agents(IdentityPermission.INVITE_MANY),
    is_keyed=True,
    is_slow=True,
    status=201,
    body_max_bytes=BODY_BYTES_MAX,
)
async def propose_invitation_run(body: InvitationRunCreate) -> InvitationRun:
    """Look at whom a file, or a choice, would invite; nobody is invited before the run is confirmed."""


@get("/invitation-runs", agents(IdentityPermission.INVITE_MANY))
async def list_invitation_runs() -> Page[InvitationRun]:
    """The last runs, the newest first."""


@get("/invitation-runs/{run_id}", agents(IdentityPermission.INVITE_MANY))
async def read_invitation_run(run_id: UUID) -> InvitationRun:
    """A run and how far it has come."""


@get("/invitation-runs/{run_id}/lines", agents(IdentityPermission.INVITE_MANY))
async def list_invitation_lines(
    run_id: UUID, finding: InvitationFinding | None = None, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[InvitationLine]:
    """The report of a run line by line, or those of its lines that come to the same."""


@post("/invitation-runs/{run_id}/confirmation", agents(IdentityPermission.INVITE_MANY), is_repeatable=True)
async def confirm_invitation_run(run_id: UUID) -> InvitationRun:
    """Have those invited whom the run found; one that was confirmed already stays as it is."""
