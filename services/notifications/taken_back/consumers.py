"""Follows what agents take back: it comes after the decision, for both are said of one household or document."""

from chassis.data.database import Transaction
from chassis.events.applying import Subscriptions
from contracts.booking.events import EnrollmentRefused, EnrollmentReopened, EnrollmentValidated
from contracts.event import Envelope
from contracts.family.document_events import DocumentAnswered, DocumentReopened

from .store import drop_held


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to decisions that were taken back."""
    subscriptions.on(EnrollmentReopened, _on_enrollment)
    subscriptions.on(DocumentReopened, _on_document)


async def _on_enrollment(tx: Transaction, event: EnrollmentReopened, envelope: Envelope) -> None:
    decisions = [EnrollmentValidated.event_type, EnrollmentRefused.event_type]
    await drop_held(tx, decisions, "enrollment_id", event.enrollment_id)


async def _on_document(tx: Transaction, event: DocumentReopened, envelope: Envelope) -> None:
    await drop_held(tx, [DocumentAnswered.event_type], "document_id", event.document_id)
