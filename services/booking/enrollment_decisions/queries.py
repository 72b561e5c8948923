"""What a decision on many requests would do, and what it did."""

from collections.abc import Mapping
from uuid import UUID

from chassis.actor import Actor
from chassis.data.bulk_decisions import load_batch, previewed
from chassis.data.database import Database, Row
from chassis.refusal import NotFound
from contracts.booking.decisions import EnrollmentsDecision
from contracts.queue import DecisionLine, DecisionPreview, DecisionReport, Places
from contracts.types import EnrollmentStatus

from .domain import decided_among
from .store import load_chosen

KIND = "enrollment"


def judged(row: Row, request: EnrollmentsDecision) -> EnrollmentStatus | str:
    """What becomes of an enrollment."""
    return decided_among(EnrollmentStatus(row["status"]), request.reason, is_validated=request.is_validated)


def lines_of(rows: Mapping[UUID, Row]) -> list[DecisionLine]:
    """What enrollments are, for whoever decides or decided them."""
    return [
        DecisionLine(
            item_id=enrollment_id,
            label=row["label"],
            name=row["name"],
            household_id=row["household_id"],
            reference=row["reference"],
            code=None,
            decided_by=row["decided_by"],
            places=Places(service_on=row["service_on"], taken=row["taken"], capacity=row["capacity"])
            if row["service_on"]
            else None,
        )
        for enrollment_id, row in rows.items()
    ]


async def preview(db: Database, actor: Actor, request: EnrollmentsDecision) -> DecisionPreview:
    """What a decision would do, in the order in which requests were chosen; what the actor does not reach is not there. Raises NotFound: none is."""
    if not (rows := await load_chosen(db, actor, request.item_ids)):
        raise NotFound
    made = {enrollment_id: judged(row, request) for enrollment_id, row in rows.items()}
    codes = {item_id: None if isinstance(one, EnrollmentStatus) else one for item_id, one in made.items()}
    return previewed(request.item_ids, lines_of(rows), codes)


async def read_decisions(db: Database, actor: Actor, batch_id: UUID) -> DecisionReport:
    """What a decision did. Raises NotFound."""
    batch = await load_batch(db, KIND, batch_id)
    if not (rows := await load_chosen(db, actor, [*batch.lines])):
        raise NotFound
    return batch.report(lines_of(rows))
