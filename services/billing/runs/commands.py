"""Invoice runs: opened, reviewed and issued by agents, or discarded; a job drafts and issues, a batch at a time.

A run holds the lines of its draft. Until it is issuing, a corrected day leaves the run; from then on nothing that it holds
can change. Whenever an agent goes on, its draft is compared with the days as they are now: one that is out of date is
drafted again instead.
"""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import NotFound, Refusal
from contracts.billing.models import InvoiceRun, InvoiceRunCreate, InvoiceRunReview
from contracts.types import InvoiceRunStatus

from ..drafts.commands import draft_again, draft_batch, finish_draft, release_batch
from ..drafts.store import add_items, reopen_changed_items
from ..errors import (
    DaysStandOpen,
    InvoiceRunExists,
    PeriodNotStarted,
    PricesWait,
    RunChanged,
    RunFrozen,
    RunNotDrafted,
    RunNotReviewed,
)
from ..issuing.commands import finish_issue, issue_batch
from ..repricing.store import prices_wait
from ..settings import BillingRules
from . import store
from .domain import DISCARDABLE, REDRAFTABLE, month_of
from .queries import run_of
from .store import Run


@command
async def create_run(
    tx: Transaction, actor: Actor, claim: Claim, rules: BillingRules, request: InvoiceRunCreate
) -> InvoiceRun:
    """Open the run of a month; a job drafts it.

    Raises:
        PeriodNotStarted: the month is still to come.
        InvoiceRunExists: the month has a run.
    """
    if kept := await claim.replay(tx, InvoiceRun):
        return kept
    period = month_of(request.period)
    now = await tx.now()
    today = rules.today(now)
    if period > today:
        raise PeriodNotStarted(period=request.period)
    run = Run(new_id(), rules.policy.regie, period, InvoiceRunStatus.DRAFTING)
    if not await store.add_run(tx, run, now, actor.account_id):
        raise InvoiceRunExists(period=request.period, run_id=await store.run_of_month(tx, run.regie, period))
    await add_items(tx, run, today)
    tx.note(Act(actor, "invoice_run_created", run.run_id, after={"period": request.period, "regie": run.regie}))
    return await claim.keep(tx, await run_of(tx, run.run_id, today))


async def review_run(
    db: Database, actor: Actor, rules: BillingRules, run_id: UUID, request: InvoiceRunReview
) -> InvoiceRun:
    """An agent looked at the totals and the anomalies of the draft, and at the days that it leaves out.

    Raises:
        RunNotDrafted: the draft is not complete.
        RunChanged, PricesWait: the days are not as they were drafted; the draft is being computed again.
        DaysStandOpen: the days that the draft leaves out are not those that were confirmed.
    """
    if refusal := await _review(db, actor, rules, run_id, request):
        raise refusal
    return await run_of(db, run_id, rules.today(await db.now()))


@command
async def _review(
    tx: Transaction, actor: Actor, rules: BillingRules, run_id: UUID, request: InvoiceRunReview
) -> Refusal | None:
    run = await _locked(tx, run_id)
    if run.status is InvoiceRunStatus.REVIEWED:
        return None
    if run.status is not InvoiceRunStatus.DRAFT:
        raise RunNotDrafted(status=run.status)
    if refusal := await _draft_again_if_changed(tx, rules, run):
        return refusal
    open_days = (await run_of(tx, run_id, rules.today(await tx.now()))).open_days
    if request.confirmed != open_days:
        raise DaysStandOpen(**open_days.model_dump())
    await store.move_run(tx, run_id, InvoiceRunStatus.REVIEWED)
    tx.note(
        Act(
            actor,
            "invoice_run_reviewed",
            run_id,
            before={"status": run.status},
            after={"status": InvoiceRunStatus.REVIEWED},
        )
    )
    return None


