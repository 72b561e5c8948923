"""Storage of imports: runs with their lines, and which households and children came from which keys."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.data.sealed_values import seal_value, unseal_value
from contracts.family.events import ImportColumn, ImportFinding
from contracts.runs import RunStatus

from . import domain

LINES_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Run:
    """An import at work, and who confirmed it."""

    run_id: UUID
    is_updating: bool
    is_inviting: bool
    confirmed_by: UUID | None


@dataclass(frozen=True, slots=True)
class NewRun:
    """An import whose file was just sent."""

    run_id: UUID
    label: str
    is_updating: bool
    is_inviting: bool
    created_at: datetime
    created_by: UUID


ADD_RUN_SQL = """
insert into household_imports (run_id, label, status, is_updating, is_inviting, created_at, created_by)
values ($1, $2, 'examining', $3, $4, $5, $6)
"""

ADD_LINES_SQL = """
insert into household_import_lines (run_id, line_number, position, household_key, cells, sealed, finding)
select $1, l.line_number, l.position, l.household_key, l.cells, l.sealed, 'waiting'
from unnest($2::int[], $3::int[], $4::text[], $5::jsonb[], $6::bytea[]) as l(line_number, position, household_key, cells, sealed)
"""

PROTECTED_KEYS_SQL = """
select i.household_key from imported_households i join households h using (household_id)
where i.household_key = any($1::text[]) and h.address_lines is null
"""


async def add_run(tx: Transaction, run: NewRun, homes: Iterable[Sequence[domain.Row]]) -> None:
    """Keep an import with its lines, household by household; an address that is secret, or is to be, is sealed."""
    values = (run.label, run.is_updating, run.is_inviting, run.created_at, run.created_by)
    await tx.execute(ADD_RUN_SQL, run.run_id, *values)
    homes = list(homes)
    keys = [home[0].household_key for home in homes]
    protected = {row["household_key"] for row in await tx.fetch(PROTECTED_KEYS_SQL, keys)}
    secret = {home[0].number for home in homes if home[0].household_key in protected or domain.is_secret(home)}
    lines = [(row, home[0].number) for home in homes for row in home]
    for begin in range(0, len(lines), LINES_AT_ONCE):
        some = lines[begin : begin + LINES_AT_ONCE]
        parts = [await _parted(tx, run.run_id, row, is_secret=position in secret) for row, position in some]
        await tx.execute(
            ADD_LINES_SQL,
            run.run_id,
            [row.number for row, _ in some],
            [position for _, position in some],
            [row.household_key for row, _ in some],
            [cells for cells, _ in parts],
            [sealed for _, sealed in parts],
        )


async def _parted(
    tx: Transaction, run_id: UUID, row: domain.Row, *, is_secret: bool
) -> tuple[dict[str, str], bytes | None]:
    """What a line says, and what of it stands sealed."""
    cells = {column.value: cell for column, cell in row.cells.items()}
    if not is_secret:
        return cells, None
    hidden = {column.value: cells.pop(column.value) for column in domain.SECRET if column.value in cells}
    if ImportColumn.SECRET_REASON.value in hidden:
        cells[ImportColumn.SECRET_REASON.value] = ""  # it goes on saying that there is one
    return cells, await seal_value(tx, run_id, _place(row.number), hidden) if hidden else None


def _place(line_number: int) -> bytes:
    """What the sealed part of a line is bound to, beside the key of its run."""
    return f"line {line_number}".encode()


LOCK_RUN_SQL = "select status from household_imports where run_id = $1 for update"


async def lock_run(tx: Transaction, run_id: UUID) -> RunStatus | None:
    """How far an import has come, locked until the end of the transaction; None when there is none."""
    status = await tx.fetchval(LOCK_RUN_SQL, run_id)
    return RunStatus(status) if status else None


RUNNING_SQL = "select label, confirmed_by from household_imports where status = 'running'"


async def running(db: Queries) -> Row | None:
    """The import that is at work, by its name, and who confirmed it."""
    return await db.fetchrow(RUNNING_SQL)


CONFIRM_RUN_SQL = (
    "update household_imports set status = 'running', confirmed_at = $2, confirmed_by = $3 where run_id = $1"
)


async def confirm_run(tx: Transaction, run_id: UUID, confirmed_by: UUID) -> None:
    """From now on the job works on an import that is locked. Raises asyncpg.UniqueViolationError: another one is at work."""
    await tx.execute(CONFIRM_RUN_SQL, run_id, await tx.now(), confirmed_by)


TAKE_RUN_SQL = """
select run_id, is_updating, is_inviting, confirmed_by from household_imports
where status = $1 order by run_id limit 1 for update skip locked
"""


async def take_run(tx: Transaction, status: RunStatus) -> Run | None:
    """The oldest import that has come so far, locked; None when there is none, or another process works on it."""
    row = await tx.fetchrow(TAKE_RUN_SQL, status)
    return Run(**dict(row)) if row else None


SETTLED_RUN_SQL = "update household_imports set status = $2, finished_at = $3 where run_id = $1"


async def set_status(tx: Transaction, run_id: UUID, status: RunStatus) -> None:
    """An import has come further."""
    finished_at = await tx.now() if status is RunStatus.DONE else None
    await tx.execute(SETTLED_RUN_SQL, run_id, status, finished_at)


WAITING_LINES_SQL = """
select position, line_number, cells, sealed from household_import_lines
where run_id = $1 and position in (
    select distinct position from household_import_lines
    where run_id = $1 and finding = any($2::text[]) and finding in ('waiting', 'to_open', 'to_update', 'to_invite')
    order by position limit $3)
