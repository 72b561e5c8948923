"""`python -m tools.bench.year [--families 3500] [--calls 300]`: a year of bookings of a town of 50,000, loaded once; how big its tables
are, and how long what people ask for most then takes.

No race: nothing runs beside it, so its figures hold for the machine alone. What they are for: a statement that grows with the year
is seen, and a partition that should not be read is.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import asyncpg
import uvloop

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from contracts.booking.models import BasketLineCreate, BookingChanges, BookingChangesMade, BookingName
from contracts.types import ActorKind
from services.booking.attendance import queries as attendance
from services.booking.bookings import queries as bookings
from services.booking.bookings.commands import BookingRequest, book
from services.booking.calendar import queries as calendar
from services.booking.catalog import queries as catalog
from services.booking.documents.domain import DocumentRules

from .booking_town import number_id
from .harness import InvariantBroken
from .servers import opened, running_stack

SITES, CHILDREN_OF_FAMILY, DAYS = 20, 2, 366
ZONE = ZoneInfo("Europe/Paris")
SCREEN_DAYS = 35
FILL_SQL = Path(__file__).with_name("year.sql")

SIZES_SQL = """
select c.relname as name, pg_total_relation_size(c.oid) as bytes, pg_indexes_size(c.oid) as index_bytes,
       c.reltuples::bigint as row_count
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind = 'r' order by 2 desc limit 12
"""

SLOTS_TO_BOOK_SQL = """
select s.id, s.service_on, e.child_id, e.household_id
from enrollments e
join placements p on p.enrollment_id = e.id
join slots s on s.group_id = p.group_id and s.service_on between $1::date and $1 + 60
where e.activity_id = $2 and not exists (
    select from bookings b where b.service_on = s.service_on and b.child_id = e.child_id and b.slot_id = s.id
) order by md5(e.id::text || s.id::text) limit $3
"""

SHEETS_SQL = "select id from slots where service_on between $1::date - 6 and $1 order by md5(id::text) limit $2"

OVERSOLD_SQL = """
select count(*) from pools p join slots s on s.pool_ids[1] = p.id
where p.taken <> (select count(*) from bookings b where b.slot_id = s.id and b.service_on = s.service_on and b.status = 'confirmed')
"""

PLAN_SQL = "explain (format json) select id from bookings where service_on = $1::date and id = $2::uuid"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that people ask for, with how often it is asked here."""

    name: str
    ask: Callable[[int], Awaitable[object]]


