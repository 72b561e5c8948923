"""`python -m tools.addresses FILE...`, with the variables of the family service's process.

The addresses of these files - `adresses-*.csv.gz` of the national address base, unpacked or not, and its `lieux-dits-*` - take the place of the town's copy in one act,
and every household is looked up in it. Nothing is asked of the outside. Exit codes: 0 when it is done, 2 when the command cannot run; then the former copy stays.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from uuid import UUID

from chassis.actor import Actor
from contracts.types import ActorKind
from services.family.adapters.address_files import BaseFileUnreadable, read_base_file
from services.family.addresses.commands import replace_base, verify_households
from services.family.addresses.queries import read_base
from services.family.addresses.store import NewAddress

from ..operating import OperatorError, run, without_records

SYSTEM = Actor(UUID(int=0), ActorKind.SYSTEM)
LABEL_LENGTH_MAX = 80


async def command(arguments: Sequence[str]) -> int:
    """Replace the copy; the exit code. Raises OperatorError."""
    paths: list[Path] = parser().parse_args(arguments).files
    label = ", ".join(path.name for path in paths)[:LABEL_LENGTH_MAX]

    def read() -> Iterator[NewAddress]:
        return chain.from_iterable(read_base_file(path) for path in paths)

    began = time.monotonic()
    async with without_records("family") as (_, db):
        try:
            streets, addresses = await replace_base(db, SYSTEM, label, read)
        except (BaseFileUnreadable, OSError) as fault:
            raise OperatorError(f"the former copy stays: {fault}") from None
        print(f"{addresses} addresses of {streets} streets, {time.monotonic() - began:.1f} s")
        after: UUID | None = UUID(int=0)
        while after is not None:
            after = await verify_households(db, after)
        status = (await read_base(db)).base
    print(f"households whose address is not among them: {status.unverified_count if status else 0}")
    return 0


def parser() -> argparse.ArgumentParser:
    """The words of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.addresses", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    return parser


if __name__ == "__main__":
    sys.exit(run(command(sys.argv[1:])))
