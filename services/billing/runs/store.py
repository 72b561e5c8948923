"""Storage of invoice runs."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from contracts.types import InvoiceRunStatus


@dataclass(frozen=True, slots=True)
class Run:
    """A run and the first day of its month."""

    run_id: UUID
    regie: str
    period: date
    status: InvoiceRunStatus

    @classmethod
    def of(cls, row: Row) -> "Run":
        return cls(row["run_id"], row["regie"], row["period"], InvoiceRunStatus(row["status"]))


ADD_RUN_SQL = """
insert into invoice_runs (run_id, regie, period, status, created_at, created_by)
values ($1, $2, $3, 'drafting', $4, $5) on conflict (regie, period) do nothing returning true
"""


async def add_run(tx: Transaction, run: Run, created_at: datetime, created_by: UUID) -> bool:
    """Store a run; False if the month has one."""
    return bool(await tx.fetchval(ADD_RUN_SQL, run.run_id, run.regie, run.period, created_at, created_by))


RUN_OF_MONTH_SQL = "select run_id from invoice_runs where regie = $1 and period = $2"


async def run_of_month(queries: Queries, regie: str, period: date) -> UUID | None:
    run_id: UUID | None = await queries.fetchval(RUN_OF_MONTH_SQL, regie, period)
    return run_id


LOCK_RUN_SQL = "select run_id, regie, period, status from invoice_runs where run_id = $1 for update"


async def lock_run(tx: Transaction, run_id: UUID) -> Run | None:
    """A run, locked: corrections of days that it holds wait."""
    row = await tx.fetchrow(LOCK_RUN_SQL, run_id)
    return Run.of(row) if row else None


MOVE_RUN_SQL = "update invoice_runs set status = $2 where run_id = $1"


async def move_run(tx: Transaction, run_id: UUID, status: InvoiceRunStatus) -> None:
    """Set the status of a locked run; the history says which agent did it."""
    await tx.execute(MOVE_RUN_SQL, run_id, status.value)


OPEN_RUNS_SQL = """
select run_id, regie, period, status from invoice_runs where status = any($1::text[]) order by run_id
"""


async def runs_in(queries: Queries, *statuses: InvoiceRunStatus) -> list[Run]:
    """The runs in one of these statuses."""
    return [Run.of(row) for row in await queries.fetch(OPEN_RUNS_SQL, [status.value for status in statuses])]


DISCARD_RUN_SQL = """
delete from invoice_runs r where r.run_id = $1 and r.status = 'discarding'
  and not exists (select from invoice_run_items i where i.run_id = r.run_id)
"""


async def forget_discarded(tx: Transaction, run_id: UUID) -> None:
    """Forget a discarded run, once nothing of it is left."""
    await tx.execute(DISCARD_RUN_SQL, run_id)
