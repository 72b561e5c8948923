"""What agents read of imports."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chassis.data.database import Queries, Row
from chassis.data.paging import page_of, read_cursor
from chassis.refusal import NotFound
from contracts.family.events import ImportFinding
from contracts.family.imports import ImportLine, ImportRun
from contracts.http import PAGE_SIZE, Page

from .domain import KEPT, SECRET

PER_MINUTE: Final = 6_000
INVITING_PER_MINUTE: Final = 300
"""Households, whose adults are two at most: 600 invitations a minute, as runs of invitations order them."""

RUNS_SQL = """
select r.run_id, r.label, r.status, r.is_updating, r.is_inviting, r.created_at, r.created_by, r.confirmed_at, r.confirmed_by,
       r.finished_at,
       (select jsonb_object_agg(counted.finding, jsonb_build_array(counted.line_count, counted.household_count)) from (
            select l.finding, count(*) as line_count, count(distinct l.position) as household_count
            from household_import_lines l where l.run_id = r.run_id group by l.finding
        ) counted) as findings
from household_imports r where $1::uuid is null or r.run_id = $1
order by r.run_id desc limit $2
"""


async def list_runs(db: Queries) -> Page[ImportRun]:
    """The last imports, the newest first."""
    return Page(items=tuple(_run(row) for row in await db.fetch(RUNS_SQL, None, PAGE_SIZE)))


async def read_run(db: Queries, run_id: UUID) -> ImportRun:
    """An import. Raises NotFound."""
    row = await db.fetchrow(RUNS_SQL, run_id, 1)
    if row is None:
        raise NotFound
    return _run(row)


def _run(row: Row) -> ImportRun:
    fields = dict(row)
    findings = fields.pop("findings") or {}
    return ImportRun.model_validate(
        {
            **fields,
            "findings": [
                {
                    "finding": finding,
                    "line_count": findings[finding][0],
                    "household_count": findings[finding][1],
                }
                for finding in ImportFinding
                if finding in findings
            ],
            "forgotten_at": (fields["finished_at"] or fields["created_at"]) + KEPT,
            "per_minute": INVITING_PER_MINUTE if fields["is_inviting"] else PER_MINUTE,
        }
    )


IS_RUN_SQL = "select exists (select from household_imports where run_id = $1)"

LINES_SQL = """
select l.line_number, l.household_key, l.finding, coalesce(l.faults, '[]'::jsonb) as faults,
       coalesce(case when p.address_lines is null and p.household_id is not null then l.cells - $5::text[] else l.cells end, '{}'::jsonb) as cells,
       h.reference
from household_import_lines l
left join households h using (household_id)
left join imported_households i on i.household_key = l.household_key
left join households p on p.household_id = coalesce(l.household_id, i.household_id)
where l.run_id = $1 and l.line_number > $2 and ($3::text is null or l.finding = $3 or $3 = 'refused' and l.finding = 'held')
order by l.line_number limit $4
"""


@dataclass(frozen=True, slots=True)
class LinesAsked:
    """Which lines of a report somebody asks for: those of one finding, or all of them. Refused ones come with the rest of their households."""

    run_id: UUID
    finding: ImportFinding | None
    cursor: str | None
    limit: int


async def list_lines(db: Queries, asked: LinesAsked) -> Page[ImportLine]:
    """A page of a report; of a household whose address is protected or is to be, without the address that the file says, and why: those stand sealed, if at all. Raises NotFound, Invalid."""
    after = read_cursor(asked.cursor, int)[0] if asked.cursor else 0
    rows = await db.fetch(LINES_SQL, asked.run_id, after, asked.finding, asked.limit + 1, list(SECRET))
    if not rows and not await db.fetchval(IS_RUN_SQL, asked.run_id):
        raise NotFound
    lines = [ImportLine.model_validate(dict(row)) for row in rows]
    return page_of(lines, lambda line: (line.line_number,), asked.limit)