order by position, line_number
"""


async def next_homes(
    tx: Transaction, run_id: UUID, findings: Collection[ImportFinding], limit: int
) -> list[tuple[domain.Row, ...]]:
    """The lines of the next households of an import that come to one of these."""
    rows = await tx.fetch(WAITING_LINES_SQL, run_id, list(findings), limit)
    wholes = [(row["position"], await _whole(tx, run_id, row)) for row in rows]
    return [tuple(row for _, row in home) for _, home in groupby(wholes, key=lambda item: item[0])]


async def _whole(tx: Transaction, run_id: UUID, row: Row) -> domain.Row:
    """A line with what of it stands sealed."""
    readable = row_of(row)
    if row["sealed"] is None:
        return readable
    hidden: dict[str, str] = await unseal_value(tx, run_id, _place(readable.number), row["sealed"]) or {}
    return domain.Row(
        readable.number, {**readable.cells, **{ImportColumn(name): cell for name, cell in hidden.items()}}
    )


def row_of(row: Row) -> domain.Row:
    """A line as its file said it, but for what stands sealed."""
    cells = {ImportColumn(name): cell for name, cell in (row["cells"] or {}).items()}
    return domain.Row(row["line_number"], cells)


FIRST_ROWS_SQL = """
select distinct on (cells ->> 'child_key') cells ->> 'child_key' as child_key, line_number, cells from household_import_lines
where run_id = $1 and cells ->> 'child_key' = any($2::text[]) order by cells ->> 'child_key', line_number
"""


async def first_rows(tx: Transaction, run_id: UUID, keys: Collection[str]) -> dict[str, domain.Row]:
    """The first line of an import that says each of these keys of children, of those that are kept."""
    return {row["child_key"]: row_of(row) for row in await tx.fetch(FIRST_ROWS_SQL, run_id, list(keys))} if keys else {}


SETTLE_LINES_SQL = """
update household_import_lines l
set finding = s.finding, faults = s.faults::jsonb, household_id = coalesce(s.household_id, t.household_id),
    cells = case when s.is_pending or s.is_kept and p.address_lines is not null or s.is_kept and p.household_id is null then l.cells when s.is_kept then l.cells - $9::text[] end,
    sealed = case when s.is_pending then l.sealed end
