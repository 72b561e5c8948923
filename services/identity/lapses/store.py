"""Which agents have roles that nobody used for too long."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from chassis.data.database import Queries

UNUSED_SQL = """
select a.account_id from agents g join accounts a using (account_id)
where g.roles_lapsed_at is null and g.roles <> '{}' and not a.is_disabled
  and greatest(g.roles_given_at, a.last_sign_in_at) <= $1
order by g.roles && $2::text[], greatest(g.roles_given_at, a.last_sign_in_at), a.account_id limit $3
"""


async def find_unused(db: Queries, since: datetime, managing: Collection[str], limit: int) -> list[UUID]:
    """The agents who did not use their roles since an instant: first those who do not manage accounts, then whoever was away longest."""
    return [row["account_id"] for row in await db.fetch(UNUSED_SQL, since, sorted(managing), limit)]
