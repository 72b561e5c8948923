"""Storage of changes of classes: what is to become of whom, and the report from the start on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from contracts.family.class_changes import ClassChangeStatus
from contracts.family.school_events import PupilOutcome, SchoolLevel, StepKind

from .domain import Group, Leaving, Line, Step


@dataclass(frozen=True, slots=True)
class Run:
    """A change of classes, and who started it."""

    run_id: UUID
    school_code: str
    school_year: int
    status: ClassChangeStatus
    confirmed_by: UUID | None


ADD_RUN_SQL = """
insert into class_changes (run_id, school_code, school_year, status, created_at, created_by) values ($1, $2, $3, 'prepared', $4, $5)
"""


async def add_run(tx: Transaction, run_id: UUID, school: tuple[str, int], at: datetime, by: UUID) -> None:
    """Keep a new change of a school's year. Raises asyncpg.UniqueViolationError: there is one."""
    await tx.execute(ADD_RUN_SQL, run_id, *school, at, by)


LIVE_RUN_SQL = """
select run_id from class_changes where school_code = $1 and school_year = $2 and status <> 'undone'
"""


async def live_run(db: Queries, school_code: str, school_year: int) -> UUID | None:
    """The change of a school's year, unless there is none but undone ones."""
    run_id: UUID | None = await db.fetchval(LIVE_RUN_SQL, school_code, school_year)
    return run_id


LOCK_RUN_SQL = """
select run_id, school_code, school_year, status, confirmed_by from class_changes where run_id = $1 for update
"""

TAKE_RUN_SQL = """
select run_id, school_code, school_year, status, confirmed_by from class_changes
where status = 'running' order by run_id limit 1 for update skip locked
"""


async def lock_run(tx: Transaction, run_id: UUID) -> Run | None:
    """A change of classes, locked until the transaction ends."""
    return _run(await tx.fetchrow(LOCK_RUN_SQL, run_id))


async def take_run(tx: Transaction) -> Run | None:
    """The oldest change that is worked off, locked; None when there is none, or another process works on it."""
    return _run(await tx.fetchrow(TAKE_RUN_SQL))


def _run(row: Row | None) -> Run | None:
    if row is None:
        return None
    status = ClassChangeStatus(row["status"])
    return Run(row["run_id"], row["school_code"], row["school_year"], status, row["confirmed_by"])


CONFIRM_SQL = "update class_changes set status = 'running', confirmed_at = $2, confirmed_by = $3 where run_id = $1"
FINISH_SQL = "update class_changes set status = 'done', finished_at = $2 where run_id = $1"
UNDO_SQL = "update class_changes set status = 'undone', undone_at = $2, undone_by = $3 where run_id = $1"


async def confirm_run(tx: Transaction, run_id: UUID, by: UUID) -> None:
    """From now on the job works on it."""
    await tx.execute(CONFIRM_SQL, run_id, await tx.now(), by)


async def finish_run(tx: Transaction, run_id: UUID) -> None:
    """Every pupil has come to something."""
    await tx.execute(FINISH_SQL, run_id, await tx.now())


async def undo_run(tx: Transaction, run_id: UUID, by: UUID) -> None:
    """Nothing that it wrote is there any more."""
    await tx.execute(UNDO_SQL, run_id, await tx.now(), by)


STEPS_SQL = "select class_id, level, kind, to_class_id from class_change_steps where run_id = $1"

SAVE_STEP_SQL = """
insert into class_change_steps (run_id, class_id, level, kind, to_class_id)
select $1, * from unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[])
on conflict (run_id, class_id, level) do update set kind = excluded.kind, to_class_id = excluded.to_class_id
"""


async def load_steps(db: Queries, run_id: UUID) -> dict[Group, Step]:
    """What somebody said becomes of classes."""
    rows = await db.fetch(STEPS_SQL, run_id)
    return {(row["class_id"], SchoolLevel(row["level"])): _step(row) for row in rows}


def _step(row: Row) -> Step:
    return Step(StepKind(row["kind"]), row["to_class_id"])


async def save_steps(tx: Transaction, run_id: UUID, steps: Mapping[Group, Step]) -> None:
    """Write what becomes of classes."""
    await tx.execute(
        SAVE_STEP_SQL,
        run_id,
        [class_id for class_id, _ in steps],
        [level.value for _, level in steps],
        [step.kind.value for step in steps.values()],
        [step.to_class_id for step in steps.values()],
    )


OWN_STEPS_SQL = "select child_id, kind, to_class_id from class_change_pupils where run_id = $1"

SAVE_OWN_STEP_SQL = """
insert into class_change_pupils (run_id, child_id, kind, to_class_id) values ($1, $2, $3, $4)
on conflict (run_id, child_id) do update set kind = excluded.kind, to_class_id = excluded.to_class_id
"""

REMOVE_OWN_STEP_SQL = "delete from class_change_pupils where run_id = $1 and child_id = $2"


async def load_own_steps(db: Queries, run_id: UUID) -> dict[UUID, Step]:
    """What somebody said becomes of single pupils."""
    return {row["child_id"]: _step(row) for row in await db.fetch(OWN_STEPS_SQL, run_id)}


async def save_own_step(tx: Transaction, run_id: UUID, child_id: UUID, step: Step | None) -> None:
    """Write what becomes of a pupil; without a step, it goes with its class."""
    if step is None:
        await tx.execute(REMOVE_OWN_STEP_SQL, run_id, child_id)
    else:
        await tx.execute(SAVE_OWN_STEP_SQL, run_id, child_id, step.kind.value, step.to_class_id)


