"""HTTP routes of decisions on many requests."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.booking import queue_api as api
from contracts.booking.decisions import EnrollmentsDecision
from contracts.queue import DecisionPreview, DecisionReport

from . import commands, queries


@serves(api.preview_enrollment_decisions)
async def preview_enrollment_decisions(body: EnrollmentsDecision, db: Database, actor: Actor) -> DecisionPreview:
    return await queries.preview(db, actor, body)


@serves(api.decide_enrollments)
async def decide_enrollments(body: EnrollmentsDecision, db: Database, actor: Actor, claim: Claim) -> DecisionReport:
    return await commands.decide_enrollments(db, actor, claim, body)


@serves(api.read_enrollment_decisions)
async def read_enrollment_decisions(batch_id: UUID, db: Database, actor: Actor) -> DecisionReport:
    return await queries.read_decisions(db, actor, batch_id)


@serves(api.undo_enrollment_decisions)
async def undo_enrollment_decisions(batch_id: UUID, db: Database, actor: Actor) -> DecisionReport:
    return await commands.undo_decisions(db, actor, batch_id)


ROUTES = (
    preview_enrollment_decisions,
    decide_enrollments,
    read_enrollment_decisions,
    undo_enrollment_decisions,
)