from unnest($2::int[], $3::text[], $4::text[], $5::uuid[], $6::boolean[], $7::boolean[], $8::text[]) as s(line_number, finding, faults, household_id, is_pending, is_kept, twin)
left join households t on t.reference = s.twin
left join households p on p.household_id = coalesce(s.household_id, t.household_id)
where l.run_id = $1 and l.line_number = s.line_number
"""
PENDING: Final = frozenset({ImportFinding.TO_OPEN, ImportFinding.TO_UPDATE, ImportFinding.TO_INVITE})
"""Lines that come to this are worked off: all that the file says is kept, and sealed what is secret of it."""
KEPT_CELLS: Final = frozenset({ImportFinding.REFUSED, ImportFinding.HELD, ImportFinding.DIFFERS})
"""Of lines that come to this, what the file says is kept, to be corrected and sent again, but for what is secret of it."""


@dataclass(frozen=True, slots=True)
class SettledLine:
    """What a line comes to. What it says is about the file of `household_id`, or of the reference `twin`: it is told and erased with that one."""

    line_number: int
    finding: ImportFinding
    faults: tuple[domain.Fault, ...] = ()
    household_id: UUID | None = None
    twin: str | None = None


async def settle_lines(tx: Transaction, run_id: UUID, lines: Sequence[SettledLine]) -> None:
    """Write what lines come to."""
    await tx.execute(
        SETTLE_LINES_SQL,
        run_id,
        [line.line_number for line in lines],
        [line.finding for line in lines],
        [json.dumps([_fault(fault) for fault in line.faults]) if line.faults else None for line in lines],
        [line.household_id for line in lines],
        [line.finding in PENDING for line in lines],
        [line.finding in KEPT_CELLS for line in lines],
        [line.twin for line in lines],
        list(domain.SECRET),
    )


CONCEALED_SQL = """
with files as (select household_id from households where household_id = $1 or merged_into = $1)
select run_id, line_number, finding, cells from household_import_lines
where cells ?| $2::text[] and (household_id in (select household_id from files)
    or household_key in (select household_key from imported_households where household_id in (select household_id from files)))
order by run_id, line_number for update
"""

CONCEAL_SQL = """
update household_import_lines l set cells = l.cells - $3::text[], sealed = s.sealed
from unnest($1::uuid[], $2::int[], $4::bytea[]) as s(run_id, line_number, sealed)
where l.run_id = s.run_id and l.line_number = s.line_number
"""


async def conceal(tx: Transaction, household_id: UUID) -> None:
    """Leave no address where the lines of imports say one of a household whose own becomes protected: what is still worked off has it sealed."""
    columns = list(domain.SECRET)
    rows = await tx.fetch(CONCEALED_SQL, household_id, columns)
    finals = {*KEPT_CELLS}
    sealed = [
        None if row["finding"] in finals else (await _parted(tx, row["run_id"], row_of(row), is_secret=True))[1]
        for row in rows
    ]
    if rows:
        places = [row["run_id"] for row in rows], [row["line_number"] for row in rows]
        await tx.execute(CONCEAL_SQL, *places, columns, sealed)


def _fault(fault: domain.Fault) -> dict[str, Any]:
    params = {name: value if isinstance(value, int | str) else str(value) for name, value in fault.params}
    return {"column": fault.column.value, "code": fault.code, "params": params}


BACKLOG_SQL = "select count(*) from (select from outbox limit $1) waiting"


async def backlog(db: Queries, limit: int) -> int:
    """How many events wait to be published, up to a limit."""
    count: int = await db.fetchval(BACKLOG_SQL, limit)
    return count


FORGET_RUNS_SQL = """
delete from household_imports where run_id in (
    select run_id from household_imports
    where coalesce(finished_at, created_at) <= $1 and status in ('proposed', 'done')
    order by run_id limit $2 for update skip locked)
"""
