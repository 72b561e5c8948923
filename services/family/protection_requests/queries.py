"""What agents who protect addresses read of the families that ask for it."""

from dataclasses import dataclass
from uuid import UUID

from chassis.data.database import Queries
from chassis.data.paging import page_of, read_id
from contracts.family.protection import ProtectionRequest
from contracts.http import Page

from . import store

REQUESTS_SQL = """
select r.request_id, r.household_id, r.sealed, r.asked_at, coalesce(h.merged_into, h.household_id) as file_id, k.reference,
       a.first_name || ' ' || a.last_name as asked_by_name, k.address_lines is null as is_protected
from protection_requests r join households h on h.household_id = r.household_id join households k on k.household_id = coalesce(h.merged_into, h.household_id)
join adults a on a.adult_id = r.asked_by
where r.settled_at is null and ($1::uuid is null or k.household_id = $1) and ($2::uuid is null or r.request_id = $2)
  and ($3::uuid is null or r.request_id > $3)
order by r.request_id limit $4
"""


@dataclass(frozen=True, slots=True)
class RequestsAsked:
    """Which requests somebody asks for: all, those of a household, or one."""

    household_id: UUID | None
    request_id: UUID | None
    cursor: str | None
    limit: int


async def list_requests(db: Queries, asked: RequestsAsked) -> Page[ProtectionRequest]:
    """The requests that wait, the oldest first. Raises Invalid."""
    chosen = (asked.household_id, asked.request_id, read_id(asked.cursor))
    rows = await db.fetch(REQUESTS_SQL, *chosen, asked.limit + 1)
    items = [
        ProtectionRequest(
            request_id=row["request_id"],
            household_id=row["file_id"],
            reference=row["reference"],
            asked_by_name=row["asked_by_name"],
            message=(await store.words_of(db, row)).get("message", ""),
            is_address_protected=row["is_protected"],
            asked_at=row["asked_at"],
        )
        for row in rows
    ]
    return page_of(items, lambda item: (item.request_id,), asked.limit)
