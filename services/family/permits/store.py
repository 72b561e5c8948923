"""Storage of permits: a row for each slot of a token, by the clock of the database alone."""

from dataclasses import dataclass
from datetime import datetime

from chassis.data.database import Queries, Transaction


@dataclass(frozen=True, slots=True)
class Lease:
    """A slot that is held, until when at most."""

    slot: int
    until: datetime


MAKE_SLOTS_SQL = """
insert into call_slots (name, slot, free_at) select $1, n, '-infinity' from generate_series(1, $2) as n on conflict do nothing
"""


async def make_slots(tx: Transaction, name: str, count: int) -> None:
    """Have so many slots, if there are none yet."""
    await tx.execute(MAKE_SLOTS_SQL, name, count)


CLAIM_SQL = """
update call_slots set free_at = clock_timestamp() + make_interval(secs => $2)
where name = $1 and slot = (
    select slot from call_slots where name = $1 and free_at <= clock_timestamp() order by free_at limit 1 for update skip locked)
returning slot, free_at
"""


async def claim(tx: Transaction, name: str, lease_seconds: float) -> Lease | None:
    """Hold a slot that is free; None when there is none."""
    row = await tx.fetchrow(CLAIM_SQL, name, lease_seconds)
    return Lease(row["slot"], row["free_at"]) if row else None


# A lease that ran out, or was made longer because nobody may call, is another's or everybody's by now.
RELEASE_SQL = """
update call_slots set free_at = clock_timestamp() + make_interval(secs => $4) where name = $1 and slot = $2 and free_at = $3
"""


async def release(tx: Transaction, name: str, lease: Lease, rest_seconds: float) -> None:
    """Let a slot rest, and be free then."""
    await tx.execute(RELEASE_SQL, name, lease.slot, lease.until, rest_seconds)


FREE_IN_SQL = """
select greatest(0, extract(epoch from min(free_at) - clock_timestamp()))::float8 from call_slots where name = $1 and free_at > '-infinity'
"""


async def free_in(db: Queries, name: str) -> float:
    """In how many seconds a slot is free, as far as is known now."""
    return float(await db.fetchval(FREE_IN_SQL, name) or 0.0)


CLOSE_SQL = """
update call_slots set free_at = greatest(free_at, clock_timestamp() + make_interval(secs => $2))
where (name, slot) in (select name, slot from call_slots where name = $1 order by slot for update)
"""


async def close(tx: Transaction, name: str, seconds: float) -> None:
    """Have no slot free for so long; those that are held stay held by whoever holds them."""
    await tx.execute(CLOSE_SQL, name, seconds)
