"""Invariants of what is derived: replicas are folds of their sources, prices of quotients and tariffs (I9)."""

import json
from itertools import pairwise

from ..invariants.comparisons import REPLICAS
from .evidence import Evidence


async def replicas_are_folds(evidence: Evidence) -> list[str]:
    """I9: every replica holds exactly what its source does."""
    return [fault for comparison in REPLICAS for fault in await comparison.differences(evidence.databases)]


OPEN_CHARGES_SQL = """
select booking_id::text, household_id::text, service_on, unit_cents, tariff_code from charges
where correction = 0 and status in ('planned', 'due') and run_id is null
"""

KNOWN_QUOTIENTS_SQL = """
select household_id::text, effective_on, value_cents from quotients where replaced_at is null order by effective_on
"""

GRIDS_SQL = "select tariff_code, brackets::text from tariffs order by tariff_code, grid_version"


async def prices_are_folds(evidence: Evidence) -> list[str]:
    """I9: a day on no invoice costs what the grid says for the quotient that the family service knows today."""
    billing = evidence.databases["billing"]
    grids = {code: json.loads(brackets) for code, brackets in await billing.fetch(GRIDS_SQL)}
    known = await evidence.databases["family"].fetch(KNOWN_QUOTIENTS_SQL)
    faults = []
    for row in await billing.fetch(OPEN_CHARGES_SQL):
        values = [
            value for household, on, value in known if household == row["household_id"] and on <= row["service_on"]
        ]
        price = price_of(grids[row["tariff_code"]], values[-1] if values else None)
        if price != row["unit_cents"]:
            faults.append(f"booking {row['booking_id']} costs {row['unit_cents']} instead of {price}")
    return faults


def price_of(brackets: list[dict[str, int | str | None]], quotient_cents: int | None) -> int:
    """What a grid says for a quotient; its highest price without one."""
    ordered = sorted(
        (int(bracket["quotient_min_cents"] or 0), int(bracket["price_cents"] or 0)) for bracket in brackets
    )
    if quotient_cents is None:
        return max(price for _, price in ordered)
    for (_, price), (following, _) in pairwise(ordered):
        if quotient_cents < following:
            return price
    return ordered[-1][1]
