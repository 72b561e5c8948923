"""The inbox: an event is claimed in the transaction of its effect, so its effect happens once however often it arrives."""

from collections.abc import Sequence
from uuid import UUID

from chassis.data.database import Transaction

RETENTION_DAYS = 30

CLAIM_EVENTS_SQL = """
insert into inbox (event_id, topic) select unnest($1::uuid[]), $2
on conflict (event_id) do nothing returning event_id
"""

FORGET_OLD_EVENTS_SQL = """
delete from inbox where event_id in (
    select event_id from inbox where applied_at < clock_timestamp() - make_interval(days => $1)
    order by applied_at limit $2 for update skip locked)
"""


async def claim_events(tx: Transaction, topic: str, event_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the events that were not applied before; they are applied if this transaction commits."""
    rows = await tx.fetch(CLAIM_EVENTS_SQL, sorted(set(event_ids)), topic)
    return {row["event_id"] for row in rows}
