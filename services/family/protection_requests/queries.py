"""What agents who protect addresses read of the families that ask for it."""

from chassis.data.database import Queries
from contracts.family.protection import ProtectionRequest, ProtectionRequests

from . import store

ITEMS_MAX = 100

REQUESTS_SQL = """
select r.request_id, r.household_id, r.sealed, r.asked_at, coalesce(h.merged_into, h.household_id) as file_id, k.reference,
       a.first_name || ' ' || a.last_name as asked_by_name, k.address_lines is null as is_protected
from protection_requests r join households h on h.household_id = r.household_id join households k on k.household_id = coalesce(h.merged_into, h.household_id)
join adults a on a.adult_id = r.asked_by
where r.settled_at is null order by r.request_id limit $1
"""


async def list_requests(db: Queries) -> ProtectionRequests:
    """The requests that wait, the oldest first."""
    return ProtectionRequests(
        items=tuple(
            [
                ProtectionRequest(
                    request_id=row["request_id"],
                    household_id=row["file_id"],
                    reference=row["reference"],
                    asked_by_name=row["asked_by_name"],
                    message=(await store.words_of(db, row)).get("message", ""),
                    is_address_protected=row["is_protected"],
                    asked_at=row["asked_at"],
                )
                for row in await db.fetch(REQUESTS_SQL, ITEMS_MAX)
            ]
        )
    )
