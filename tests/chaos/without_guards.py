"""The witness with its guards off, for the controls: events are not claimed, and the relay publishes in the wrong order."""

from collections.abc import Sequence
from uuid import UUID

from chassis.data.database import Transaction
from chassis.events import applying, relay
from tools.chaos.witness import main


async def claim_everything(_tx: Transaction, _topic: str, event_ids: Sequence[UUID]) -> set[UUID]:
    """Every event is new."""
    return set(event_ids)


if __name__ == "__main__":
    applying.claim_events = claim_everything
    assert "order by id limit" in relay.OLDEST_ROWS_SQL
    relay.OLDEST_ROWS_SQL = relay.OLDEST_ROWS_SQL.replace("order by id limit", "order by id desc limit")
    main()
