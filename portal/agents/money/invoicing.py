"""Invoicing for finance officers: start a month's run, review its draft, issue it, follow its progress."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from litestar import Response

from contracts.billing.api import (
    create_invoice_run,
    issue_invoice_run,
    list_invoice_run_items,
    list_invoice_runs,
    read_invoice_run,
    review_invoice_run,
)
from contracts.billing.models import InvoiceRunCreate
from contracts.types import InvoiceRunStatus
from gateway.calls import Refused, typed_as
from portal.frame.spaces import Entry, form, page
from portal.frame.visit import FlashNotice, Visit
from portal.kit import FormState

WORKING = frozenset({InvoiceRunStatus.DRAFTING, InvoiceRunStatus.ISSUING})


@page("/agents/facturation", entry=Entry("agents.menu.invoicing", "invoice", list_invoice_runs))
async def runs_page(visit: Visit) -> Response[Any]:
    """The runs, and the form of a new one."""
    return await _runs_page(visit, FormState())


@form("/agents/facturation")
async def start_run(visit: Visit) -> Response[Any]:
    """Start invoicing a month."""
    typed = {"period": visit.posted.get("period").strip()}
    try:
        run = await visit.call(create_invoice_run, typed_as(InvoiceRunCreate, typed))
    except Refused as refused:
        return await _runs_page(visit, visit.refused(refused, typed))
    return visit.redirect(f"/agents/facturation/{run.run_id}", FlashNotice("success", "run_started"))


@page("/agents/facturation/{run_id:uuid}")
async def run_page(visit: Visit, run_id: UUID) -> Response[Any]:
    """A run: its progress, totals, anomalies and items."""
    return await _run_page(visit, run_id, FormState())


@form("/agents/facturation/{run_id:uuid}")
async def advance_run(visit: Visit, run_id: UUID) -> Response[Any]:
    """Declare the draft reviewed, or issue it."""
    is_issuing = visit.posted.get("step") == "issue"
    try:
        await visit.call(issue_invoice_run if is_issuing else review_invoice_run, run_id)
    except Refused as refused:
        return await _run_page(visit, run_id, visit.refused(refused))
    notice = FlashNotice("success", "run_issuing" if is_issuing else "run_reviewed")
    return visit.redirect(f"/agents/facturation/{run_id}", notice)


async def _runs_page(visit: Visit, form: FormState) -> Response[str]:
    runs = await visit.call(list_invoice_runs)
    last_month = visit.portal.today().replace(day=1) - timedelta(days=1)
    context = {"runs": runs.items, "key": str(uuid4()), "suggested": f"{last_month:%Y-%m}"}
    return visit.page("agents/money/runs.html.j2", context, form=form)


async def _run_page(visit: Visit, run_id: UUID, form: FormState) -> Response[str]:
    run, items = await asyncio.gather(
        visit.call(read_invoice_run, run_id), visit.call(list_invoice_run_items, run_id, visit.cursor)
    )
    context = {
        "run": run,
        "items": items.items,
        "next_cursor": items.next_cursor,
        "is_working": run.status in WORKING,
    }
    return visit.page("agents/money/run.html.j2", context, form=form)


PAGES = [runs_page, start_run, run_page, advance_run]
