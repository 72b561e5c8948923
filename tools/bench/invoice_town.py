"""What P6 invoices: households with two children, and thirty due and priced days each, a month at a time; and what they owe by an
oracle in decimal euros, which shares no line with the service. The price of each day is the service's own rule."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from chassis.data.ranges import stored_range
from chassis.days import DateRange
from chassis.identifiers import new_id
from contracts.billing.payers import payer_id_of
from services.billing.tariffs.domain import Grid, PriceBracket, QuotientInForce, price

LINES = 30
CHILDREN = 2
LUNCHES_OF_EACH_THREE = 2
QUOTIENT_STEP_CENTS = 4_700
QUOTIENTS = 31
QUOTIENT_SINCE = date(2020, 1, 1)
HOUSEHOLD_COLUMNS = ("household_id", "version", "reference", "address_lines")
PAYER_COLUMNS = ("payer_id", "household_id", "adult_id", "name")
PAYER_DAY_COLUMNS = ("household_id", "payer_id", "during")
CHILD_COLUMNS = ("household_id", "child_id", "name", "days")
ACTIVITY_COLUMNS = ("activity_id", "version", "label", "kind", "tariff_code")
DAY_COLUMNS = (
    "source_id",
    "is_booked",
    "household_id",
    "child_id",
    "activity_id",
    "service_on",
    "attendance",
    "attendance_at",
)
CHARGE_COLUMNS = (
    *(
        "charge_id",
        "booking_id",
        "payer_id",
        "household_id",
        "child_id",
        "activity_id",
        "service_on",
        "status",
        "unit_cents",
    ),
    *("tariff_code", "tariff_label", "grid_version", "bracket_label", "quotient_cents", "quotient_on"),
    "is_quotient_awaited",
    "recorded_at",
)

# By tariff: where each bracket of the quotient begins, in cents, and what a day then costs, in euros.
EUROS: Mapping[str, Sequence[tuple[int, Decimal]]] = {
    "bench_lunch": (
        (0, Decimal("0.85")),
        (30_000, Decimal("1.63")),
        (60_000, Decimal("2.97")),
        (90_000, Decimal("4.12")),
        (120_000, Decimal("5.29")),
    ),
    "bench_leisure": ((0, Decimal("3.47")), (45_000, Decimal("8.91")), (110_000, Decimal("16.05"))),
}
CENT = Decimal("0.01")
ALWAYS = stored_range(DateRange(QUOTIENT_SINCE))

# The peer's rows are those of the month in a table of their own, so that it reads no other month's.
PEER_TABLE_SQL = "create table if not exists peer_charges (like charges)"

FILL_PEER_SQL = """
insert into peer_charges select * from charges where service_on >= $1::date and service_on < $1::date + interval '1 month'
"""

SETTLE_SQL = (
    "truncate peer_charges",
    FILL_PEER_SQL,
    "vacuum analyze peer_charges",
    "vacuum analyze charges",
    "checkpoint",
)


@dataclass(frozen=True, slots=True)
class Household:
    """A file with one payer: `quotient_cents` decides what its days cost."""

    household_id: UUID
    adult_id: UUID
    children: tuple[UUID, ...]
    quotient_cents: int

    @property
    def payer_id(self) -> UUID:
        """Who pays, always."""
        return payer_id_of(self.household_id, self.adult_id)

    def owes(self) -> int:
        """Cents for a month, by the oracle: exact decimals, the bracket looked up anew for each day."""
        euros = sum((_euros(tariff_of(line), self.quotient_cents) for line in range(LINES)), Decimal(0))
        return int((euros.quantize(CENT) / CENT).to_integral_exact())


def households(count: int) -> list[Household]:
    """So many, with quotients on both sides of every bracket's edge."""
    return [
        Household(
            new_id(), new_id(), tuple(new_id() for _ in range(CHILDREN)), number % QUOTIENTS * QUOTIENT_STEP_CENTS
        )
        for number in range(count)
    ]


