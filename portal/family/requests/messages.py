"""Writing to the service about a request, with documents of the safe or a file that is sent in the same act.

A file is kept before anything else is looked at, as a draft of the safe: whatever is wrong with the rest, neither it nor the words are given again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.document_words import DocumentAudience, DocumentKind
from contracts.family.documents import DocumentCreate, DocumentSending, OwnDocuments
from contracts.family.documents_api import begin_document, own_documents, send_document
from contracts.family.procedure_words import Subject
from contracts.family.requests import MESSAGE_PIECES_MAX, Request, RequestMessageCreate
from contracts.family.requests_api import read_request, write_message
from gateway.calls import Refused, typed_as
from portal.family.documents.pages import answer_upload, asks_day, files_of, keep_files
from portal.family.requests.catalogue import PATH
from portal.family.requests.pieces import kind_of, whom
from portal.frame.spaces import Screen, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

MESSAGE: Final = Form(
    RequestMessageCreate, "requests.message", ("words", "kind", "content", "photo", "marked_on", "document_ids")
)
OFFERED_MAX: Final = 12
DRAFT: Final = "draft_id"
"""The hidden field with the document that was kept already."""

NOT_FOUND: Final = 404

Typed = Mapping[str, Any]


def message_context(request: Request, own: OwnDocuments) -> dict[str, Any]:
    """What the form of a message offers: documents that were sent, and the kinds that a new one may be of."""
    sent = [item for item in own.items if item.sent_at]
    return {
        "documents": [(str(item.document_id), item.kind.label, item.name) for item in sent[:OFFERED_MAX]],
        "pieces_max": MESSAGE_PIECES_MAX,
        "kinds": [*_kinds(request, own)],
    }


def _kinds(request: Request, own: OwnDocuments) -> Iterator[tuple[str, str]]:
    """The kinds of documents that can be about the household, whoever writes, or the child that the request is about."""
    audiences = {DocumentAudience.HOUSEHOLD, DocumentAudience.ADULT}
    if request.procedure.subject is Subject.CHILD:
        audiences.add(DocumentAudience.CHILD)
    for kind in own.kinds:
        if audiences & {*kind.audiences}:
            yield kind.code, kind.label


async def write_about(visit: Visit, page: Screen, request_id: UUID) -> Response[Any]:
    """Write to the service; what it asked for is answered with it."""
    names = ("words", "kind", "marked_on", DRAFT)
    typed = {name: visit.posted.get(name) for name in names} | {"document_ids": visit.posted.all("document_ids")}
    state = await _written(visit, request_id, typed)
    if state is not None:
        return answer_upload(visit, await show_again(visit, page, state, request_id=request_id))
    return answer_upload(
        visit, visit.redirect(f"{PATH}/{request_id}#echanges", FlashNotice("success", "request_written"))
    )


async def _written(visit: Visit, request_id: UUID, typed: Typed) -> FormState | None:
    """As what the form is shown again; None once the message is written."""
    files = files_of(visit)
    if files or typed[DRAFT]:
        request = await visit.call(read_request, request_id)
        own = await visit.call(own_documents, request.household_id)
        kind = kind_of(own, typed["kind"])
        state = await _kept(visit, (request, kind, own.household_id), typed, files)
        if state.is_refused or not typed["words"].strip():
            return _unsaid(visit, state)
        try:
            marked = {"marked_on": typed["marked_on"]} if asks_day(kind) and typed["marked_on"] else {}
            sent_id = str(state.values[DRAFT])
            await visit.call(send_document, UUID(sent_id), typed_as(DocumentSending, marked))
        except Refused as refused:
            # A draft that was thrown away in another tab is asked for no more.
            gone = {DRAFT: ""} if refused.problem.status == NOT_FOUND else {}
            return replace(visit.refused(refused, {}, MESSAGE), values={**state.values, **gone})
        typed = {**typed, DRAFT: "", "document_ids": [*typed["document_ids"], sent_id]}
    try:
        body = {name: typed[name] for name in ("words", "document_ids")}
        await visit.call(write_message, request_id, typed_as(RequestMessageCreate, body))
    except Refused as refused:
        return replace(visit.refused(refused, {}, MESSAGE), values=typed)
    return None


def _unsaid(visit: Visit, state: FormState) -> FormState:
    """A form without a word of its own, which would make no message."""
    if str(state.values["words"]).strip():
        return state
    return replace(state, errors={"words": visit.portal.texts("requests.message.words_error"), **state.errors})


async def _kept(
    visit: Visit, about: tuple[Request, DocumentKind | None, UUID], typed: Typed, files: Sequence[bytes]
) -> FormState:
    """The form once its files are kept in a draft of the safe, or with what is against that."""
    request, kind, household_id = about
    state = FormState(typed, form=MESSAGE)
    if kind is None:
        return replace(state, errors={"kind": visit.portal.texts("requests.message.kind_error")})
    draft_id = typed[DRAFT]
    try:
        if not draft_id:
            body = {"household_id": household_id, "kind": kind.code, "person_id": whom(visit, request, kind)}
            draft_id = str((await visit.call(begin_document, typed_as(DocumentCreate, body))).document_id)
    except Refused as refused:
        return replace(visit.refused(refused, {}, MESSAGE), values=typed)
    problems = await keep_files(visit, UUID(draft_id), files)
    is_kept = bool(typed[DRAFT]) or len(problems) < len(files)
    values = {**typed, DRAFT: draft_id if is_kept else ""}
    return replace(state, values=values, errors={"content": " ".join(problems)} if problems else {})
