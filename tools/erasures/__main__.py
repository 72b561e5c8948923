"""`python -m tools.erasures list > FILE` and `python -m tools.erasures repeat FILE`, with the variables of the family service's process.

A backup holds the families that were erased after it. `list` writes which were erased, by ids that name nobody: keep it beside the backups, newer than they are.
After a restore, `repeat` asks again for each that came back, under the rules that stand then, and says which cannot be erased now and why; what is erased
already is passed over. Exit codes: 0 when all are erased or asked for, 1 when some cannot be, 2 when the command cannot run.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.refusal import Refusal
from contracts.types import ActorKind
from services.family.erasure.commands import ask_erasure
from services.family.settings import FamilyRules, FamilySettings

from ..operating import OperatorError, run, without_records

SYSTEM = Actor(UUID(int=0), ActorKind.SYSTEM)

ERASED_SQL = "select household_id from household_erasures where stage = 'erased' order by judged_at, household_id"

CAME_BACK_SQL = """
select household_id, reference from households where household_id = any($1::uuid[]) order by household_id
"""


async def listed(db: Database) -> list[UUID]:
    """The households that were erased, the first one first."""
    return [row["household_id"] for row in await db.fetch(ERASED_SQL)]


async def repeat(db: Database, rules: FamilyRules, erased: Sequence[UUID]) -> dict[UUID, str]:
    """Ask for each of these that there is to be erased; the codes of the refusals."""
    refusals = {}
    for row in await db.fetch(CAME_BACK_SQL, erased):
        try:
            await ask_erasure(db, SYSTEM, rules, row["household_id"], row["reference"])
        except Refusal as refusal:
            refusals[row["household_id"]] = refusal.code()
    return refusals


def read(lines: Iterable[str]) -> list[UUID]:
    """The households of a list. Raises OperatorError, with the line that is none."""
    erased = []
    for number, line in enumerate(lines, start=1):
        try:
            erased.append(UUID(line.strip()))
        except ValueError:
            raise OperatorError(f"line {number} is no household's id: is this a file of `list`?") from None
    return erased


async def command(arguments: Sequence[str]) -> int:
    """List or repeat erasures; the exit code. Raises OperatorError."""
    parsed = parser().parse_args(arguments)
    try:
        erased = read(parsed.file.read_text("utf-8").splitlines()) if parsed.act == "repeat" else []
    except OSError as fault:
        raise OperatorError(f"the list cannot be read: {fault}") from None
    async with without_records("family") as (_, db):
        if parsed.act == "list":
            for household_id in await listed(db):
                print(household_id)
            return 0
        refusals = await repeat(db, FamilySettings().rules(), erased)
    for household_id, code in refusals.items():
        print(f"{household_id} {code}")
    print(f"{len(erased)} erased before, {len(refusals)} cannot be erased now")
    return 1 if refusals else 0


def parser() -> argparse.ArgumentParser:
    """The words of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.erasures", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("list")
    acts.add_parser("repeat").add_argument("file", type=Path, metavar="FILE")
    return parser


if __name__ == "__main__":
    sys.exit(run(command(sys.argv[1:])))
