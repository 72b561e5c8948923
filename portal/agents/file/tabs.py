"""The tabs of a file that show one kind of thing: enrollments, invoices, mails, and what was done."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response

from contracts.billing.api import list_invoices, read_invoice_pdf
from contracts.booking.api import decide_enrollment, list_enrollments, request_enrollment
from contracts.family.documents_api import list_documents
from portal.agents.file.head import head_of
from portal.agents.file.lately import delegations_of, history_of, messages_of
from portal.agents.file.reading import PATH, household_of, items_of, open_file, part_of
from portal.agents.mails import link_states
from portal.frame.spaces import page
from portal.frame.visit import Visit


@page(f"{PATH}/inscriptions")
async def enrollments_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """Every enrollment of the household's children, the latest first."""
    opened, enrollments = await asyncio.gather(
        open_file(visit, household_id, household_of(visit, household_id)),
        part_of(visit, list_enrollments, household_id=household_id, cursor=visit.cursor),
    )
    context = {
        **head_of(visit, opened, "enrollments"),
        "rows": enrollments,
        "can_decide": visit.may(decide_enrollment),
        "can_enroll": visit.may(request_enrollment),
    }
    return visit.page("agents/file/enrollments.html.j2", context)


@page(f"{PATH}/factures")
async def invoices_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """What the payers of the household owe, and its invoices."""
    opened, invoices = await asyncio.gather(
        open_file(visit, household_id, household_of(visit, household_id)),
        part_of(visit, list_invoices, household_id, visit.cursor),
    )
    context = {
        **head_of(visit, opened, "invoices"),
        "invoices": invoices,
        "can_print": visit.may(read_invoice_pdf),
    }
    return visit.page("agents/file/invoices.html.j2", context)


@page(f"{PATH}/messages")
async def messages_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """What was mailed to who pays, and which links of it still work."""
    household = household_of(visit, household_id)
    opened, messages = await asyncio.gather(open_file(visit, household_id, household), messages_of(visit, household))
    links = {account.invitation_id: account.invitation_expires_at for account in opened.known_accounts}
    context = {
        **head_of(visit, opened, "messages"),
        "messages": messages,
        "links": link_states(items_of(messages), links, visit.portal.now()),
    }
    return visit.page("agents/file/messages.html.j2", context)


@page(f"{PATH}/documents")
async def documents_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """What the household sent, and what became of it."""
    opened, documents = await asyncio.gather(
        open_file(visit, household_id, household_of(visit, household_id)),
        part_of(visit, list_documents, None, None, household_id, visit.cursor),
    )
    return visit.page("agents/file/documents.html.j2", {**head_of(visit, opened, "documents"), "documents": documents})


@page(f"{PATH}/historique")
async def history_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """What people did for the family, wherever: also at the counter, and by whom."""
    household, delegations = household_of(visit, household_id), delegations_of(visit, household_id)
    opened, history = await asyncio.gather(
        open_file(visit, household_id, household), history_of(visit, household_id, household, delegations)
    )
    return visit.page("agents/file/history.html.j2", {**head_of(visit, opened, "history"), "history": history})


PAGES = [enrollments_page, invoices_page, messages_page, documents_page, history_page]
