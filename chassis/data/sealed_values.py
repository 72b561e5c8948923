"""Values of rows that only the key of their owner opens (crypto-shredding): sealed at rest, and gone with the key.

The keys are those of the history (`chassis/data/history.py`): one for each household or person, which `forget_changes` deletes. What
was sealed with one is unreadable from then on, in rows and in backups that do not hold the key.
"""

from typing import Any, Final
from uuid import UUID

import msgspec

from chassis.data.history import KEYS_SQL
from chassis.data.queries import Queries
from chassis.sealing import new_row_key, seal_row, unseal_row

LOAD_KEY_SQL: Final = "select key from history_keys where owner = $1"


async def seal_value(tx: Queries, owner: UUID, place: bytes, value: Any) -> bytes:
    """A value as JSON, sealed with the key of its owner, which is made now if there is none, and bound to its place."""
    return await seal_bytes(tx, owner, place, msgspec.json.encode(value))


async def seal_bytes(tx: Queries, owner: UUID, place: bytes, content: bytes) -> bytes:
    """`seal_value`, of a content as it is."""
    row = await tx.fetchrow(KEYS_SQL, [str(owner)], [new_row_key()])
    if row is None:
        raise RuntimeError("a key is offered and answered in one statement")
    return seal_row(content, row["key"], place)


async def unseal_value(db: Queries, owner: UUID, place: bytes, sealed: bytes | None) -> Any:
    """What was sealed at a place; None when nothing was, or when the key of its owner was erased.

    Raises:
        SealBroken: it was sealed with another key, or for another place.
    """
    content = await unseal_bytes(db, owner, place, sealed)
    return None if content is None else msgspec.json.decode(content)


async def unseal_bytes(db: Queries, owner: UUID, place: bytes, sealed: bytes | None) -> bytes | None:
    """`unseal_value`, of a content as it is. Raises SealBroken."""
    if sealed is None or (key := await db.fetchval(LOAD_KEY_SQL, str(owner))) is None:
        return None
    return unseal_row(sealed, key, place)
