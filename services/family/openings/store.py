"""Numbering files."""

from chassis.data.database import Transaction

NEXT_NUMBER_SQL = """
insert into household_numbers as n (series, last_number) values ('F', 1)
on conflict (series) do update set last_number = n.last_number + 1 returning last_number
"""


async def next_reference(tx: Transaction) -> str:
    """A reference that no file ever had, such as `F-000123`. Other openings wait until this one commits, or gives it back."""
    return f"F-{await tx.fetchval(NEXT_NUMBER_SQL):06d}"
