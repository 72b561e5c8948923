"""Replicas of other services' states (event-carried state transfer): the newest version wins, and a tombstone erases.

A replica has one row for each aggregate, with its key, a column `version` and what the service needs of it; what belongs
to the aggregate stands in child tables that the service keeps itself, whenever `keep` says that the state was news.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from chassis.data.queries import Queries
from chassis.data.ranges import stored_range
from chassis.days import DateRange


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


class Dated(Protocol):
    """What a state says from a day until a day; both count, and without the latter there is no end in sight."""

    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class DatedMembers:
    """A child table of a replica: who belongs to an aggregate, each once, with the `days` on which they do (a `datemultirange`).

    `columns` are what is kept of each member besides, with their types.
    """

    table: str
    owner: str
    member: str
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def replace_sql(self) -> str:
        """Takes over the members of an aggregate; whoever is not named is gone."""
        names = "".join(f", {name}" for name in self.columns)
        arrays = "".join(f", ${number}::{kind}[]" for number, kind in enumerate(self.columns.values(), 5))
        changes = ", ".join(f"{name} = excluded.{name}" for name in ("days", *self.columns))
        return f"""
with gone as (delete from {self.table} where {self.owner} = $1 and {self.member} <> all($4::uuid[])), dated as (
    select member, range_agg(during) as days from unnest($2::uuid[], $3::daterange[]) as d(member, during) group by member
)
insert into {self.table} ({self.owner}, {self.member}, days{names})
select $1, dated.member, days{names} from dated join unnest($4::uuid[]{arrays}) as known(member{names}) using (member)
on conflict ({self.owner}, {self.member}) do update set {changes}"""  # noqa: S608 - names of our own

    async def replace(
        self,
        tx: Queries,
        owner: UUID,
        members: Iterable[tuple[UUID, Dated]],
        known: Mapping[UUID, tuple[Any, ...]] | None = None,
    ) -> None:
        """Replace who belongs to an aggregate when; `known` has the values of the columns of each member."""
        dated = list(members)
        rows = known if known is not None else {member: () for member, _ in dated}
        ranges = [stored_range(DateRange.between(item.starts_on, item.ends_on)) for _, item in dated]
        columns = [[values[position] for values in rows.values()] for position in range(len(self.columns))]
        await tx.execute(self.replace_sql, owner, [member for member, _ in dated], ranges, list(rows), *columns)
