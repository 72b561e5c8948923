"""Storage of accounts: loaded under lock, saved whole."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from chassis.data.database import Row, Transaction
from chassis.data.replicas import Replica
from contracts.types import AccountStatus, ActorKind

from .domain import AccountRecord, email_key, username_key

LOCK_ACCOUNTS_SQL = """
select account_id, guardian_id, kind, status, is_disabled, email, username, password_hash, password_expires_at, created_at,
       last_sign_in_at, details_revision
from accounts where account_id = any($1::uuid[]) order by account_id for update
"""


async def lock_accounts(tx: Transaction, account_ids: Collection[UUID]) -> list[AccountRecord]:
    """Those of the accounts that exist, locked until the end of the transaction."""
    return [account_of(row) for row in await tx.fetch(LOCK_ACCOUNTS_SQL, list(account_ids))]


async def lock_account(tx: Transaction, account_id: UUID) -> AccountRecord | None:
    """One account, locked until the end of the transaction."""
    return next(iter(await lock_accounts(tx, [account_id])), None)


INSERT_ACCOUNT_SQL = """
insert into accounts (account_id, guardian_id, kind, status, is_disabled, email, email_key, username, username_key,
                      password_hash, password_expires_at, created_at, last_sign_in_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (guardian_id) do nothing returning true
"""


async def insert_account(tx: Transaction, account: AccountRecord) -> bool:
    """Create an account, unless its guardian has one. Raises asyncpg.UniqueViolationError when its name is taken."""
    return bool(
        await tx.fetchval(
            INSERT_ACCOUNT_SQL,
            account.account_id,
            account.guardian_id,
            account.kind,
            account.step,
            account.is_disabled,
            account.email,
            email_key(account.email),
            account.username,
            username_key(account.username),
            account.password_hash,
            account.password_expires_at,
            account.created_at,
            account.last_sign_in_at,
        )
    )


SAVE_ACCOUNT_SQL = """
update accounts
set status = $2, is_disabled = $3, email = $4, email_key = $5, username = $6, username_key = $7, password_hash = $8,
    password_expires_at = $9, last_sign_in_at = $10
where account_id = $1
"""


async def save_account(tx: Transaction, account: AccountRecord) -> None:
    """Write what may change of an account. Raises asyncpg.UniqueViolationError when its name is taken."""
    await tx.execute(
        SAVE_ACCOUNT_SQL,
        account.account_id,
        account.step,
        account.is_disabled,
        account.email,
        email_key(account.email),
        account.username,
        username_key(account.username),
        account.password_hash,
        account.password_expires_at,
        account.last_sign_in_at,
    )


FREE_USERNAME_SQL = """
select candidate from unnest($1::text[]) with ordinality as c(candidate, position)
where not exists (select from accounts where username_key = candidate) order by position limit 1
"""


async def free_username(tx: Transaction, candidates: Sequence[str]) -> str | None:
    """The first of the candidates that nobody has; they are compared as they are, so they must be keys already."""
    name: str | None = await tx.fetchval(FREE_USERNAME_SQL, list(candidates))
    return name


EMAIL_SHARED_SQL = "select exists (select from accounts where email_key = $1 and account_id <> $2)"


async def is_email_shared(tx: Transaction, account: AccountRecord) -> bool:
    """Whether another account has the same address, which then names neither of them."""
    return bool(await tx.fetchval(EMAIL_SHARED_SQL, email_key(account.email), account.account_id))


DELETE_ACCOUNTS_SQL = "delete from accounts where guardian_id = any($1::uuid[]) returning account_id"


async def delete_accounts(tx: Transaction, guardian_ids: Collection[UUID]) -> list[UUID]:
    """Erase accounts with their sessions, invitations and acceptances; the ids of those that existed."""
    return [row["account_id"] for row in await tx.fetch(DELETE_ACCOUNTS_SQL, list(guardian_ids))]


END_SESSIONS_SQL = "delete from sessions where account_id = $1"


async def end_sessions(tx: Transaction, account_id: UUID) -> None:
    """Sign an account out everywhere."""
    await tx.execute(END_SESSIONS_SQL, account_id)


FORGET_FAILURES_SQL = "delete from throttles where subject = $1"


async def forget_failures(tx: Transaction, subject: str) -> None:
    """Let an account try again at once."""
    await tx.execute(FORGET_FAILURES_SQL, subject)


ACCOUNTS_OF_GUARDIANS_SQL = "select account_id from accounts where guardian_id = any($1::uuid[])"


async def lock_accounts_of(tx: Transaction, guardian_ids: Collection[UUID]) -> dict[UUID, AccountRecord]:
    """The accounts of guardians, locked, by guardian."""
    rows = await tx.fetch(ACCOUNTS_OF_GUARDIANS_SQL, list(guardian_ids))
    accounts = await lock_accounts(tx, [row["account_id"] for row in rows])
    return {account.guardian_id: account for account in accounts if account.guardian_id is not None}


KEEP_REVISIONS_SQL = """
update accounts a set details_revision = heard.revision
from unnest($1::uuid[], $2::int[]) as heard (guardian_id, revision)
where a.guardian_id = heard.guardian_id and a.details_revision < heard.revision
"""


async def keep_revisions(tx: Transaction, revisions: Mapping[UUID, int]) -> None:
    """Note which details of guardians their accounts know, where these are the latest."""
    await tx.execute(KEEP_REVISIONS_SQL, list(revisions), list(revisions.values()))


HOUSEHOLDS = Replica("household_versions", "household_id")
"""The newest state of each household's file that its accounts followed."""

REPLACE_INVITED_SQL = """
with removed as (
    delete from invited_guardians where household_id = $1 and guardian_id <> all($2::uuid[]) returning guardian_id
), added as (
    insert into invited_guardians (household_id, guardian_id) select $1, unnest($2::uuid[]) on conflict do nothing
)
select guardian_id from removed
where not exists (
    select from invited_guardians other where other.guardian_id = removed.guardian_id and other.household_id <> $1
)
"""


async def replace_invited(tx: Transaction, household_id: UUID, guardian_ids: Collection[UUID]) -> frozenset[UUID]:
    """Note whom a household invites; those whom it invited until now and nobody invites any longer."""
    rows = await tx.fetch(REPLACE_INVITED_SQL, household_id, list(guardian_ids))
    return frozenset(row["guardian_id"] for row in rows)


def account_of(row: Row) -> AccountRecord:
    """The account in a row that holds its columns."""
    return AccountRecord(
        account_id=row["account_id"],
        guardian_id=row["guardian_id"],
        kind=ActorKind(row["kind"]),
        step=AccountStatus(row["status"]),
        is_disabled=row["is_disabled"],
        email=row["email"],
        username=row["username"],
        password_hash=row["password_hash"],
        password_expires_at=row["password_expires_at"],
        created_at=row["created_at"],
        last_sign_in_at=row["last_sign_in_at"],
        details_revision=row["details_revision"],
    )
