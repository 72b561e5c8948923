"""A family's documents: what was sent and what became of it, sending one in three steps, and a draft whose pages are kept one by one."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Response
from litestar.response import Redirect

from contracts.family.api import my_household
from contracts.family.document_words import DocumentAudience, DocumentKind, DocumentStatus, DocumentValidity
from contracts.family.documents import DocumentCreate, DocumentPageCreate, DocumentSending, OwnDocuments
from contracts.family.documents_api import (
    add_document_page,
    begin_document,
    delete_document,
    own_documents,
    read_document,
    remove_document_page,
    send_document,
)
from contracts.family.models import Household
from gateway.calls import Refused, typed_as
from portal.frame.documents import picture, previews, whole
from portal.frame.spaces import action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

PATH: Final = "/mon-espace-de-stockage"
SEND_PATH: Final = f"{PATH}/envoyer"
ONE_PATH: Final = f"{PATH}/{{document_id:uuid}}"
HOUSEHOLD: Final = "famille"
"""What the address calls the household itself."""
FILE_FIELDS: Final = ("content", "photo")
UPLOAD_BYTES_MAX: Final = 40_000_000
"""Of all files that are sent at once."""
SENDING: Final = Form(DocumentSending, "documents.form", ("content", "photo", "marked_on"))
DATED: Final = (DocumentValidity.DATED, DocumentValidity.GIVEN)
BY_SCRIPT: Final = "x-upload"
"""The header of a form that a script posts to show how far it is: it is answered with the address to go on to."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a document may be for: the household or a member, by what the address calls them."""

    code: str
    name: str
    audience: DocumentAudience

    @property
    def person_id(self) -> str | None:
        """The member."""
        return None if self.code == HOUSEHOLD else self.code


@page(PATH)
async def storage_page(visit: Visit) -> Response[Any]:
    """What the household sent and what became of it, what was begun, and what the town asks for."""
    own = await visit.call(own_documents)
    drafts = [item for item in own.items if item.status is DocumentStatus.DRAFT]
    context = {"own": own, "drafts": drafts, "sent": [item for item in own.items if item not in drafts]}
    return visit.page("family/documents/list.html.j2", context, form=visit.form())


@page(SEND_PATH)
async def send_page(visit: Visit) -> Response[Any]:
    """Whom a document is for, then which it is, then its pages: three steps of one address."""
    own, household = await visit.call(own_documents), await visit.call(my_household)
    people = _people(visit, own, household)
    whom = next((item for item in people if item.code == visit.query("pour")), None)
    kinds = [kind for kind in own.kinds if whom and whom.audience in kind.audiences]
    kind = next((item for item in kinds if item.code == visit.query("piece")), None)
    context = {"own": own, "people": people, "whom": whom, "kinds": kinds, "kind": kind, "asks_day": asks_day(kind)}
    return visit.page("family/documents/send.html.j2", context, form=visit.form(SENDING))


def _people(visit: Visit, own: OwnDocuments, household: Household) -> list[Whom]:
    """The household and its members, as far as the town has a kind of document for them."""
    everybody = [
        Whom(HOUSEHOLD, visit.portal.texts("papers.household"), DocumentAudience.HOUSEHOLD),
        *(Whom(str(child.child_id), child.first_name, DocumentAudience.CHILD) for child in household.children),
        *(Whom(str(adult.adult_id), adult.first_name, DocumentAudience.ADULT) for adult in household.adults),
    ]
    asked = {audience for kind in own.kinds for audience in kind.audiences}
    return [whom for whom in everybody if whom.audience in asked]


def asks_day(kind: DocumentKind | None) -> str:
    """Which date of a document its sender types, if any."""
    return kind.validity.value if kind and kind.validity in DATED else ""


@action(SEND_PATH, body_max_bytes=UPLOAD_BYTES_MAX)
async def send(visit: Visit) -> Response[Any]:
    """Begin a document, keep its pages, and send it: or go on with the draft, which keeps what could be kept."""
    typed = SENDING.typed(visit.posted.values)
    asked = {name: visit.posted.get(name) for name in ("pour", "piece")}
    if not files_of(visit):
        state = FormState(typed, {"content": visit.portal.texts("documents.form.missing")}, form=SENDING)
        return answer_upload(visit, await show_again(visit, send_page, state, asked))
    body = {
        "household_id": visit.posted.get("household_id"),
        "kind": asked["piece"],
        "person_id": None if asked["pour"] == HOUSEHOLD else asked["pour"],
    }
    try:
        begun = await visit.call(begin_document, typed_as(DocumentCreate, body))
    except Refused as refused:
        return answer_upload(visit, await show_again(visit, send_page, visit.refused(refused), asked))
    return answer_upload(visit, await _go_on(visit, begun.document_id, typed))


