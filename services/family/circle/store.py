"""Which looks at children's health were noted lately."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from chassis.data.database import Transaction

NOTED_ONCE_IN: Final = timedelta(days=1)
TOLD_SQL = """
select distinct h.subject::uuid as child_id from history h
where h.subject = any($1::text[]) and h.noted_at > $2 and h.actor_id = $3 and h.action = 'health_flag_seen'
"""


async def told_lately(tx: Transaction, agent_id: UUID, child_ids: Collection[UUID]) -> set[UUID]:
    """The children of whose health an agent was told within a day, as it is noted."""
    since = await tx.now() - NOTED_ONCE_IN
    rows = await tx.fetch(TOLD_SQL, [str(child_id) for child_id in child_ids], since, agent_id)
    return {row["child_id"] for row in rows}
