"""Queries: what a connection pool and a transaction have in common. Outbox and idempotency keys know no more of the database than this."""

from typing import Any

import asyncpg

Row = asyncpg.Record


class Queries:
    """What reads and transactions have in common: SQL text and its parameters in, rows out."""

    def __init__(self, connection: "asyncpg.Connection[Row] | asyncpg.Pool[Row]") -> None:
        self._connection = connection

    async def fetch(self, sql: str, *parameters: Any) -> list[Row]:
        """Every row."""
        return await self._connection.fetch(sql, *parameters)

    async def fetchrow(self, sql: str, *parameters: Any) -> Row | None:
        """The first row, or None."""
        return await self._connection.fetchrow(sql, *parameters)

    async def fetchval(self, sql: str, *parameters: Any) -> Any:
        """The first column of the first row, or None."""
        return await self._connection.fetchval(sql, *parameters)

    async def execute(self, sql: str, *parameters: Any) -> str:
        """Run a statement; its command tag."""
        return await self._connection.execute(sql, *parameters)
