"""Storage of imports: runs with their lines, and which households and children came from which keys."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from contracts.family.events import ImportColumn, ImportFinding
from contracts.runs import RunStatus

from ..people.domain import Child
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
insert into household_import_lines (run_id, line_number, position, household_key, cells, finding)
select $1, l.line_number, l.position, l.household_key, l.cells, 'waiting'
from unnest($2::int[], $3::int[], $4::text[], $5::jsonb[]) as l(line_number, position, household_key, cells)
"""


async def add_run(tx: Transaction, run: NewRun, homes: Iterable[Sequence[domain.Row]]) -> None:
    """Keep an import with its lines, household by household."""
    values = (run.label, run.is_updating, run.is_inviting, run.created_at, run.created_by)
    await tx.execute(ADD_RUN_SQL, run.run_id, *values)
    lines = [(row, home[0].number) for home in homes for row in home]
    for begin in range(0, len(lines), LINES_AT_ONCE):
        some = lines[begin : begin + LINES_AT_ONCE]
        await tx.execute(
            ADD_LINES_SQL,
            run.run_id,
            [row.number for row, _ in some],
            [position for _, position in some],
            [row.household_key for row, _ in some],
            [{column.value: cell for column, cell in row.cells.items()} for row, _ in some],
        )


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
select position, line_number, cells from household_import_lines
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
    return [tuple(map(row_of, lines)) for _, lines in groupby(rows, key=lambda row: row["position"])]


def row_of(row: Row) -> domain.Row:
    """A line as its file said it."""
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
set finding = s.finding, faults = s.faults::jsonb, household_id = coalesce(s.household_id, t.household_id), cells = case when s.is_kept then l.cells end
from unnest($2::int[], $3::text[], $4::text[], $5::uuid[], $6::boolean[], $7::text[]) as s(line_number, finding, faults, household_id, is_kept, twin)
left join households t on t.reference = s.twin
where l.run_id = $1 and l.line_number = s.line_number
"""
KEPT_CELLS: Final = frozenset(
    {
        ImportFinding.TO_OPEN,
        ImportFinding.TO_UPDATE,
        ImportFinding.TO_INVITE,
        ImportFinding.REFUSED,
        ImportFinding.HELD,
        ImportFinding.DIFFERS,
    }
)
"""Of lines that come to this, what the file says is kept: they are worked off, or sent again."""


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
        [line.finding in KEPT_CELLS for line in lines],
        [line.twin for line in lines],
    )


def _fault(fault: domain.Fault) -> dict[str, Any]:
    params = {name: value if isinstance(value, int | str) else str(value) for name, value in fault.params}
    return {"column": fault.column.value, "code": fault.code, "params": params}


@dataclass(frozen=True, slots=True)
class ImportedHousehold:
    """A household that came from a key. `fingerprint` stands for what the file said; `has_uninvited`: an adult has an address and was never invited."""

    household_id: UUID
    fingerprint: bytes
    has_uninvited: bool


KNOWN_HOUSEHOLDS_SQL = """
select i.household_key, i.household_id, i.fingerprint, exists (
    select from household_members m join adults a on a.adult_id = m.person_id
    where m.household_id = i.household_id and not a.is_invited and a.email is not null) as has_uninvited
from imported_households i where i.household_key = any($1::text[])
"""


async def imported_households(db: Queries, keys: Collection[str]) -> dict[str, ImportedHousehold]:
    """Those of these keys from which a household came."""
    rows = await db.fetch(KNOWN_HOUSEHOLDS_SQL, list(keys))
    return {
        row["household_key"]: ImportedHousehold(row["household_id"], row["fingerprint"], row["has_uninvited"])
        for row in rows
    }


KNOWN_CHILDREN_SQL = """
select i.child_key, c.child_id, c.first_name, c.last_name, c.birth_on, c.is_expected
from imported_children i join children c using (child_id) where i.child_key = any($1::text[])
"""


async def imported_children(db: Queries, keys: Collection[str]) -> dict[str, Child]:
    """The children who came from these keys."""
    rows = [dict(row) for row in await db.fetch(KNOWN_CHILDREN_SQL, list(keys))]
    return {row.pop("child_key"): Child(**row) for row in rows}


KEEP_HOUSEHOLDS_SQL = """
insert into imported_households (household_key, household_id, fingerprint) select * from unnest($1::text[], $2::uuid[], $3::bytea[])
on conflict (household_key) do update set fingerprint = excluded.fingerprint
"""


async def keep_households(tx: Transaction, households: Sequence[tuple[str, UUID, bytes]]) -> None:
    """Households came from these keys, or their files say something else by now: with what stands for that."""
    if households:
        await tx.execute(KEEP_HOUSEHOLDS_SQL, *map(list, zip(*households, strict=True)))


KEEP_CHILDREN_SQL = """
insert into imported_children (child_key, child_id) select * from unnest($1::text[], $2::uuid[]) on conflict do nothing
"""


async def keep_children(tx: Transaction, children: Mapping[str, UUID]) -> None:
    """Children came from these keys."""
    await tx.execute(KEEP_CHILDREN_SQL, list(children), list(children.values()))


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
