"""Keeps the replica of documents."""

from chassis.events.applying import Subscriptions
from contracts.family.document_events import DocumentState

from .store import DOCUMENTS, keep_document


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to what families' documents are worth."""
    subscriptions.on(DocumentState, keep_document)
    subscriptions.on_erased(DocumentState, DOCUMENTS.forget, DOCUMENTS)
