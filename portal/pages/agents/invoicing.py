"""Invoicing for finance officers: start a month's run, review its draft, issue it, follow its progress."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.types import ActorKind, InvoiceRunStatus
from gateway.admission import Form
from gateway.auth import Visitor
from gateway.clients.calling import Refused
from gateway.services import Services

from ...kit import FormState
from ...render import Notice, Portal

AnyRequest = Request[Any, Any, Any]
WORKING = frozenset({InvoiceRunStatus.DRAFTING, InvoiceRunStatus.ISSUING})


@get("/agents/facturation")
async def runs_page(
    request: AnyRequest, visitor: NamedDependency[Visitor], services: NamedDependency[Services]
) -> Response[Any]:
    """The runs, and the form of a new one."""
    visitor.require(ActorKind.AGENT)
    return await _runs_page(request, visitor, services, FormState())


@post("/agents/facturation")
async def start_run(
    request: AnyRequest,
    visitor: NamedDependency[Visitor],
    form: NamedDependency[Form],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Start invoicing a month."""
    visitor.require(ActorKind.AGENT)
    portal: Portal = request.app.state.portal
    typed = {"period": form.get("period").strip()}
    try:
        key = form.get("idempotency_key") or str(uuid4())
        run = await services.billing.create_run(visitor.caller, typed, key)
    except Refused as refused:
        state = portal.form_state(typed, refused.problem)
        text = "" if state.errors else portal.refusal_text(refused.problem)
        return await _runs_page(request, visitor, services, state, text)
    return portal.redirect(f"/agents/facturation/{run.run_id}", Notice("success", "run_started"))


@get("/agents/facturation/{run_id:uuid}")
async def run_page(
    request: AnyRequest,
    run_id: FromPath[UUID],
    visitor: NamedDependency[Visitor],
    services: NamedDependency[Services],
) -> Response[Any]:
    """A run: its progress, totals, anomalies and items."""
    visitor.require(ActorKind.AGENT)
    return await _run_page(request, visitor, services, run_id)


@post("/agents/facturation/{run_id:uuid}")
async def advance_run(
    request: AnyRequest,
    run_id: FromPath[UUID],
    visitor: NamedDependency[Visitor],
    form: NamedDependency[Form],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Declare the draft reviewed, or issue it."""
    visitor.require(ActorKind.AGENT)
    portal: Portal = request.app.state.portal
    act = services.billing.issue_run if form.get("step") == "issue" else services.billing.review_run
    try:
        await act(visitor.caller, run_id)
    except Refused as refused:
        if refused.problem.status == 404:
            raise
        return await _run_page(request, visitor, services, run_id, portal.refusal_text(refused.problem))
    notice = Notice("success", "run_issuing" if form.get("step") == "issue" else "run_reviewed")
    return portal.redirect(f"/agents/facturation/{run_id}", notice)


async def _runs_page(
    request: AnyRequest, visitor: Visitor, services: Services, form: FormState, refusal: str = ""
) -> Response[str]:
    portal: Portal = request.app.state.portal
    runs = await services.billing.runs(visitor.caller)
    today = portal.today()
    last_month = today.replace(day=1) - timedelta(days=1)
    context = {
        "runs": runs.items,
        "form": form,
        "refusal": refusal,
        "key": str(uuid4()),
        "suggested": f"{last_month:%Y-%m}",
    }
    status = 422 if form.errors or refusal else 200
    return portal.page(request, "agents/runs.html.j2", visitor, context, status=status)


async def _run_page(
    request: AnyRequest, visitor: Visitor, services: Services, run_id: UUID, refusal: str = ""
) -> Response[str]:
    portal: Portal = request.app.state.portal
    run, items = await asyncio.gather(
        services.billing.run(visitor.caller, run_id),
        services.billing.run_items(visitor.caller, run_id, request.query_params.get("suite")),
    )
    context = {
        "run": run,
        "items": items.items,
        "next_cursor": items.next_cursor,
        "is_working": run.status in WORKING,
        "refusal": refusal,
    }
    return portal.page(request, "agents/run.html.j2", visitor, context, status=409 if refusal else 200)


HANDLERS = [runs_page, start_run, run_page, advance_run]
