"""What there is of how an adult is reached, to be compared with what a request was made from."""

from typing import Any
from uuid import UUID

from chassis.data.database import Queries

from ..households.store import address_of
from ..people.store import load_adult
from .domain import stored

HOME_SQL = "select address_lines, postal_code, city, country from households where household_id = $1"


async def present_values(db: Queries, adult_id: UUID, household_id: UUID) -> dict[str, Any]:
    """How an adult is reached, and where a household lives, as a request keeps it; nothing of somebody who is not there any more."""
    adult, home = await load_adult(db, adult_id), await db.fetchrow(HOME_SQL, household_id)
    return stored(adult.phone, adult.email, address_of(home) if home else None) if adult else {}
