"""`python -m tools.bench.lists [--households 120000] [--calls 20]`: the lists that agents work through, in a town of 120,000 households, each asked of its own
query, and how long a page takes at the first call and at the later ones.

No race: nothing runs beside it, so its figures hold for the machine alone. What they are for: the gateway waits four seconds for a page, and a list of what files
lack walks the whole town.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import uvloop

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.paging import cursor_of
from chassis.data.waiting import WaitingAsked
from chassis.identifiers import new_id
from contracts.family.child_events import ChangeStatus
from contracts.family.gaps import GapKind
from contracts.http import PAGE_SIZE
from contracts.queue import OwnerAsked, WaitingKind
from contracts.types import ActorKind
from services.family.changes import queries as changes
from services.family.changes.domain import Change
from services.family.changes.store import ask_change
from services.family.duplicates import queries as duplicates
from services.family.duplicates.commands import compare_people
from services.family.gaps import queries as gaps
from services.family.households.store import load_file
from services.family.protection import queries as protection
from services.family.protection.domain import Protection
from services.family.protection.store import protect
from services.family.schools import queries as schools
from services.family.search import queries as search
from services.family.settings import FamilyPolicy, FamilyRules
from services.family.waiting import queries as waiting

from .search_town import SINCE, fill, invented
from .servers import opened, running_stack

SEED, SCHOOLS, ALIKE_EACH, SEALED = 20_261_130, 60, 200, 600
WAITING_EACH: Final = 2_000
"""Documents that wait for an agent, and as many requests; among the former a fifth prove declarations, which wait too."""
PROCEDURE: Final = Path(__file__).parents[2] / "deploy" / "towns" / "demo" / "procedures" / "07_donnees_export.toml"
FILL_SQL = Path(__file__).with_name("lists.sql")
SAMPLE_SQL = "select household_id, payer_adult_id from households order by md5(household_id::text) limit $1"
LEFT_SQL = "select count(*) from children where compared_name is null"

RULES: Final = FamilyRules(FamilyPolicy())
HALF_WAY: Final = cursor_of((f"{SINCE}T20:00:00+00:00", UUID(int=0)))
Ask = Callable[[], Awaitable[object]]


async def measure(folder: Path, households: int, calls: int) -> Mapping[str, Any]:
    """Fill a family service's database on servers of its own in this folder, and ask; what came out, as JSON values."""
    async with running_stack(folder, {"family": "api"}) as stack, opened(stack, "family") as db:
        await fill(stack.dsn("family"), invented(random.Random(SEED), households))
        await _add(stack.dsn("family"))
        await _seal(db)
        begun = time.perf_counter()
        while await db.fetchval(LEFT_SQL):
            await compare_people(db)
        compared = time.perf_counter() - begun
        await _vacuum(stack.dsn("family"))
        lists = {name: await _timed(ask, calls) for name, ask in _lists(db).items()}
        return {"households": households, "all_compared_seconds": round(compared, 1), "milliseconds": lists}


async def _add(address: str) -> None:
    """What the lists are about, beside the people: payers, custody, schools and pupils, enrollments."""
    year = SINCE.year
    counts = {"schools": SCHOOLS, "alike_each": ALIKE_EACH, "waiting": WAITING_EACH}
    text = FILL_SQL.read_text().format(
        since=SINCE, year=year, next_year=year + 1, procedure=PROCEDURE.read_text("utf-8"), **counts
    )
    connection = await asyncpg.connect(address, server_settings={"statement_timeout": "0"})
    try:
        await connection.execute(text)
    finally:
        await connection.close()


async def _vacuum(address: str) -> None:
    connection = await asyncpg.connect(address, server_settings={"statement_timeout": "0"})
    try:
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()


@command
async def _seal(tx: Transaction) -> None:
    """Addresses that are protected and corrections that wait, sealed as families' are."""
    rows = await tx.fetch(SAMPLE_SQL, 2 * SEALED)
    for row in rows[:SEALED]:
        household_id, asked_by = row["household_id"], row["payer_adult_id"]
        names = {"first_name": "Camille", "last_name": "Martin"}
        change = Change(new_id(), household_id, asked_by, "adult", ChangeStatus.WAITING, names, names, asked_by)
        await ask_change(tx, Actor(asked_by, ActorKind.PARENT), change)
    for row in rows[SEALED:]:
        file = await load_file(tx, row["household_id"])
        if file and file.address:
            protection = Protection("Ordonnance du juge.", SINCE, None)
            await protect(tx, file.household_id, file.address, protection, row["payer_adult_id"])


def _lists(db: Database) -> Mapping[str, Ask]:
    """What agents ask for: the first page of each list."""
    director, queue = Actor(new_id(), ActorKind.SYSTEM), WaitingAsked([*WaitingKind])
    pupils = schools.PupilsAsked("ecole-1", SINCE.year, None, is_unclassed=False, cursor=None, limit=PAGE_SIZE)
    of_school = search.FilesAsked("", None, is_archived=False, cursor=None, limit=PAGE_SIZE, school_code="ecole-1")
    named = replace(of_school, search="mar")

    async def files(asked: search.FilesAsked) -> object:
        return await search.find_households(db, director, asked, await db.today())

    return {
        **{f"gaps: {kind}": partial(gaps.list_gaps, db, RULES, kind, None, PAGE_SIZE) for kind in GapKind},
        "gaps: every count": partial(gaps.count_gaps, db, RULES, None),
        "files in double": partial(duplicates.duplicate_files, db, is_apart=False, cursor=None),
        "protected addresses": lambda: _protected(db),
        "corrections": partial(changes.list_changes, db, director, RULES, None, None),
        "queue: first page": lambda: waiting.list_waiting(db, director, RULES, queue),
        "queue: a page further on": lambda: waiting.list_waiting(db, director, RULES, replace(queue, cursor=HALF_WAY)),
        "queue: my own": lambda: waiting.list_waiting(db, director, RULES, replace(queue, owner=OwnerAsked.OWN)),
        "queue: one kind": lambda: waiting.list_waiting(
            db, director, RULES, replace(queue, kinds=[WaitingKind.REQUEST])
        ),
        "queue: counts": lambda: waiting.count_waiting(db, director, RULES, queue),
        "pupils of a school": partial(schools.list_pupils, db, director, pupils),
        "families of a school": partial(files, of_school),
        "families of a school, by name": partial(files, named),
    }


async def _protected(db: Database) -> object:
    return await protection.list_protected(db, None, None, await db.today())


async def _timed(ask: Ask, calls: int) -> Mapping[str, float]:
    """The first call, and median and longest of the others, in milliseconds."""
    taken = []
    for _ in range(calls + 1):
        begun = time.perf_counter()
        await ask()
        taken.append((time.perf_counter() - begun) * 1_000)
    first, *others = taken
    return {"first": round(first, 1), "p50": round(statistics.median(others), 1), "max": round(max(others), 1)}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bench.lists", description=__doc__)
    parser.add_argument("--households", type=int, default=120_000)
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--results", type=Path, help="a file to write what came out to")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # PostgreSQL may have to run under another account
        measured = uvloop.run(measure(folder, asked.households, asked.calls))
    text = json.dumps(measured, indent=1, ensure_ascii=False)
    if asked.results:
        asked.results.write_text(text + "\n")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
