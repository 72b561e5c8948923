"""What the payment provider took, against what the portal knows of it (I8). That payments, ledger and invoices agree is checked nightly."""

import csv
from collections.abc import Mapping
from pathlib import Path

from .comparing import Connection

PAID_SQL = "select idop, amount_cents from payments where status = 'paid'"


async def paid_here(connection: Connection) -> dict[str, int]:
    """The cents that came in, by the provider's operation."""
    return {row["idop"]: row["amount_cents"] for row in await connection.fetch(PAID_SQL)}


def read_journal(file: Path) -> dict[str, int]:
    """The provider's journal: a CSV file with a head of two columns, `operation` and `cents`. Raises KeyError, ValueError."""
    with file.open(newline="") as lines:
        return {row["operation"]: int(row["cents"]) for row in csv.DictReader(lines)}


def disagreements(journal: Mapping[str, int], paid: Mapping[str, int]) -> list[str]:
    """Operations that one side alone knows as paid, or with another amount."""
    return [
        *(f"operation {operation} is paid at the provider alone" for operation in sorted(journal.keys() - paid.keys())),
        *(f"operation {operation} is paid here alone" for operation in sorted(paid.keys() - journal.keys())),
        *(
            f"operation {operation}: {paid[operation]} for {journal[operation]} cents"
            for operation in sorted(paid.keys() & journal.keys())
            if paid[operation] != journal[operation]
        ),
    ]
