"""Invoicing for finance officers: start a month's run, review its draft or redo it, issue it, follow its progress."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.billing.api import (
    create_invoice_run,
    discard_invoice_run,
    issue_invoice_run,
    list_invoice_run_items,
    list_invoice_runs,
    read_invoice_run,
    redraft_invoice_run,
    review_invoice_run,
)
from contracts.billing.models import InvoiceRunCreate, InvoiceRunItem, InvoiceRunReview, OpenDays
from contracts.http import Page
from contracts.types import InvoiceRunStatus
from gateway.calls import Refused, typed_as
from portal.frame.exports import Column, can_export, export
from portal.frame.spaces import MenuLabel, action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form
from portal.kit.spreadsheet import Euros

NEW_RUN: Final = Form(InvoiceRunCreate, "agents.new_run", ("period",))
REVIEW: Final = Form(InvoiceRunReview, "agents.run", tuple(f"confirmed.{name}" for name in OpenDays.model_fields))
NOTICES: Final = {"issue": "run_issuing", "redraft": "run_redrafting"}
WORKING: Final = frozenset({InvoiceRunStatus.DRAFTING, InvoiceRunStatus.ISSUING, InvoiceRunStatus.DISCARDING})


@page("/agents/facturation", entry=MenuLabel("agents.menu.invoicing", "invoice", list_invoice_runs))
async def runs_page(visit: Visit) -> Response[Any]:
    """The runs, and the form of a new one."""
    runs = await visit.call(list_invoice_runs)
    last_month = visit.portal.today().replace(day=1) - timedelta(days=1)
    context = {"runs": runs.items, "suggested": f"{last_month:%Y-%m}", "can_start": visit.may(create_invoice_run)}
    return visit.page("agents/money/runs.html.j2", context, form=visit.form(NEW_RUN))


@action("/agents/facturation")
async def start_run(visit: Visit) -> Response[Any]:
    """Start invoicing a month."""
    typed = NEW_RUN.typed(visit.posted.values)
    try:
        run = await visit.call(create_invoice_run, typed_as(InvoiceRunCreate, NEW_RUN.body(typed)))
    except Refused as refused:
        return await show_again(visit, runs_page, visit.refused(refused, typed, NEW_RUN))
    return visit.redirect(f"/agents/facturation/{run.run_id}", FlashNotice("success", "run_started"))


@page("/agents/facturation/{run_id:uuid}")
async def run_page(visit: Visit, run_id: UUID) -> Response[Any]:
    """A run: its progress, totals, anomalies and items."""
    run, items = await asyncio.gather(
        visit.call(read_invoice_run, run_id), visit.call(list_invoice_run_items, run_id, visit.cursor)
    )
    context = {
        "run": run,
        "items": items.items,
        "next_cursor": items.next_cursor,
        "is_working": run.status in WORKING,
        "can_review": visit.may(review_invoice_run),
        "can_export": can_export(visit),
        "can_issue": visit.may(issue_invoice_run),
        "can_redraft": visit.may(redraft_invoice_run),
    }
    return visit.page("agents/money/run.html.j2", context, form=visit.form())


@file("/agents/facturation/{run_id:uuid}/tableau")
async def run_file(visit: Visit, run_id: UUID) -> Response[Any]:
    """What each household of a run would be, or was, invoiced, for a spreadsheet."""
    run = await visit.call(read_invoice_run, run_id)

    def read(cursor: str | None) -> Awaitable[Page[InvoiceRunItem]]:
        return visit.call(list_invoice_run_items, run_id, cursor)

    texts = visit.portal.texts
    columns: Sequence[Column[InvoiceRunItem]] = (
        Column("agents.run.payer", lambda item: item.payer_name),
        Column("agents.run.lines", lambda item: item.line_count),
        Column("agents.run.total", lambda item: Euros(item.total_cents)),
        Column(
            "agents.run.remarks",
            lambda item: ", ".join(texts.of_code("agents.run.remark_of", code) for code in item.anomalies),
        ),
        Column("agents.run.number", lambda item: item.invoice_number),
    )
    return await export(visit, f"factures-{run.period}", columns, read)


@action("/agents/facturation/{run_id:uuid}")
async def advance_run(visit: Visit, run_id: UUID) -> Response[Any]:
    """Declare the draft reviewed, have it computed again, or issue it."""
    step = visit.posted.get("step")
    try:
        if step == "issue":
            await visit.call(issue_invoice_run, run_id)
        elif step == "redraft":
            await visit.call(redraft_invoice_run, run_id)
        else:
            await visit.call(review_invoice_run, run_id, _review(visit))
    except Refused as refused:
        return await show_again(visit, run_page, visit.refused(refused), run_id=run_id)
    return visit.redirect(f"/agents/facturation/{run_id}", FlashNotice("success", NOTICES.get(step, "run_reviewed")))


def _review(visit: Visit) -> InvoiceRunReview:
    """The review of what the page showed; open days count as confirmed only if that was ticked."""
    if not visit.posted.get("is_confirmed"):
        return InvoiceRunReview()
    return typed_as(InvoiceRunReview, REVIEW.body(REVIEW.typed(visit.posted.values)))


@action("/agents/facturation/{run_id:uuid}/suppression")
async def discard_run(visit: Visit, run_id: UUID) -> Response[Any]:
    """Give the draft up."""
    try:
        await visit.call(discard_invoice_run, run_id)
    except Refused as refused:
        return await show_again(visit, run_page, visit.refused(refused), run_id=run_id)
    return visit.redirect("/agents/facturation", FlashNotice("success", "run_discarded"))


PAGES = [runs_page, start_run, run_page, run_file, advance_run, discard_run]
