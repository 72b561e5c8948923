"""The pieces of a request: documents that the family sent already, or sends in place."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response
from litestar.exceptions import NotFoundException

from contracts.family.document_words import DocumentAudience, DocumentKind, DocumentStatus
from contracts.family.documents import Document, DocumentCreate, DocumentSending, OwnDocuments
from contracts.family.documents_api import begin_document, own_documents, send_document
from contracts.family.procedure_words import Subject
from contracts.family.request_words import RequestStatus
from contracts.family.requests import PieceChoice, Request
from contracts.family.requests_api import give_piece, read_request, take_piece_back
from gateway.calls import Refused, typed_as
from portal.family.documents.pages import SENDING, UPLOAD_BYTES_MAX, answer_upload, asks_day, files_of, keep_files
from portal.family.requests.catalogue import PATH
from portal.family.requests.editing import other_editor
from portal.family.requests.steps import ONE_PATH
from portal.frame.requests import errors_of, path_of
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import FormState

PIECES_PATH: Final = f"{ONE_PATH}/pieces"
ONE_PIECE_PATH: Final = f"{PIECES_PATH}/{{kind:str}}"
HELD: Final = (DocumentStatus.SENT, DocumentStatus.VALIDATED)
OPEN: Final = (RequestStatus.DRAFT, RequestStatus.MORE_ASKED)


@page(PIECES_PATH)
async def pieces_page(visit: Visit, request_id: UUID) -> Response[Any]:
    """Each piece with the document that is given for it; what was sent already is offered first."""
    request = await visit.call(read_request, request_id)
    if request.status not in OPEN:
        return visit.redirect(f"{PATH}/{request_id}")
    own = await visit.call(own_documents, request.household_id)
    steps = path_of(request.procedure, visit.portal.texts)
    context = {
        "request": request,
        "path": f"{PATH}/{request_id}",
        "steps": steps if request.status is RequestStatus.DRAFT else (),
        "number": len(request.procedure.steps) + 1,
        "offered": {piece.kind: offered(request, own, piece.kind) for piece in request.pieces},
        "editor": await other_editor(visit, request_id) if request.status is RequestStatus.DRAFT else None,
    }
    return visit.page("family/requests/pieces.html.j2", context, form=visit.form())


def offered(request: Request, own: OwnDocuments, kind: str) -> list[Document]:
    """The documents of the household that may be given for a piece: of its kind, that hold, and of no other child."""
    return [
        item
        for item in own.items
        if item.kind.code == kind
        and item.status in HELD
        and (item.audience is not DocumentAudience.CHILD or request.person_id in (None, item.person_id))
    ]


@action(PIECES_PATH, typing=None)
async def go_on(visit: Visit, request_id: UUID) -> Response[Any]:
    """Go on to the sending, or say which piece is missing."""
    request = await visit.call(read_request, request_id)
    if request.status is not RequestStatus.DRAFT:
        return visit.redirect(f"{PATH}/{request_id}")
    faults = [fault for fault in request.faults if fault.step > len(request.procedure.steps)]
    if faults:
        state = FormState(errors=errors_of(visit, faults))
        return await show_again(visit, pieces_page, state, request_id=request_id)
    return visit.redirect(f"{PATH}/{request_id}/envoi")


@page(ONE_PIECE_PATH)
async def piece_page(visit: Visit, request_id: UUID, kind: str) -> Response[Any]:
    """Giving a piece: a document that is there, or one that is sent now."""
    request = await visit.call(read_request, request_id)
    own = await visit.call(own_documents, request.household_id)
    piece = next((item for item in request.pieces if item.kind == kind), None)
    if piece is None or request.status not in OPEN:
        raise NotFoundException
    context = {
        "request": request,
        "piece": piece,
        "path": f"{PATH}/{request_id}/pieces",
        "offered": offered(request, own, kind),
        "asks_day": asks_day(kind_of(own, kind)),
    }
    return visit.page("family/requests/piece.html.j2", context, form=visit.form(SENDING))


def kind_of(own: OwnDocuments, code: str) -> DocumentKind | None:
    """A kind of documents of the town by its code."""
    return next((item for item in own.kinds if item.code == code), None)


@action(ONE_PIECE_PATH, body_max_bytes=UPLOAD_BYTES_MAX)
async def give(visit: Visit, request_id: UUID, kind: str) -> Response[Any]:
    """Give a document that is there, or send one and give it."""
    typed = SENDING.typed(visit.posted.values)
    chosen = visit.posted.get("document_id")
    try:
        if not chosen:
            if not files_of(visit):
                problem = visit.portal.texts("documents.form.missing")
                return answer_upload(
                    visit, await _again(visit, request_id, kind, FormState(typed, {"content": problem}))
                )
            chosen, problems = await _sent(visit, request_id, kind, typed)
            if problems:
                state = FormState(typed, {"content": " ".join(problems)}, form=SENDING)
                return answer_upload(visit, await _again(visit, request_id, kind, state))
        await visit.call(give_piece, request_id, kind, typed_as(PieceChoice, {"document_id": chosen}))
    except Refused as refused:
        state = visit.refused(refused, typed, SENDING)
        return answer_upload(visit, await _again(visit, request_id, kind, state))
    return answer_upload(visit, visit.redirect(f"{PATH}/{request_id}/pieces", FlashNotice("success", "piece_given")))


async def _again(visit: Visit, request_id: UUID, kind: str, state: FormState) -> Response[Any]:
    return await show_again(visit, piece_page, state, request_id=request_id, kind=kind)


async def _sent(visit: Visit, request_id: UUID, kind: str, typed: Mapping[str, str]) -> tuple[str, list[str]]:
    """A document that is sent for a piece, and why files of it are not kept; where any is not, it is not sent. Raises Refused."""
    request = await visit.call(read_request, request_id)
    own = await visit.call(own_documents, request.household_id)
    known = kind_of(own, kind)
    body = {"household_id": own.household_id, "kind": kind, "person_id": whom(visit, request, known)}
    begun = await visit.call(begin_document, typed_as(DocumentCreate, body))
    problems = await keep_files(visit, begun.document_id, files_of(visit))
    if not problems:
        marked = {name: typed[name] for name in ("marked_on",) if typed.get(name)}
        await visit.call(send_document, begun.document_id, typed_as(DocumentSending, marked))
    return str(begun.document_id), problems


def whom(visit: Visit, request: Request, kind: DocumentKind | None) -> UUID | None:
    """Whom a document is for: the child that the request is about, or who sends it where the request is about an adult, so that nobody reads it who may not
    read the request; else the household, else who sends it."""
    audiences = kind.audiences if kind else ()
    subject = request.procedure.subject
    if subject is Subject.CHILD and DocumentAudience.CHILD in audiences:
        return request.person_id
    is_of_adult = subject is Subject.ADULT and DocumentAudience.ADULT in audiences
    return visit.session.guardian_id if is_of_adult or DocumentAudience.HOUSEHOLD not in audiences else None


@action(f"{ONE_PIECE_PATH}/retrait", typing=None)
async def take_back(visit: Visit, request_id: UUID, kind: str) -> Response[Any]:
    """Take a document back from a draft; it stays in the safe."""
    try:
        await visit.call(take_piece_back, request_id, kind)
    except Refused as refused:
        return await show_again(visit, pieces_page, visit.refused(refused), request_id=request_id)
    return visit.redirect(f"{PATH}/{request_id}/pieces", FlashNotice("success", "piece_taken_back"))


PAGES = [pieces_page, go_on, piece_page, give, take_back]
