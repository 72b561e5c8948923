"""Which households and invoices an actor of the billing service reaches, by the replica of the files."""

from typing import Final

from chassis.access import Reach

HOUSEHOLD: Final = Reach(
    """actor.guardian_id is null or exists (
        select from household_adults a
        where a.adult_id = actor.guardian_id and a.household_id = {id} and a.days @> actor.today)"""
)
"""Of a household: an adult's own, for as long as they belong to it; an agent reaches every one."""

FILED: Final = "select $4::uuid union all select household_id from merged_files where kept_id = $4"
"""The households whose papers stand in the file `$4`: itself, and those that became part of it."""

PAYER: Final = Reach(
    """actor.guardian_id is null or exists (
        select from payers p where p.payer_id = {id} and (p.adult_id = actor.guardian_id or exists (
            select from merged_payers m
            where m.household_id = p.household_id and m.adult_id = p.adult_id and m.kept_adult_id = actor.guardian_id)))"""
)
"""Of a payer: an adult's own, also of a household that they left, and of a file that is part of theirs by now, in which they were somebody of their own;
an agent reaches every one."""


def invoice(payer: str, household: str) -> str:
    """The condition on an invoice or payment: of one's own household, or one's own to pay."""
    return f"({HOUSEHOLD.of(household)} or {PAYER.of(payer)})"
