"""Storage of notices that nobody needs to be told any more."""

from collections.abc import Sequence
from uuid import UUID

from chassis.data.database import Transaction

DROP_HELD_SQL = """
update notices set status = 'expired', sealed = null
where status = 'waiting' and due_at > clock_timestamp() and event_type = any($1::text[]) and payload ->> $2::text = $3
"""


async def drop_held(tx: Transaction, event_types: Sequence[str], named: str, item_id: UUID) -> None:
    """Let go what waits to be told by these events, which name something."""
    await tx.execute(DROP_HELD_SQL, event_types, named, str(item_id))
