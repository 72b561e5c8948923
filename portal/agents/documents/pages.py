"""Documents that families sent: the list with age and filters, and one beside its decision, from which the next is a step away."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.document_words import DocumentReason, DocumentStatus
from contracts.family.documents import DocumentDecision
from contracts.family.documents_api import decide_document, document_kinds, list_documents, read_document
from contracts.family.resources_api import decide_declaration
from gateway.calls import Refused, typed_as
from portal.agents.accounts.filters import Options, chosen
from portal.frame.agents import agent_name
from portal.frame.documents import picture, previews, whole
from portal.frame.spaces import MenuLabel, action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

PATH: Final = "/agents/documents"
ONE_PATH: Final = f"{PATH}/{{document_id:uuid}}"
DECISION: Final = Form(DocumentDecision, "agents.documents.decision", ("ends_on", "reason", "words"))
FIELDS_OF: Final = {True: ("ends_on",), False: ("reason", "words")}
"""What counts of the form, by what is decided."""


@page(PATH, entry=MenuLabel("agents.menu.documents", "document", list_documents))
async def documents_page(visit: Visit) -> Response[Any]:
    """Those that wait by default, the oldest first."""
    options = await _options(visit)
    asked = _asked(visit, options)
    status, kind = asked.get("etat"), asked.get("piece")
    documents = await visit.call(list_documents, DocumentStatus(status) if status else None, kind, None, visit.cursor)
    context = {
        "documents": documents.items,
        "next_cursor": documents.next_cursor,
        "options": options,
        "asked": asked,
        "today": visit.portal.today(),
    }
    return visit.page("agents/documents/list.html.j2", context)


async def _options(visit: Visit) -> Options:
    texts, kinds = visit.portal.texts, await visit.call(document_kinds)
    states = [status for status in DocumentStatus if status is not DocumentStatus.DRAFT]
    return {
        "etat": [(status.value, texts(f"papers.status.{status}")) for status in states],
        "piece": [(kind.code, kind.label) for kind in kinds.items],
    }


def _asked(visit: Visit, options: Options) -> dict[str, str]:
    """What the list is narrowed by; what waits, where the address says nothing."""
    return chosen(visit, options) if set(visit.asked) & set(options) else {"etat": DocumentStatus.SENT.value}


@page(ONE_PATH)
async def document_page(visit: Visit, document_id: UUID) -> Response[Any]:
    """A document, its pages beside its decision."""
    document, texts = await visit.call(read_document, document_id), visit.portal.texts
    path = f"{PATH}/{document_id}"
    context = {
        "document": document,
        "path": path,
        "previews": previews(path, document),
        "can_decide": visit.may(decide_document)
        and document.status is DocumentStatus.SENT
        and not document.declaration_id,
        "can_decide_declaration": visit.may(decide_declaration),
        "decided_by": await agent_name(visit, document.decided_by) if document.decided_by else "",
        "reasons": [(reason.value, texts(f"papers.reason.{reason}")) for reason in DocumentReason],
        "today": visit.portal.today(),
    }
    proposed = {"ends_on": document.proposed_end_on.isoformat() if document.proposed_end_on else ""}
    return visit.page("agents/documents/document.html.j2", context, form=visit.form(DECISION, proposed))


@action(f"{ONE_PATH}/decision")
async def decide(visit: Visit, document_id: UUID) -> Response[Any]:
    """Validate a document or refuse it, and go on to the next one that waits."""
    decision = visit.posted.get("decision")
    typed = DECISION.typed(visit.posted.values)
    try:
        decided = decision_of(typed, is_valid=decision == "validate")
        document = await visit.call(decide_document, document_id, decided)
    except Refused as refused:
        state: FormState = visit.refused(refused, typed, DECISION)
        return await show_again(visit, document_page, state, document_id=document_id)
    notice = FlashNotice("success", "document_validated" if decision == "validate" else "document_refused")
    return visit.redirect(f"{PATH}/{document.next_id}" if document.next_id else PATH, notice)


def decision_of(typed: Mapping[str, str], *, is_valid: bool) -> DocumentDecision:
    """What was decided, by the fields that count for it. Raises Refused."""
    used = {name: value for name, value in typed.items() if name in FIELDS_OF[is_valid] and value.strip()}
    return typed_as(DocumentDecision, {"is_valid": is_valid, **DECISION.body(used)})


@file(f"{ONE_PATH}/pages/{{page_id:uuid}}")
async def page_picture(visit: Visit, document_id: UUID, page_id: UUID) -> Response[Any]:
    return await picture(visit, document_id, page_id)


@file(f"{ONE_PATH}/document.pdf")
async def whole_document(visit: Visit, document_id: UUID) -> Response[Any]:
    return await whole(visit, document_id)


PAGES = [documents_page, document_page, decide, page_picture, whole_document]
