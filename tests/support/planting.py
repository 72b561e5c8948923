"""Planted violations: rows are falsified behind the database's guards, looked at, and put back."""

from chassis.data.database import Database
from chassis.invariants import Invariant


async def plant(db: Database, invariant: Invariant, statement: str, key_sql: str) -> tuple[bool, bool]:
    """Whether a statement changes rows, and whether a key that `key_sql` gives is listed then; nothing of it stays."""
    async with db.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute("set local session_replication_role = replica")
            changed = await connection.execute(statement)
            touched = {row[0] for row in await connection.fetch(key_sql)}
            listed = {row["key"] for row in await connection.fetch(invariant.check_sql)}
        finally:
            await transaction.rollback()
    return not changed.endswith(" 0"), bool(touched & listed)
