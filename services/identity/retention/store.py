"""Storage of those who left before they opened anything."""

from datetime import datetime
from uuid import UUID

from chassis.data.database import Database, Transaction

# An account that stands for others too may have been opened by them: whoever never accepted the terms was never in it.
LEFT_SQL = """
select p.guardian_id, p.account_id from account_persons p join accounts a using (account_id)
where p.left_at <= $1 and ($2::uuid is null or p.guardian_id = $2)
  and not exists (select from terms_acceptances t where t.person_id = p.guardian_id)
  and (a.last_sign_in_at is null or exists (
      select from account_persons o join invited_guardians g using (guardian_id) where o.account_id = p.account_id))
order by p.left_at limit $3
"""


async def find_left(db: Database, since: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Adults whom no file invites since an instant and who never opened a space, each beside their account."""
    return [(row["guardian_id"], row["account_id"]) for row in await db.fetch(LEFT_SQL, since, None, limit)]


async def has_left(tx: Transaction, guardian_id: UUID, since: datetime) -> bool:
    """Whether an adult is one of these still; their account is locked."""
    return bool(await tx.fetch(LEFT_SQL, since, guardian_id, 1))
