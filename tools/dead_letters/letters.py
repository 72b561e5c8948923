"""Dead letters in a service's database: found, read, and resolved. They are never removed."""

from dataclasses import dataclass
from datetime import datetime

from chassis.data.database import Database, Queries, Row, Transaction


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that a service gave up, by its place, with the cause; resolved when `resolution` says how it ended."""

    event_key: str
    topic: str
    partition: int
    record_offset: int
    key: str
    event_type: str | None
    cause: str
    attempt_count: int
    failed_at: datetime
    last_failed_at: datetime
    resolution: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dead letters: all conditions hold together, None is no condition. `after` continues behind that one."""

    status: str = "open"
    topic: str | None = None
    key: str | None = None
    event_type: str | None = None
    cause: str | None = None
    after: str | None = None


COLUMNS = ", ".join(DeadLetter.__dataclass_fields__)

FIND_SQL = f"""
select {COLUMNS} from dead_letters
where ($1 = 'all' or ($1 = 'open') = (resolution is null))
  and ($2::text is null or topic = $2) and ($3::text is null or key = $3) and ($4::text is null or event_type = $4)
  and ($5::text is null or strpos(lower(cause), lower($5)) > 0)
  and ($6::text is null or (topic, partition, record_offset) > (
      select topic, partition, record_offset from dead_letters where event_key = $6))
order by topic, partition, record_offset limit $7
"""

READ_SQL = f"select {COLUMNS} from dead_letters where event_key = $1"

LOCK_SQL = READ_SQL + " for update"

RESOLVE_SQL = """
update dead_letters
set resolution = $2, resolved_by = $3, reason = $4, resolved_at = clock_timestamp() where event_key = $1
"""

FAIL_AGAIN_SQL = """
update dead_letters set cause = $2, attempt_count = attempt_count + 1, last_failed_at = clock_timestamp()
where event_key = $1 and resolution is null
"""


async def find(db: Database, wanted: Wanted, limit: int | None = None) -> list[DeadLetter]:
    """Dead letters in the order of their places."""
    rows = await db.fetch(
        FIND_SQL, wanted.status, wanted.topic, wanted.key, wanted.event_type, wanted.cause, wanted.after, limit
    )
    return [_letter(row) for row in rows]


async def read(queries: Queries, event_key: str) -> DeadLetter | None:
    """One dead letter, or None."""
    row = await queries.fetchrow(READ_SQL, event_key)
    return _letter(row) if row else None


async def lock(tx: Transaction, event_key: str) -> DeadLetter:
    """One dead letter, which nobody else resolves until this transaction ends."""
    row = await tx.fetchrow(LOCK_SQL, event_key)
    if row is None:
        raise LookupError(event_key)
    return _letter(row)


async def resolve(tx: Transaction, event_key: str, resolution: str, by: str, reason: str | None = None) -> None:
    """Note who ended it, and how."""
    await tx.execute(RESOLVE_SQL, event_key, resolution, by, reason)


async def fail_again(db: Database, event_key: str, cause: str) -> None:
    """Note one more attempt that failed."""
    await db.execute(FAIL_AGAIN_SQL, event_key, cause)


def _letter(row: Row) -> DeadLetter:
    return DeadLetter(**dict(row))
