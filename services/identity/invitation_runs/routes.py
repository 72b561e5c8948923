"""HTTP routes of runs of invitations."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.identity import invitation_runs_api as api
from contracts.identity.events import InvitationFinding
from contracts.identity.invitation_runs import InvitationLine, InvitationRun, InvitationRunCreate

from ..settings import IdentityRules
from . import commands, queries
from .queries import LinesAsked


@serves(api.propose_invitation_run)
async def propose_invitation_run(
    body: InvitationRunCreate, db: Database, actor: Actor, claim: Claim, rules: IdentityRules
) -> InvitationRun:
    return await commands.propose(db, actor, claim, rules, body)


@serves(api.list_invitation_runs)
async def list_invitation_runs(db: Database, rules: IdentityRules) -> Page[InvitationRun]:
    return await queries.list_runs(db, rules)


@serves(api.read_invitation_run)
async def read_invitation_run(run_id: UUID, db: Database, rules: IdentityRules) -> InvitationRun:
    return await queries.read_run(db, rules, run_id)


@serves(api.list_invitation_lines)
async def list_invitation_lines(
    run_id: UUID,
    db: Database,
    finding: InvitationFinding | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[InvitationLine]:
    return await queries.list_lines(db, LinesAsked(run_id, finding, cursor, limit))


@serves(api.confirm_invitation_run)
async def confirm_invitation_run(run_id: UUID, db: Database, actor: Actor, rules: IdentityRules) -> InvitationRun:
    return await commands.confirm(db, actor, rules, run_id)


ROUTES = (
    propose_invitation_run,
    list_invitation_runs,
    read_invitation_run,
    list_invitation_lines,
    confirm_invitation_run,
)
