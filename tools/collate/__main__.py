"""`python -m tools.collate SERVICE`, with the variables of the service's process.

Where people stand in lists is stored beside their names. After `[town] name_particles` was changed, and the services run with it, this makes the stored places of
`family` and `identity` anew. It may be run at any time and again: what stands right stays as it is. Exit codes: 0 when it is done, 2 when the command
cannot run.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from chassis.data.database import Database, Row

from ..operating import run, without_records

BATCH: Final = 1000


def _listed(table: str, key: str) -> tuple[str, str]:
    """How rows of a table with names and a `list_key` are read and put in their place."""
    return (
        f"select {key} as id, first_name, last_name from {table} where $1::uuid is null or {key} > $1 order by {key} limit $2 for update",
        f"update {table} t set list_key = n.list_key from unnest($1::uuid[], $2::text[]) as n(id, list_key) "
        f"where t.{key} = n.id and t.list_key <> n.list_key returning 1",
    )


TABLES: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "family": (
        _listed("children", "child_id"),
        (
            "select h.household_id as id, case when h.legal_name is null then a.first_name else '' end as first_name, "
            "coalesce(h.legal_name, a.last_name) as last_name from households h left join adults a on a.adult_id = h.payer_adult_id "
            "where ($1::uuid is null or h.household_id > $1) order by h.household_id limit $2 for update of h",
            "update households h set payer_key = n.list_key from unnest($1::uuid[], $2::text[]) as n(id, list_key) "
            "where h.household_id = n.id and h.payer_key <> n.list_key returning 1",
        ),
    ),
    "identity": (_listed("agents", "account_id"), _listed("account_persons", "guardian_id")),
}
"""For each service its statements: the next names after an id, and their places."""


async def collate(db: Database, service: str) -> int:
    """Put everybody of a service in the place that the town's order gives them; how many stood elsewhere."""
    return sum([await _put_in_place(db, *statements) for statements in TABLES[service]])


async def _put_in_place(db: Database, read_sql: str, save_sql: str) -> int:
    after, moved = None, 0
    while True:
        async with db.transaction() as tx:
            rows = await tx.fetch(read_sql, after, BATCH)
            if not rows:
                return moved
            places = [_place(db, row) for row in rows]
            moved += len(await tx.fetch(save_sql, [row["id"] for row in rows], places))
            after = rows[-1]["id"]


def _place(db: Database, row: Row) -> str:
    return db.collation.stored_key(row["first_name"] or "", row["last_name"]) if row["last_name"] else ""


async def command(arguments: Sequence[str]) -> int:
    """Put a service's people in order; the exit code. Raises OperatorError."""
    service: str = parser().parse_args(arguments).service
    async with without_records(service) as (_, db):
        print(f"{service}: {await collate(db, service)} moved")
    return 0


def parser() -> argparse.ArgumentParser:
    """The words of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.collate", description=__doc__)
    parser.add_argument("service", choices=TABLES, metavar="SERVICE")
    return parser


if __name__ == "__main__":
    sys.exit(run(command(sys.argv[1:])))