@page(ONE_PATH)
async def document_page(visit: Visit, document_id: UUID) -> Response[Any]:
    """A document with its pages; a draft with what is still to be done."""
    document = await visit.call(read_document, document_id)
    path = f"{PATH}/{document_id}"
    context = {
        "document": document,
        "path": path,
        "previews": previews(path, document),
        "asks_day": asks_day(document.kind),
        "whom": document.person_id or HOUSEHOLD,
    }
    return visit.page("family/documents/document.html.j2", context, form=visit.form(SENDING))


@action(ONE_PATH, body_max_bytes=UPLOAD_BYTES_MAX)
async def complete(visit: Visit, document_id: UUID) -> Response[Any]:
    """Add pages to a draft, and send it if that was asked for."""
    typed = SENDING.typed(visit.posted.values)
    if visit.posted.get("step") != "send" and not files_of(visit):
        state = FormState(typed, {"content": visit.portal.texts("documents.form.missing")}, form=SENDING)
        return answer_upload(visit, await show_again(visit, document_page, state, document_id=document_id))
    return answer_upload(visit, await _go_on(visit, document_id, typed))


async def _go_on(visit: Visit, document_id: UUID, typed: Mapping[str, str]) -> Response[Any]:
    """Keep what was posted; where one file is refused the others stay, and nothing is sent."""
    problems = await keep_files(visit, document_id, files_of(visit))
    if problems:
        state = FormState(typed, {"content": " ".join(problems)}, form=SENDING)
        return await show_again(visit, document_page, state, document_id=document_id)
    if visit.posted.get("step") != "send":
        return visit.redirect(f"{PATH}/{document_id}", FlashNotice("success", "document_page_kept"))
    try:
        marked = {name: typed[name] for name in ("marked_on",) if typed.get(name)}
        await visit.call(send_document, document_id, typed_as(DocumentSending, marked))
    except Refused as refused:
        state = visit.refused(refused, typed, SENDING)
        return await show_again(visit, document_page, state, document_id=document_id)
    return visit.redirect(PATH, FlashNotice("success", "document_sent"))


async def keep_files(visit: Visit, document_id: UUID, files: Sequence[bytes]) -> list[str]:
    """Why files are not kept, each by its number where there are several. A form that comes twice names its pages the same."""
    problems = []
    for number, content in enumerate(files, start=1):
        page_id = uuid5(document_id, f"{visit.idempotency_key} {number}")
        try:
            await visit.call(add_document_page, document_id, page_id, DocumentPageCreate(content=b64encode(content)))
        except Refused as refused:
            state = visit.refused(refused, {"content": ""}, SENDING)
            reason = state.error("content") or state.refusal
            numbered = visit.portal.texts("documents.form.of_file", number=number, reason=reason)
            problems.append(numbered if len(files) > 1 else reason)
    return problems


@action(f"{ONE_PATH}/pages/{{page_id:uuid}}/retrait", typing=None)
async def remove_page(visit: Visit, document_id: UUID, page_id: UUID) -> Response[Any]:
    """Take a page out of a draft."""
    try:
        await visit.call(remove_document_page, document_id, page_id)
    except Refused as refused:
        return await show_again(visit, document_page, _refused(visit, refused), document_id=document_id)
    return visit.redirect(f"{PATH}/{document_id}", FlashNotice("success", "document_page_removed"))


@action(f"{ONE_PATH}/suppression", typing=None)
async def delete(visit: Visit, document_id: UUID) -> Response[Any]:
    """Delete a document for good."""
    try:
        await visit.call(delete_document, document_id)
    except Refused as refused:
        return await show_again(visit, document_page, _refused(visit, refused), document_id=document_id)
    return visit.redirect(PATH, FlashNotice("success", "document_deleted"))


@file(f"{ONE_PATH}/pages/{{page_id:uuid}}")
async def page_picture(visit: Visit, document_id: UUID, page_id: UUID) -> Response[Any]:
    return await picture(visit, document_id, page_id)


@file(f"{ONE_PATH}/document.pdf")
async def whole_document(visit: Visit, document_id: UUID) -> Response[Any]:
    return await whole(visit, document_id)


def _refused(visit: Visit, refused: Refused) -> FormState:
    """Why nothing changed, said where files are chosen."""
    return visit.refused(refused, {"content": ""}, SENDING)


def files_of(visit: Visit) -> list[bytes]:
    """What was chosen, and photographed."""
    return [content for name in FILE_FIELDS for content in visit.posted.files.get(name, ())]


def answer_upload(visit: Visit, response: Response[Any]) -> Response[Any]:
    """Where to go on to: a browser is led there, a script is told."""
    if BY_SCRIPT not in visit.request.headers or not isinstance(response, Redirect):
        return response
    return Response(None, status_code=204, headers={BY_SCRIPT: response.url}, cookies=list(response.cookies))


PAGES = [
    storage_page,
    send_page,
    send,
    document_page,
    complete,
    remove_page,
    delete,
    page_picture,
    whole_document,
]
