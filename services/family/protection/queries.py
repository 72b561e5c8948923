"""What agents read of the households whose address is protected."""

from datetime import date
from typing import Final
from uuid import UUID

from chassis.data.database import Queries, Row
from chassis.data.paging import page_of, read_cursor
from contracts.family.protection import ProtectedHousehold
from contracts.http import PAGE_SIZE, Page

from . import store
from .domain import Protection

LIST_SQL = """
select p.protection_id, p.household_id, p.reasons, p.starts_on, p.ends_on, p.protected_at, p.protected_by, h.reference,
       coalesce(h.legal_name, a.first_name || ' ' || a.last_name, '') as payer_name
from address_protections p join households h using (household_id) left join adults a on a.adult_id = h.payer_adult_id
where p.ended_at is null and ($1::uuid is null or p.household_id = $1)
  and ($2::date is null or (coalesce(p.ends_on, '9999-12-31'), p.protection_id) > ($2, $3::uuid))
order by coalesce(p.ends_on, '9999-12-31'), p.protection_id limit $4
"""
ENDLESS: Final = date.max
"""In a cursor and in the order, the last day of a protection without one."""


async def list_protected(
    db: Queries, household_id: UUID | None, cursor: str | None, today: date
) -> Page[ProtectedHousehold]:
    """The households whose address is protected: first those whose decision ends first. Raises Invalid."""
    last_on, last_id = read_cursor(cursor, date.fromisoformat, UUID) if cursor else (None, None)
    rows = await db.fetch(LIST_SQL, household_id, last_on, last_id, PAGE_SIZE + 1)
    places = {row["household_id"]: (row["ends_on"] or ENDLESS, row["protection_id"]) for row in rows}
    items = [await _answer(db, row, today) for row in rows]
    return page_of(items, lambda item: places[item.household_id], PAGE_SIZE)


async def _answer(db: Queries, row: Row, today: date) -> ProtectedHousehold:
    reason = (await store.reasons_of(db, row)).get("begin", "")
    protection = Protection(reason, row["starts_on"], row["ends_on"])
    fields = ("household_id", "reference", "payer_name", "starts_on", "ends_on", "protected_at", "protected_by")
    return ProtectedHousehold(
        **{name: row[name] for name in fields}, reason=reason, is_overdue=protection.is_overdue(today)
    )