async def issue_run(db: Database, actor: Actor, rules: BillingRules, run_id: UUID) -> InvoiceRun:
    """Start the issue of a reviewed run; a job does it.

    Raises:
        RunNotReviewed: no agent reviewed the draft.
        RunChanged, PricesWait: the days are not as they were reviewed; the draft is being computed again.
    """
    if refusal := await _issue(db, actor, rules, run_id):
        raise refusal
    return await run_of(db, run_id, rules.today(await db.now()))


@command
async def _issue(tx: Transaction, actor: Actor, rules: BillingRules, run_id: UUID) -> Refusal | None:
    run = await _locked(tx, run_id)
    if run.status in (InvoiceRunStatus.ISSUING, InvoiceRunStatus.ISSUED):
        return None
    if run.status is not InvoiceRunStatus.REVIEWED:
        raise RunNotReviewed(status=run.status)
    if refusal := await _draft_again_if_changed(tx, rules, run):
        return refusal
    await store.move_run(tx, run_id, InvoiceRunStatus.ISSUING)
    tx.note(
        Act(
            actor,
            "invoice_run_issued",
            run_id,
            before={"status": run.status},
            after={"status": InvoiceRunStatus.ISSUING},
        )
    )
    return None


async def _draft_again_if_changed(tx: Transaction, rules: BillingRules, run: Run) -> Refusal | None:
    """Why a draft is out of date; it is drafted again then, which must commit: the refusal is an answer here."""
    if await prices_wait(tx):
        refusal: Refusal | None = PricesWait()
    else:
        difference = await reopen_changed_items(tx, run)
        refusal = (
            RunChanged(payer_count=difference.payer_count, difference_cents=difference.difference_cents)
            if difference.payer_count
            else None
        )
    if refusal:
        await draft_again(tx, run, rules.today(await tx.now()))
    return refusal


@command
async def redraft_run(tx: Transaction, actor: Actor, rules: BillingRules, run_id: UUID) -> InvoiceRun:
    """Have the draft computed again with the days as they are now; an agent is to review it (again).

    Raises:
        RunFrozen: its invoices are being issued, or were.
    """
    today = rules.today(await tx.now())
    run = await _locked(tx, run_id)
    if run.status not in REDRAFTABLE:
        raise RunFrozen(status=run.status)
    await draft_again(tx, run, today)
    tx.note(
        Act(
            actor,
            "invoice_run_redrafted",
            run_id,
            before={"status": run.status},
            after={"status": InvoiceRunStatus.DRAFTING},
        )
    )
    return await run_of(tx, run_id, today)


@command
async def discard_run(tx: Transaction, actor: Actor, run_id: UUID) -> None:
    """Give a draft up: a job leaves its lines to another run, then forgets it, and the month may be opened again.

    Raises:
        RunFrozen: its invoices are being issued, or were.
    """
    run = await _locked(tx, run_id)
    if run.status not in DISCARDABLE:
        raise RunFrozen(status=run.status)
    await store.move_run(tx, run_id, InvoiceRunStatus.DISCARDING)
    tx.note(
        Act(
            actor,
            "invoice_run_discarded",
            run_id,
            before={"status": run.status},
            after={"status": InvoiceRunStatus.DISCARDING},
        )
    )


async def _locked(tx: Transaction, run_id: UUID) -> Run:
    run = await store.lock_run(tx, run_id)
    if run is None:
        raise NotFound
    return run


@command
async def forget_discarded(tx: Transaction, run: Run) -> None:
    """Forget a run once it holds nothing any more."""
    await store.forget_discarded(tx, run.run_id)


async def work_on_runs(db: Database, rules: BillingRules) -> None:
    """Draft, discard and issue what is waiting, a batch a transaction: a crash loses at most one, which simply runs again."""
    for run in await store.runs_in(db, InvoiceRunStatus.DRAFTING):
        while await draft_batch(db, rules, run) or await finish_draft(db, run):
            pass
    for run in await store.runs_in(db, InvoiceRunStatus.DISCARDING):
        while await release_batch(db, run):
            pass
        await forget_discarded(db, run)
    for run in await store.runs_in(db, InvoiceRunStatus.ISSUING):
        while await issue_batch(db, rules, run):
            pass
        await finish_issue(db, run)
