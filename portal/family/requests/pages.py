"""A request of a family: where it stands, what was answered, its pieces, and the thread with the service."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.documents_api import own_documents
from contracts.family.request_words import RequestStatus
from contracts.family.requests_api import discard_request, read_request, withdraw_request
from gateway.calls import Refused
from portal.family.documents.pages import UPLOAD_BYTES_MAX
from portal.family.requests import catalogue, pieces, steps
from portal.family.requests.catalogue import PATH
from portal.family.requests.messages import MESSAGE, message_context, write_about
from portal.family.requests.steps import ONE_PATH, wording_of
from portal.frame.requests import answers_shown
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit

OPEN: Final = (RequestStatus.SENT, RequestStatus.UNDER_REVIEW, RequestStatus.MORE_ASKED)


@page(ONE_PATH)
async def request_page(visit: Visit, request_id: UUID) -> Response[Any]:
    """A request; a draft leads to where it is filled in."""
    request = await visit.call(read_request, request_id)
    if request.status is RequestStatus.DRAFT:
        return visit.redirect(f"{PATH}/{request_id}/envoi")
    is_open = request.status in OPEN
    context = {
        "request": request,
        "path": f"{PATH}/{request_id}",
        "pages": answers_shown(wording_of(visit, request), request),
        "is_open": is_open,
        "telephone": request.procedure.telephone or visit.portal.town.town.contact_phone,
        **(message_context(request, await visit.call(own_documents, request.household_id)) if is_open else {}),
    }
    return visit.page("family/requests/request.html.j2", context, form=visit.form(MESSAGE))


@action(f"{ONE_PATH}/messages", body_max_bytes=UPLOAD_BYTES_MAX)
async def write(visit: Visit, request_id: UUID) -> Response[Any]:
    """Write to the service, with documents of the safe or a new one."""
    return await write_about(visit, request_page, request_id)


@action(f"{ONE_PATH}/retrait", typing=None)
async def withdraw(visit: Visit, request_id: UUID) -> Response[Any]:
    """Take a request back."""
    try:
        await visit.call(withdraw_request, request_id)
    except Refused as refused:
        return await show_again(visit, request_page, visit.refused(refused), request_id=request_id)
    return visit.redirect(f"{PATH}/{request_id}", FlashNotice("success", "request_withdrawn"))


@action(f"{ONE_PATH}/suppression", typing=None)
async def discard(visit: Visit, request_id: UUID) -> Response[Any]:
    """Throw a draft away."""
    try:
        await visit.call(discard_request, request_id)
    except Refused as refused:
        return await show_again(visit, catalogue.requests_page, visit.refused(refused))
    return visit.redirect(PATH, FlashNotice("success", "request_discarded"))


PAGES = [*catalogue.PAGES, *steps.PAGES, *pieces.PAGES, request_page, write, withdraw, discard]