async def measure(folder: Path, families: int, calls: int) -> Mapping[str, Any]:
    """Load the year on servers of its own in this folder, and ask; what came out, as JSON values.

    Raises:
        InvariantBroken: a counter of places does not say what is booked.
    """
    async with running_stack(folder, {"booking": "api"}) as stack, opened(stack, "booking") as db:
        first, begun = await db.today() - timedelta(days=DAYS // 2), time.perf_counter()
        await _fill(stack.dsn("booking"), families, first)
        loaded = time.perf_counter() - begun
        questions = await _questions(db, families, first, calls)
        answers = {question.name: await _timed(question, calls) for question in questions}
        if wrong := await db.fetchval(OVERSOLD_SQL):
            raise InvariantBroken(f"{wrong} pools count other places than are taken")
        return {
            "families": families,
            "bookings": await db.fetchval("select count(*) from bookings"),
            "load_seconds": round(loaded, 1),
            "partitions_of_one_booking": await _partitions(db, first),
            "tables": [dict(row) for row in await db.fetch(SIZES_SQL)],
            "milliseconds": answers,
        }


async def _fill(address: str, families: int, first: date) -> None:
    """Load the year that begins on a day, over a connection whose statements may take as long as they must."""
    sizes = {"families": families, "children": CHILDREN_OF_FAMILY, "sites": SITES, "days": DAYS, "first": first}
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(FILL_SQL.read_text().format(**sizes))
    finally:
        await connection.close()


async def _questions(db: Database, families: int, first: date, calls: int) -> list[Question]:
    today = await db.today()
    director = Actor(uuid4(), ActorKind.SYSTEM)
    display = calendar.CalendarDisplay(ZONE, shows_free_places=False)
    pick = random.Random(50_000)
    wishes = await db.fetch(SLOTS_TO_BOOK_SQL, today + timedelta(days=10), number_id("e0", 0), calls + 1)
    sheets = [row["id"] for row in await db.fetch(SHEETS_SQL, today, calls + 1)]
    made: list[BookingName] = []

    def parent() -> tuple[Actor, UUID]:
        number = pick.randrange(families)
        guardian_id = number_id("b0", number)
        return Actor(guardian_id, ActorKind.PARENT, guardian_id=guardian_id), number_id("a0", number)

    async def screen(_number: int) -> object:
        actor, household_id = parent()
        wanted = calendar.CalendarFilter(household_id, today, today + timedelta(days=SCREEN_DAYS - 1))
        return await calendar.household_calendar(db, actor, wanted, display)

    async def year(_number: int) -> object:
        actor, household_id = parent()
        wanted = bookings.BookingFilter(household_id, first, first + timedelta(days=DAYS), None)
        return await bookings.bookings(db, actor, wanted)

    async def sheet(number: int) -> object:
        return await attendance.sheet(db, director, sheets[number % len(sheets)])

    async def week(_number: int) -> object:
        return await catalog.slots(db, director, catalog.SlotFilter(None, today, today + timedelta(days=6), None))

    async def book_day(number: int) -> object:
        row = wishes[number]
        line = BasketLineCreate(child_id=row["child_id"], slot_id=row["id"])
        answer = await _change(db, BookingChanges(lines=(line,), household_id=row["household_id"]))
        made.extend(BookingName(booking_id=item.booking_id, service_on=item.service_on) for item in answer.bookings)
        return answer

    async def give_back(number: int) -> object:
        return await _change(db, BookingChanges(cancellations=(made[number],)))

    return [
        Question("calendar of a household, five weeks", screen),
        Question("bookings of a household, the first page of a year", year),
        Question("sheet of a day", sheet),
        Question("days of a week, first page", week),
        Question("book a day", book_day),
        Question("give a day back", give_back),
    ]


async def _change(db: Database, changes: BookingChanges) -> BookingChangesMade:
    actor = Actor(uuid4(), ActorKind.SYSTEM)
    claim = Claim.of("bench", str(uuid4()), "POST /bookings", changes.model_dump_json().encode())
    (outcome,) = await book(db, [BookingRequest(actor, changes, claim, {})], ZONE, DocumentRules())
    if not isinstance(outcome, BookingChangesMade):
        raise InvariantBroken(f"refused: {outcome.code()} {outcome.fields}")
    return outcome


async def _timed(question: Question, calls: int) -> Mapping[str, float]:
    """Median and 99th percentile in milliseconds, after one call that does not count."""
    taken = []
    for number in range(calls + 1):
        begun = time.perf_counter()
        await question.ask(number)
        taken.append((time.perf_counter() - begun) * 1_000)
    percentiles = statistics.quantiles(taken[1:], n=100)
    return {"p50": round(percentiles[49], 2), "p99": round(percentiles[98], 2)}


async def _partitions(db: Database, first: date) -> list[str]:
    plan = json.loads(await db.fetchval(PLAN_SQL, first, uuid4()))
    return sorted(_relations(plan[0]["Plan"]))


def _relations(node: Mapping[str, Any]) -> set[str]:
    own = {str(node["Relation Name"])} if "Relation Name" in node else set()
    return own.union(*(_relations(child) for child in node.get("Plans", ())))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bench.year", description=__doc__)
    parser.add_argument("--families", type=int, default=3_500)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--results", type=Path, help="a file to write what came out to")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # PostgreSQL may have to run under another account
        try:
            measured = uvloop.run(measure(folder, asked.families, asked.calls))
        except InvariantBroken as broken:
            print(f"invariant broken: {broken}", file=sys.stderr)
            return 1
    text = json.dumps(measured, indent=1, default=str)
    if asked.results:
        asked.results.write_text(text + "\n")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
