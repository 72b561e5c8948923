"""Storage of invitations: requested, issued by the job, found by their link, ended."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.data.database import Database, Queries, Row, Transaction
from chassis.identifiers import new_id
from contracts.identity import models
from contracts.identity.events import CredentialReason
from contracts.types import AccountStatus, CredentialPurpose

from ..accounts.domain import AccountRecord, email_key
from ..accounts.store import save_account
from .domain import IssuedInvitation

WITHDRAW_INVITATIONS_SQL = """
update invitations set replaced_at = $2 where account_id = $1 and used_at is null and replaced_at is null
"""


async def withdraw_invitations(tx: Transaction, account_id: UUID) -> None:
    """The account's link, if one is alive, no longer works."""
    await tx.execute(WITHDRAW_INVITATIONS_SQL, account_id, await tx.now())


WITHDRAW_MAILED_SQL = """
update invitations set replaced_at = $2
where account_id = $1 and issued_at is not null and used_at is null and replaced_at is null
"""


async def withdraw_mailed(tx: Transaction, account_id: UUID) -> None:
    """A link that is on its way to the address of before no longer works; one that waits to be made goes to the new one."""
    await tx.execute(WITHDRAW_MAILED_SQL, account_id, await tx.now())


INSERT_INVITATION_SQL = """
insert into invitations (invitation_id, account_id, purpose, requested_at, expires_at, is_asked_by_holder, reason)
values ($1, $2, $3, $4, $5, $6, $7)
"""


NOTE_INVITED_SQL = "update accounts set invited_at = $2 where account_id = $1"


async def request_invitation(
    tx: Transaction,
    account: AccountRecord,
    purpose: CredentialPurpose,
    validity: timedelta,
    *,
    is_asked_by_holder: bool = False,
    reason: CredentialReason = CredentialReason.ASKED,
) -> models.Invitation:
    """Have a new link and temporary password made for an account that is locked; the former ones die now. But for a password that opens the
    account already, when nobody but whoever said its address asks: a stranger takes nothing away."""
    now = await tx.now()
    await withdraw_invitations(tx, account.account_id)
    is_kept = account.has_personal_credentials or (is_asked_by_holder and account.step is AccountStatus.ACTIVATED)
    if not is_kept:
        await save_account(tx, replace(account, password_hash=None, password_expires_at=None))
    invitation_id = new_id()
    values = (invitation_id, account.account_id, purpose, now, now + validity, is_asked_by_holder, reason)
    await tx.execute(INSERT_INVITATION_SQL, *values)
    if purpose is CredentialPurpose.INVITATION:
        await tx.execute(NOTE_INVITED_SQL, account.account_id, now)
    return models.Invitation(invitation_id=invitation_id, account_id=account.account_id, expires_at=now + validity)


IS_DUE_SQL = "select exists (select from invitations where issued_at is null and replaced_at is null)"


async def is_due(queries: Queries) -> bool:
    """Whether an invitation waits for its secrets."""
    return bool(await queries.fetchval(IS_DUE_SQL))


DUE_INVITATION_SQL = """
select i.invitation_id, i.account_id, i.purpose, i.expires_at, i.temporary_password_hash, i.used_at, i.replaced_at, i.reason
from invitations i join accounts a using (account_id)
where i.issued_at is null and i.replaced_at is null
order by i.requested_at limit 1 for update skip locked
"""


async def take_due_invitation(tx: Transaction) -> IssuedInvitation | None:
    """The oldest invitation that waits for its secrets, locked with its account; None when there is none."""
    row = await tx.fetchrow(DUE_INVITATION_SQL)
    return _invitation(row) if row else None


ISSUE_INVITATION_SQL = """
update invitations set issued_at = $2, token_hash = $3, temporary_password_hash = $4 where invitation_id = $1
"""


async def issue_invitation(
    tx: Transaction, invitation_id: UUID, issued_at: datetime, token_hash: bytes, kept_password_hash: str | None
) -> None:
    """Note that the secrets of an invitation were made."""
    await tx.execute(ISSUE_INVITATION_SQL, invitation_id, issued_at, token_hash, kept_password_hash)


LINK_ACCOUNT_SQL = "select account_id from invitations where token_hash = $1"


async def find_link_account(tx: Transaction, token_hash: bytes) -> UUID | None:
    """Whose link this is."""
    account_id: UUID | None = await tx.fetchval(LINK_ACCOUNT_SQL, token_hash)
    return account_id


LINK_SQL = """
select invitation_id, account_id, purpose, expires_at, temporary_password_hash, used_at, replaced_at, reason,
       exists (select from invitations n where n.account_id = i.account_id and n.requested_at > i.requested_at) as has_newer
from invitations i where token_hash = $1
"""


async def load_link(tx: Transaction, token_hash: bytes) -> IssuedInvitation | None:
    """The invitation of a link; its account must be locked, for that is the lock of its invitations too."""
    row = await tx.fetchrow(LINK_SQL, token_hash)
    return replace(_invitation(row), has_newer=row["has_newer"]) if row else None


USE_INVITATION_SQL = "update invitations set used_at = $2 where invitation_id = $1"


async def use_invitation(tx: Transaction, invitation_id: UUID, used_at: datetime) -> None:
    """The link was followed."""
    await tx.execute(USE_INVITATION_SQL, invitation_id, used_at)


INSERT_RESET_SQL = """
insert into password_resets (password_reset_id, email_key, requested_at) values ($1, $2, $3)
"""


async def store_reset(tx: Transaction, email: str) -> None:
    """Note that a new password was asked for an address."""
    await tx.execute(INSERT_RESET_SQL, new_id(), email_key(email), await tx.now())


TAKE_RESET_SQL = """
delete from password_resets where password_reset_id = (
    select password_reset_id from password_resets order by requested_at limit 1 for update skip locked
) returning email_key
"""


async def take_reset(tx: Transaction) -> str | None:
    """The address of the oldest request, which is done with this transaction; None when there is none."""
    address: str | None = await tx.fetchval(TAKE_RESET_SQL)
    return address


WAITING_SQL = """
select temporary_password_hash from invitations
where account_id = $1 and temporary_password_hash is not null and used_at is null and replaced_at is null
  and expires_at > now() + $2::interval
"""


async def waiting_password(db: Database, account_id: UUID) -> str | None:
    """The hash of a password that was mailed to the holder of an account, and takes the place of theirs once its link is followed."""
    stored: str | None = await db.fetchval(WAITING_SQL, account_id, db.clock_offset)
    return stored


RESET_ACCOUNTS_SQL = """
select a.account_id from accounts a
where a.email_key = $1 and not a.is_disabled and not exists (
    select from invitations i
    where i.account_id = a.account_id and i.used_at is null and i.replaced_at is null and i.requested_at > $2
      and i.is_asked_by_holder
)
order by a.account_id limit $3
"""


async def find_reset_accounts(tx: Transaction, address: str, since: datetime, limit: int) -> list[UUID]:
    """The accounts of an address, but for those whose holder asked since an instant."""
    return [row["account_id"] for row in await tx.fetch(RESET_ACCOUNTS_SQL, address, since, limit)]


def _invitation(row: Row) -> IssuedInvitation:
    return IssuedInvitation(
        invitation_id=row["invitation_id"],
        account_id=row["account_id"],
        purpose=CredentialPurpose(row["purpose"]),
        expires_at=row["expires_at"],
        temporary_password_hash=row["temporary_password_hash"],
        used_at=row["used_at"],
        replaced_at=row["replaced_at"],
        reason=CredentialReason(row["reason"]),
    )
