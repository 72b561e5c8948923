"""What stands beside the queue: one thing that waits, and its decision where that takes a press or a few words; another page where it takes more."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from contracts.booking.api import decide_enrollment, list_enrollments
from contracts.booking.models import Enrollment, EnrollmentDecision
from contracts.family.changes import ChangeDecision
from contracts.family.changes_api import decide_change, read_change
from contracts.family.document_words import DocumentReason
from contracts.family.documents import DocumentDecision
from contracts.family.documents_api import decide_document, read_document
from contracts.family.editing import EditedForm
from contracts.family.resources_api import decide_declaration
from contracts.queue import WaitingItem, WaitingKind
from contracts.types import EnrollmentStatus
from gateway.calls import typed_as
from portal.agents.documents.pages import decision_of
from portal.frame.documents import previews
from portal.frame.editing import Edited
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

Context = Mapping[str, Any]

FORMS: Final = {
    WaitingKind.DOCUMENT: Form(DocumentDecision, "agents.documents.decision", ("ends_on", "reason", "words")),
    WaitingKind.ENROLLMENT: Form(EnrollmentDecision, "agents.enrollments", ("reason",)),
    WaitingKind.CHANGE: Form(ChangeDecision, "changes.form", ("reason",)),
}
"""The forms of what is decided beside the queue."""
PAGES: Final = {
    WaitingKind.DOCUMENT: "/agents/documents/{item_id}",
    WaitingKind.ENROLLMENT: "/agents/familles/{household_id}/inscriptions",
    WaitingKind.CHANGE: "/agents/corrections/{item_id}",
    WaitingKind.DEROGATION: "/agents/derogations/{item_id}",
    WaitingKind.REGISTRATION: "/agents/demandes-d-espace/{item_id}",
    WaitingKind.PROTECTION: "/agents/adresses-protegees/demandes/{item_id}",
    WaitingKind.BIRTH: "/agents/familles/{household_id}/naissance/{item_id}",
    WaitingKind.REOPENING: "/agents/familles/{household_id}/archive",
    WaitingKind.REQUEST: "/agents/demarches/{item_id}",
    WaitingKind.DECLARATION: "/agents/ressources/{item_id}",
}
"""The own page of each kind."""


def page_of(item: WaitingItem) -> str:
    """Where something has a page of its own."""
    return PAGES[item.kind].format(item_id=item.item_id, household_id=item.household_id)


async def panel_of(visit: Visit, item: WaitingItem) -> tuple[Context, dict[str, str]]:
    """What the panel shows of something that waits, and what its form proposes. Raises like `visit.call`."""
    reader = READERS.get(item.kind)
    return await reader(visit, item) if reader and item.settled is None else ({}, {})


async def _document(visit: Visit, item: WaitingItem) -> tuple[Context, dict[str, str]]:
    document, texts = await visit.call(read_document, item.item_id), visit.portal.texts
    context = {
        "document": document,
        "previews": previews(f"/agents/documents/{item.item_id}", document),
        "can_decide_declaration": visit.may(decide_declaration),
        "reasons": [(reason.value, texts(f"papers.reason.{reason}")) for reason in DocumentReason],
    }
    return context, {"ends_on": document.proposed_end_on.isoformat() if document.proposed_end_on else ""}


async def _enrollment(visit: Visit, item: WaitingItem) -> tuple[Context, dict[str, str]]:
    cursor: str | None = None
    while True:
        page = await visit.call(list_enrollments, EnrollmentStatus.REQUESTED, item.household_id, cursor)
        enrollment: Enrollment | None = next((one for one in page.items if one.enrollment_id == item.item_id), None)
        if enrollment is not None or (cursor := page.next_cursor) is None:
            return {"enrollment": enrollment}, {}


async def _change(visit: Visit, item: WaitingItem) -> tuple[Context, dict[str, str]]:
    return {"change": await visit.call(read_change, item.item_id)}, {}


READERS: Final[Mapping[WaitingKind, Callable[[Visit, WaitingItem], Awaitable[tuple[Context, dict[str, str]]]]]] = {
    WaitingKind.DOCUMENT: _document,
    WaitingKind.ENROLLMENT: _enrollment,
    WaitingKind.CHANGE: _change,
}


async def kept_by_another(visit: Visit, item: WaitingItem) -> FormState | None:
    """How the form is shown again where another agent has it on its own page (a lease). None: it may be carried out."""
    if item.kind is not WaitingKind.CHANGE:
        return None
    typed = FormState(FORMS[item.kind].typed(visit.posted.values))
    return await Edited(EditedForm.CHANGE, item.item_id).pressed(visit, typed)


async def carry_out(visit: Visit, item: WaitingItem) -> FlashNotice:
    """Decide as it was pressed, by the operation of its kind. Raises like `visit.call`."""
    is_accepted = visit.posted.get("decision") == "accept"
    typed = FORMS[item.kind].typed(visit.posted.values)
    reason = typed.get("reason", "").strip() or None
    if item.kind is WaitingKind.DOCUMENT:
        await visit.call(decide_document, item.item_id, decision_of(typed, is_valid=is_accepted))
        return FlashNotice("success", "document_validated" if is_accepted else "document_refused")
    if item.kind is WaitingKind.ENROLLMENT:
        decision = typed_as(EnrollmentDecision, {"is_validated": is_accepted, "reason": reason})
        await visit.call(decide_enrollment, item.item_id, decision)
        return FlashNotice("success", "enrollment_validated" if is_accepted else "enrollment_refused")
    change = typed_as(ChangeDecision, {"is_accepted": is_accepted, "reason": reason})
    await visit.call(decide_change, item.item_id, change)
    await Edited(EditedForm.CHANGE, item.item_id).leave(visit)
    return FlashNotice("success", "change_accepted" if is_accepted else "change_refused")
