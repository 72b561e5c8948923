"""Accounts as agents see them."""

from uuid import UUID

from chassis.data.database import Database
from chassis.data.paging import page_of, read_id
from contracts.http import Page
from contracts.identity import models

ACCOUNTS_SQL = """
select a.account_id, a.guardian_id, a.kind, a.email, a.username, a.created_at, a.last_sign_in_at,
       case when a.is_disabled then 'disabled' else a.status end as status,
       (select i.expires_at from invitations i
        where i.account_id = a.account_id and i.used_at is null and i.replaced_at is null) as invitation_expires_at
from accounts a
where ($1::uuid is null or a.guardian_id = $1) and ($2::uuid is null or a.account_id > $2)
order by a.account_id limit $3
"""


async def list_accounts(db: Database, guardian_id: UUID | None, cursor: str | None, limit: int) -> Page[models.Account]:
    """A page of accounts, oldest first."""
    rows = await db.fetch(ACCOUNTS_SQL, guardian_id, read_id(cursor), limit + 1)
    return page_of([models.Account(**dict(row)) for row in rows], lambda account: (account.account_id,), limit)
