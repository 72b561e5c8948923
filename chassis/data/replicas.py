"""Replicas of other services' states (event-carried state transfer): the newest version wins, and a tombstone erases.

A replica has one row for each aggregate, with its key, a column `version` and what the service needs of it; what belongs
to the aggregate stands in child tables that the service keeps itself, whenever `keep` says that the state was news.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.data.queries import Queries


@dataclass(frozen=True, slots=True)
class Replica:
    """The table of a state's aggregates: their key, which is a UUID, and the columns that are kept beside the version."""

    table: str
    key: str
    columns: tuple[str, ...] = ()

    @property
    def keep_sql(self) -> str:
        """Takes a newer state over; answers true when it was newer."""
        names = (self.key, "version", *self.columns)
        values = ", ".join(f"${number}" for number in range(1, len(names) + 1))
        changes = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
        insert = f"insert into {self.table} as known ({', '.join(names)}) values ({values})"  # noqa: S608 - names of our own
        update = f"do update set {changes} where known.version < excluded.version"
        return f"{insert} on conflict ({self.key}) {update} returning true"

    @property
    def forget_sql(self) -> str:
        """Forgets an aggregate; child tables follow by their foreign keys."""
        return f"delete from {self.table} where {self.key} = $1"  # noqa: S608 - names of our own

    async def keep(self, tx: Queries, key: UUID, version: int, *values: Any) -> bool:
        """Replace what is known of an aggregate, unless something newer is; whether it was replaced."""
        return bool(await tx.fetchval(self.keep_sql, key, version, *values))

    async def forget(self, tx: Queries, key: str) -> None:
        """Erase what is known of an aggregate."""
        await tx.execute(self.forget_sql, UUID(key))
