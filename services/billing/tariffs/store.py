"""Storage of price grids, and the pricing of days by the grid and the quotient in force on each."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from chassis.actor import Actor
from chassis.data.database import Queries, Row, Transaction

from .domain import Grid, Price, PriceBracket, QuotientInForce, ServiceDay, price, quotient_on

LOCK_TARIFF_SQL = "select pg_advisory_xact_lock(hashtextextended('tariff ' || $1::text, 0))"

NEWEST_GRID_SQL = """
select tariff_code, label, grid_version, effective_on, brackets
from tariffs where tariff_code = $1 order by grid_version desc limit 1
"""


async def lock_newest_grid(tx: Transaction, tariff_code: str) -> Grid | None:
    """The newest version of a tariff, nobody else adding one until the transaction ends."""
    await tx.execute(LOCK_TARIFF_SQL, tariff_code)
    row = await tx.fetchrow(NEWEST_GRID_SQL, tariff_code)
    return grid_of(row) if row else None


ADD_GRID_SQL = """
insert into tariffs (tariff_code, grid_version, label, effective_on, brackets, created_at, created_by)
values ($1, $2, $3, $4, $5, $6, $7)
"""


async def add_grid(tx: Transaction, grid: Grid, actor: Actor) -> None:
    await tx.execute(
        ADD_GRID_SQL,
        grid.tariff_code,
        grid.grid_version,
        grid.label,
        grid.effective_on,
        [asdict(bracket) for bracket in grid.brackets],
        await tx.now(),
        actor.account_id,
    )


HOLD_TARIFFS_SQL = "select pg_advisory_xact_lock(hashtextextended('prices of tariffs', 0))"

SHARE_TARIFFS_SQL = "select pg_advisory_xact_lock_shared(hashtextextended('prices of tariffs', 0))"


async def hold_tariffs(tx: Transaction) -> None:
    """This transaction changes prices: those that price days have ended, and others wait for this one before they do."""
    await tx.execute(HOLD_TARIFFS_SQL)


async def share_tariffs(tx: Transaction) -> None:
    """This transaction prices days: until it ends, nobody changes the tariffs that the next statement reads."""
    await tx.execute(SHARE_TARIFFS_SQL)


PRICE_DAYS_SQL = """
select a.label as activity_label, t.tariff_code, t.label, t.grid_version, t.effective_on, t.brackets,
       q.value_cents, q.effective_on as quotient_on, q.ends_on as quotient_ends_on, f.awaited_since_on is not null as is_quotient_awaited
from unnest($1::uuid[], $2::uuid[], $3::date[])
    with ordinality as wanted(household_id, activity_id, service_on, position)
left join activities a using (activity_id)
left join lateral (
    select * from tariffs where tariff_code = a.tariff_code and effective_on <= wanted.service_on
    order by effective_on desc, grid_version desc limit 1
) t on true
left join lateral (
    select * from quotients where household_id = wanted.household_id and effective_on <= wanted.service_on
    order by effective_on desc limit 1
) q on true
left join quotient_files f on f.household_id = wanted.household_id
order by wanted.position
"""


@dataclass(frozen=True, slots=True)
class PricedDay:
    """The price of a day; None while its activity is unknown or has no grid in force on that day."""

    activity_label: str | None
    price: Price | None


async def price_days(queries: Queries, days: Sequence[ServiceDay]) -> list[PricedDay]:
    """Each day with its price, in the order given."""
    rows = await queries.fetch(
        PRICE_DAYS_SQL,
        [day.household_id for day in days],
        [day.activity_id for day in days],
        [day.service_on for day in days],
    )
    grids: dict[tuple[str, int], Grid] = {}
    priced = []
    for day, row in zip(days, rows, strict=True):
        if row["grid_version"] is None:
            priced.append(PricedDay(row["activity_label"], None))
            continue
        version = (row["tariff_code"], row["grid_version"])
        grid = grids.get(version) or grids.setdefault(version, grid_of(row))
        known = QuotientInForce(row["value_cents"], row["quotient_on"]) if row["quotient_on"] else None
        counting = quotient_on(day.service_on, known, row["quotient_ends_on"], is_awaited=row["is_quotient_awaited"])
        priced.append(PricedDay(row["activity_label"], price(grid, counting)))
    return priced


def grid_of(row: Row) -> Grid:
    brackets: list[dict[str, Any]] = row["brackets"]
    return Grid(
        row["tariff_code"],
        row["label"],
        row["grid_version"],
        row["effective_on"],
        tuple(PriceBracket(**bracket) for bracket in brackets),
    )