LEAVING_SQL = """
select s.child_id, s.class_id, s.level,
       exists (select from schoolings n where n.child_id = s.child_id and n.school_year = s.school_year + 1) as is_known
from schoolings s join children c on c.child_id = s.child_id
where s.school_code = $1 and s.school_year = $2 and upper(s.during) = make_date($2 + 1, 9, 1)
order by c.list_key, c.child_id
"""


async def load_leaving(db: Queries, school_code: str, school_year: int) -> list[Leaving]:
    """The pupils of the last day of a school's year, by name."""
    rows = await db.fetch(LEAVING_SQL, school_code, school_year)
    return [Leaving(row["child_id"], row["class_id"], SchoolLevel(row["level"]), row["is_known"]) for row in rows]


ADD_LINES_SQL = """
insert into class_change_lines (run_id, position, child_id, class_id, level, outcome, own_kind, to_class_id, to_level)
select $1, l.position, l.child_id, l.class_id, l.level, l.outcome, l.own_kind, l.to_class_id, l.to_level
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[])
     with ordinality as l(child_id, class_id, level, outcome, own_kind, to_class_id, to_level, position)
"""


async def add_lines(tx: Transaction, run_id: UUID, lines: Sequence[Line]) -> None:
    """Keep what pupils come to, in the order of the list."""
    await tx.execute(
        ADD_LINES_SQL,
        run_id,
        [line.child_id for line in lines],
        [line.class_id for line in lines],
        [line.level.value for line in lines],
        [line.outcome.value for line in lines],
        [line.own_kind and line.own_kind.value for line in lines],
        [line.to_class_id for line in lines],
        [line.to_level and line.to_level.value for line in lines],
    )


LINE_COLUMNS = "l.child_id, l.class_id, l.level, l.outcome, l.own_kind, l.to_class_id, l.to_level"

LINES_SQL = f"select {LINE_COLUMNS} from class_change_lines l where l.run_id = $1 order by l.position"  # noqa: S608 - constants alone

NEXT_LINES_SQL = f"""
select {LINE_COLUMNS} from class_change_lines l
where l.run_id = $1 and l.outcome = 'to_move' order by l.child_id limit $2
"""  # noqa: S608 - constants alone

MOVED_LINES_SQL = f"""
select {LINE_COLUMNS} from class_change_lines l where l.run_id = $1 and l.outcome = 'moved' order by l.child_id
"""  # noqa: S608 - constants alone


async def load_lines(db: Queries, run_id: UUID) -> list[Line]:
    """What the pupils of a change that was started come to, in the order of the list."""
    return [_line(row) for row in await db.fetch(LINES_SQL, run_id)]


async def next_lines(tx: Transaction, run_id: UUID, limit: int) -> list[Line]:
    """The next pupils to move, in the order in which they are locked."""
    return [_line(row) for row in await tx.fetch(NEXT_LINES_SQL, run_id, limit)]


async def moved_lines(tx: Transaction, run_id: UUID) -> list[Line]:
    """The pupils who were moved, in the order in which they are locked."""
    return [_line(row) for row in await tx.fetch(MOVED_LINES_SQL, run_id)]


def _line(row: Row) -> Line:
    return Line(
        row["child_id"],
        row["class_id"],
        SchoolLevel(row["level"]),
        PupilOutcome(row["outcome"]),
        StepKind(row["own_kind"]) if row["own_kind"] else None,
        row["to_class_id"],
        SchoolLevel(row["to_level"]) if row["to_level"] else None,
    )


SETTLE_SQL = """
update class_change_lines l set outcome = s.outcome
from unnest($2::uuid[], $3::text[]) as s(child_id, outcome) where l.run_id = $1 and l.child_id = s.child_id
"""


async def settle_lines(tx: Transaction, run_id: UUID, outcomes: Mapping[UUID, PupilOutcome]) -> None:
    """Write what pupils come to."""
    await tx.execute(SETTLE_SQL, run_id, list(outcomes), [outcome.value for outcome in outcomes.values()])


OVERWRITTEN_SQL = """
select count(*) from class_change_lines l join class_changes r on r.run_id = l.run_id
where l.run_id = $1 and l.outcome = 'moved' and (
    not exists (
        select from schoolings s
        where s.child_id = l.child_id and s.school_code = r.school_code and s.class_id = l.to_class_id and s.level = l.to_level
          and s.during = daterange(make_date(r.school_year + 1, 9, 1), make_date(r.school_year + 2, 9, 1)))
    or exists (select from schoolings n where n.child_id = l.child_id and n.school_year > r.school_year + 1))
"""


async def overwritten_count(db: Queries, run_id: UUID) -> int:
    """Of how many pupils whom a change moved something else is said since."""
    count: int = await db.fetchval(OVERWRITTEN_SQL, run_id)
    return count


TAKE_BACK_SQL = "delete from schoolings where child_id = any($1::uuid[]) and school_year = $2"


async def take_back(tx: Transaction, child_ids: Sequence[UUID], school_year: int) -> None:
    """Nothing is said any more of a year of these children."""
    await tx.execute(TAKE_BACK_SQL, child_ids, school_year)


FORGET_RUNS_SQL = """
delete from class_changes where run_id in (
    select run_id from class_changes
    where coalesce(undone_at, finished_at, created_at) <= $1 and status <> 'running'
    order by run_id limit $2 for update skip locked)
"""