def tariff_of(line: int) -> str:
    """Two lunches, then a day of leisure, and again."""
    return "bench_lunch" if line % 3 < LUNCHES_OF_EACH_THREE else "bench_leisure"


def _euros(tariff: str, quotient_cents: int) -> Decimal:
    return [euros for begins, euros in EUROS[tariff] if begins <= quotient_cents][-1]


def grids() -> dict[str, Grid]:
    """The tariffs as the service knows them."""
    known = {}
    for code, steps in EUROS.items():
        ends = [*(begins for begins, _ in steps[1:]), None]
        brackets = tuple(
            PriceBracket(f"Tranche {number}", begins, end, int(euros * 100))
            for number, ((begins, euros), end) in enumerate(zip(steps, ends, strict=True), 1)
        )
        known[code] = Grid(code, code, 1, QUOTIENT_SINCE, brackets)
    return known


def _day_of(charge: tuple[Any, ...]) -> tuple[Any, ...]:
    """The day that a charge is of, attended."""
    named = dict(zip(CHARGE_COLUMNS, charge, strict=True))
    of_day = (named[name] for name in ("household_id", "child_id", "activity_id", "service_on"))
    return (named["booking_id"], True, *of_day, "present", named["recorded_at"])


class InvoiceTown:
    """The billing database of the measure. `connection` is an administrator's: it may vacuum."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]", count: int) -> None:
        self._connection = connection
        self.households = households(count)
        self._activities = {code: new_id() for code in EUROS}
        self._grids = grids()

    async def settle(self) -> None:
        """Households, children and activities, as the replicas hold them."""
        await self._copy(
            "activities", ACTIVITY_COLUMNS, ((id_, 1, code, "leisure", code) for code, id_ in self._activities.items())
        )
        await self._copy(
            "households",
            HOUSEHOLD_COLUMNS,
            (
                (household.household_id, 1, f"F-{number:06}", ["1 rue des Tilleuls", "14000 Valmont"])
                for number, household in enumerate(self.households)
            ),
        )
        payers = ((one.payer_id, one.household_id, one.adult_id, "Claude Essai") for one in self.households)
        await self._copy("payers", PAYER_COLUMNS, payers)
        days = ((household.household_id, household.payer_id, ALWAYS) for household in self.households)
        await self._copy("payer_days", PAYER_DAY_COLUMNS, days)
        children = (
            (household.household_id, child, "Sacha", [ALWAYS])
            for household in self.households
            for child in household.children
        )
        await self._copy("household_children", CHILD_COLUMNS, children)
        await self._connection.execute(PEER_TABLE_SQL)

    async def fill(self, month: date) -> None:
        """The due days of a month, for us and for the peer; the server has nothing left to write afterwards."""
        charges = list(self._charges(month))
        await self._copy("service_days", DAY_COLUMNS, map(_day_of, charges))
        await self._copy("charges", CHARGE_COLUMNS, iter(charges))
        for statement in SETTLE_SQL:
            await self._connection.execute(statement, *([month] if "$1" in statement else []))

    def _charges(self, month: date) -> Iterator[tuple[Any, ...]]:
        recorded_at = datetime.now(UTC)
        for household in self.households:
            quotient = QuotientInForce(household.quotient_cents, QUOTIENT_SINCE)
            prices = {code: price(grid, quotient) for code, grid in self._grids.items()}
            for line in range(LINES):
                day_price = prices[tariff_of(line)]
                yield (
                    *(
                        new_id(),
                        new_id(),
                        household.payer_id,
                        household.household_id,
                        household.children[line % CHILDREN],
                    ),
                    *(
                        self._activities[tariff_of(line)],
                        month.replace(day=1 + line % 28),
                        "due",
                        day_price.amount_cents,
                    ),
                    *(day_price.tariff_code, day_price.tariff_label, day_price.grid_version, day_price.bracket_label),
                    *(household.quotient_cents, QUOTIENT_SINCE, False, recorded_at),
                )

    async def _copy(self, table: str, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
        await self._connection.copy_records_to_table(table, records=rows, columns=columns)
