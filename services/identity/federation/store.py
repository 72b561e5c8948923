"""Storage of identities that wait to be linked, and of links."""

from datetime import datetime
from uuid import UUID

from chassis.data.database import Transaction
from chassis.data.queries import Queries

from ..oidc.domain import AWAY_MAX
from ..step_up.domain import MEANS_WAIT

HOLD_IDENTITY_SQL = """
update provider_authorizations set sealed_identity = $2, expires_at = $3 where authorization_id = $1
"""


async def hold_identity(tx: Transaction, authorization_id: UUID, sealed: bytes) -> None:
    """Keep an identity until it is linked."""
    await tx.execute(HOLD_IDENTITY_SQL, authorization_id, sealed, await tx.now() + AWAY_MAX)


FIND_IDENTITY_SQL = """
select sealed_identity, expires_at from provider_authorizations
where authorization_id = $1 and browser_hash = $2 and sealed_identity is not null
"""


async def find_identity(db: Queries, authorization_id: UUID, browser_hash: bytes) -> tuple[bytes, datetime] | None:
    """An identity that waits in a browser, and until when; None when there is none."""
    row = await db.fetchrow(FIND_IDENTITY_SQL, authorization_id, browser_hash)
    return (row["sealed_identity"], row["expires_at"]) if row else None


FIND_LINKED_SQL = "select account_id from franceconnect_links where subject = $1"


async def find_linked(tx: Transaction, subject: str) -> UUID | None:
    """The account that an identity opens."""
    account_id: UUID | None = await tx.fetchval(FIND_LINKED_SQL, subject)
    return account_id


FIND_LINK_SQL = "select linked_at from franceconnect_links where account_id = $1"


async def find_link(db: Queries, account_id: UUID) -> datetime | None:
    """Since when an account is linked; None when it is not."""
    linked_at: datetime | None = await db.fetchval(FIND_LINK_SQL, account_id)
    return linked_at


LINK_COUNTS_SQL = "select counts_from from franceconnect_links where account_id = $1"


async def link_counts_from(db: Queries, account_id: UUID) -> datetime | None:
    """From when the identity of an account proves who its holder is, beside opening it; None when it is not linked."""
    since: datetime | None = await db.fetchval(LINK_COUNTS_SQL, account_id)
    return since


INSERT_LINK_SQL = """
insert into franceconnect_links (account_id, subject, linked_at, counts_from) values ($1, $2, $3, $4)
on conflict (subject) do nothing returning true
"""


async def add_link(tx: Transaction, account_id: UUID, subject: str) -> bool:
    """Link an identity to an account that is locked and has no link; False when it opens another one."""
    now = await tx.now()
    return bool(await tx.fetchval(INSERT_LINK_SQL, account_id, subject, now, now + MEANS_WAIT))


DELETE_LINK_SQL = "delete from franceconnect_links where account_id = $1 returning true"


async def remove_link(tx: Transaction, account_id: UUID) -> bool:
    """Whether an account was linked, which it no longer is."""
    return bool(await tx.fetchval(DELETE_LINK_SQL, account_id))
