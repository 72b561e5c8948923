"""Invoice runs, for finance officers: a month is drafted, reviewed, issued."""

from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from contracts.billing.api import InvoiceRun, InvoiceRunCreate, InvoiceRunItem
from contracts.http import Page

from ..clients.calling import Caller
from ..services import Services
from .admission import Cursor


@post("/invoice-runs", operation_id="create_invoice_run", tags=["invoice runs"])
async def create_run(
    caller: NamedDependency[Caller],
    claim: NamedDependency[str],
    services: NamedDependency[Services],
    data: JSONBody[InvoiceRunCreate],
) -> InvoiceRun:
    """Open the run of a month; its draft is computed in the background."""
    return await services.billing.create_run(caller, data, claim)


@get("/invoice-runs", operation_id="list_invoice_runs", tags=["invoice runs"])
async def list_runs(
    caller: NamedDependency[Caller], services: NamedDependency[Services], cursor: Cursor = None
) -> Page[InvoiceRun]:
    """Every run, the newest first."""
    return await services.billing.runs(caller, cursor)


@get("/invoice-runs/{run_id:uuid}", operation_id="read_invoice_run", tags=["invoice runs"])
async def read_run(
    run_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
) -> InvoiceRun:
    """A run, its progress and what is unusual in it."""
    return await services.billing.run(caller, run_id)


@get("/invoice-runs/{run_id:uuid}/items", operation_id="list_invoice_run_items", tags=["invoice runs"])
async def list_items(
    run_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    services: NamedDependency[Services],
    cursor: Cursor = None,
) -> Page[InvoiceRunItem]:
    """What each household would be, or was, invoiced."""
    return await services.billing.run_items(caller, run_id, cursor)


@post("/invoice-runs/{run_id:uuid}/review", status_code=200, operation_id="review_invoice_run", tags=["invoice runs"])
async def review_run(
    run_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
) -> InvoiceRun:
    """Declare that the totals and the anomalies of the draft were looked at."""
    return await services.billing.review_run(caller, run_id)


@post("/invoice-runs/{run_id:uuid}/issue", status_code=200, operation_id="issue_invoice_run", tags=["invoice runs"])
async def issue_run(
    run_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
) -> InvoiceRun:
    """Issue the invoices of a reviewed run; what is issued never changes."""
    return await services.billing.issue_run(caller, run_id)


ROUTES = (create_run, list_runs, read_run, list_items, review_run, issue_run)
