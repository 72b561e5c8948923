"""What agents read of runs of invitations."""

from dataclasses import dataclass
from uuid import UUID

from chassis.data.database import Database, Queries, Row, Transaction
from chassis.data.paging import page_of, read_cursor
from chassis.refusal import NotFound
from contracts.http import PAGE_SIZE, Page
from contracts.identity.events import InvitationFinding
from contracts.identity.invitation_runs import FindingCount, InvitationLine, InvitationRun

from ..settings import IdentityRules
from .domain import KEPT, UNDER_WAY_MAX, UNDER_WAY_SINCE
from .store import count_under_way

RUNS_SQL = """
select r.run_id, r.label, r.choice, r.status, r.created_at, r.created_by, r.confirmed_at, r.confirmed_by, r.finished_at,
       (select jsonb_object_agg(counted.finding, counted.count) from (
            select l.finding, count(*) from invitation_lines l where l.run_id = r.run_id group by l.finding
        ) counted) as findings,
       mails.delivered_count, mails.refused_count
from invitation_runs r
cross join lateral (
    select count(i.delivered_at) as delivered_count, count(i.refused_at) as refused_count
    from invitation_lines l join invitations i using (invitation_id)
    where l.run_id = r.run_id and l.finding = 'requested'
) mails
where $1::uuid is null or r.run_id = $1
order by r.run_id desc limit $2
"""


async def list_runs(db: Queries, rules: IdentityRules) -> Page[InvitationRun]:
    """The last runs, the newest first."""
    return Page(items=tuple(_run(row, rules) for row in await db.fetch(RUNS_SQL, None, PAGE_SIZE)))


async def read_run(db: Database | Transaction, rules: IdentityRules, run_id: UUID) -> InvitationRun:
    """A run. Raises NotFound."""
    row = await db.fetchrow(RUNS_SQL, run_id, 1)
    if row is None:
        raise NotFound
    run = _run(row, rules)
    if not run.count(InvitationFinding.TO_INVITE) or run.confirmed_at is None:
        return run
    under_way = await count_under_way(db, await db.now() - UNDER_WAY_SINCE, UNDER_WAY_MAX)
    return run.model_copy(update={"is_held": under_way >= UNDER_WAY_MAX})


def _run(row: Row, rules: IdentityRules) -> InvitationRun:
    fields = dict(row)
    findings: dict[str, int] = fields.pop("findings") or {}
    return InvitationRun.model_validate(
        {
            **fields,
            "findings": [
                FindingCount(finding=finding, count=findings[finding])
                for finding in InvitationFinding
                if finding in findings
            ],
            "forgotten_at": (fields["finished_at"] or fields["created_at"]) + KEPT,
            "is_held": False,
            "per_minute": rules.invitations_per_minute,
        }
    )


IS_RUN_SQL = "select exists (select from invitation_runs where run_id = $1)"

LINES_SQL = """
select l.position, l.line_number, l.reference, l.email, l.finding, l.same_as_line, i.requested_at as invited_at, i.refusal,
       case when i.invitation_id is null then null when i.delivered_at is not null then 'delivered'
            when i.refusal = 'expired' then 'expired' when i.refusal is not null then 'refused'
            when i.used_at is not null then 'delivered' else 'waiting' end as mail
from invitation_lines l left join invitations i using (invitation_id)
where l.run_id = $1 and l.position > $2 and ($3::text is null or l.finding = $3)
order by l.position limit $4
"""


@dataclass(frozen=True, slots=True)
class LinesAsked:
    """Which lines of a report somebody asks for: those of one finding, or all of them."""

    run_id: UUID
    finding: InvitationFinding | None
    cursor: str | None
    limit: int


async def list_lines(db: Queries, asked: LinesAsked) -> Page[InvitationLine]:
    """A page of a report. Raises NotFound, Invalid."""
    after = read_cursor(asked.cursor, int)[0] if asked.cursor else 0
    rows = await db.fetch(LINES_SQL, asked.run_id, after, asked.finding, asked.limit + 1)
    if not rows and not await db.fetchval(IS_RUN_SQL, asked.run_id):
        raise NotFound
    lines = [InvitationLine.model_validate(dict(row)) for row in rows]
    return page_of(lines, lambda line: (line.position,), asked.limit)
