"""Storage of notices that nobody needs to be told any more."""

from collections.abc import Sequence
from uuid import UUID

from chassis.data.database import Transaction

DROP_WAITING_SQL = """
update notices set status = 'expired', sealed = null
where status = 'waiting' and event_type = any($1::text[]) and payload ->> $2::text = $3
"""

# Where this service is behind, or no mail leaves, they may be on their way already.
DROP_QUEUED_SQL = """
update messages m set expires_at = clock_timestamp() from notices n
where m.status = 'queued' and n.event_id = m.event_id and n.event_type = any($1::text[]) and n.payload ->> $2::text = $3
"""


async def drop_held(tx: Transaction, event_types: Sequence[str], named: str, item_id: UUID) -> None:
    """Let go what waits to be told, or to be mailed, by these events, which name something."""
    await tx.execute(DROP_WAITING_SQL, event_types, named, str(item_id))
    await tx.execute(DROP_QUEUED_SQL, event_types, named, str(item_id))
