"""Invariants of what is derived: replicas are folds of their sources, prices of quotients and tariffs (I9)."""

import json
from itertools import pairwise

from .evidence import Evidence

# What each side holds, as rows of text that must be the same: the first is the source.
FOLDS_SQL: dict[str, tuple[tuple[str, str], ...]] = {
    "households": (
        ("family", "select key, sequence::text from outbox_keys where topic = 'family.households'"),
        ("booking", "select household_id::text, version::text from households"),
        ("billing", "select household_id::text, version::text from households"),
        ("notifications", "select household_id::text, version::text from households"),
        ("identity", "select household_id::text, version::text from household_versions"),
    ),
    "adults": (
        ("family", "select household_id::text, person_id::text from household_members where kind = 'adult'"),
        ("booking", "select household_id::text, adult_id::text from household_adults"),
        ("billing", "select household_id::text, adult_id::text from household_adults"),
        ("notifications", "select household_id::text, adult_id::text from household_adults"),
    ),
    "invited adults": (
        ("family", "select adult_id::text from adults where is_invited"),
        ("identity", "select guardian_id::text from accounts where kind = 'parent'"),
    ),
    "addresses": (
        ("family", "select adult_id::text, email from adults"),
        ("notifications", "select adult_id::text, email from household_adults"),
        ("billing", "select adult_id::text, email from household_adults"),
    ),
    "children of households": (
        ("family", "select household_id::text, person_id::text from household_members where kind = 'child'"),
        ("booking", "select household_id::text, child_id::text from household_children"),
        ("billing", "select household_id::text, child_id::text from household_children"),
        ("notifications", "select household_id::text, child_id::text from household_children"),
    ),
    "children": (
        ("family", "select child_id::text, first_name, last_name, birth_on::text from children"),
        ("booking", "select child_id::text, first_name, last_name, birth_on::text from child_records"),
    ),
    "responsibilities": (
        ("family", "select child_id::text, adult_id::text, role, authority from responsibilities"),
        ("booking", "select child_id::text, adult_id::text, role, authority from responsibilities"),
    ),
    "payers": (
        ("family", "select household_id::text, adult_id::text, during::text from household_payers"),
        (
            "billing",
            "select d.household_id::text, p.adult_id::text, d.during::text from payer_days d join payers p using (payer_id)",
        ),
    ),
    "residences": (
        (
            "family",
            "select child_id::text, pattern, household_ids::text, anchor_on::text, during::text from residences",
        ),
        (
            "billing",
            "select child_id::text, pattern, household_ids::text, anchor_on::text, during::text from residences",
        ),
    ),
    "quotients": (
        (
            "family",
            "select household_id::text, effective_on::text, value_cents from quotients where replaced_at is null",
        ),
        ("billing", "select household_id::text, effective_on::text, value_cents from quotients"),
    ),
    "activities": (
        ("booking", "select id::text, label from activities"),
        ("billing", "select activity_id::text, label from activities"),
        ("notifications", "select activity_id::text, label from activities"),
    ),
    "accounts": (
        ("identity", "select key, sequence::text from outbox_keys where topic = 'identity.accounts'"),
        ("notifications", "select account_id::text, version::text from accounts"),
    ),
}


async def replicas_are_folds(evidence: Evidence) -> list[str]:
    """I9: every replica holds exactly what its source does."""
    faults = []
    for what, sides in FOLDS_SQL.items():
        held = {service: {tuple(row) for row in await evidence.databases[service].fetch(sql)} for service, sql in sides}
        source = sides[0][0]
        for service, rows in held.items():
            faults += [f"{what}: {service} lacks {row[0]}" for row in held[source] - rows]
            faults += [f"{what}: {service} alone has {row[0]}" for row in rows - held[source]]
    return faults


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
