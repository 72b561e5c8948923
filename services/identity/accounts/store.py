"""Storage of accounts: loaded under lock, saved whole."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.data.replicas import Replica
from contracts.identity.online_service_words import OnlineService
from contracts.types import AccountStatus, ActorKind

from .domain import AccountRecord, email_key, username_key

LOCK_ACCOUNTS_SQL = """
select account_id, kind, status, is_disabled, email, username, password_hash, password_expires_at, created_at,
       last_sign_in_at, merged_into, declined_services, '{}'::uuid[] as person_ids, now() as begun_at
from accounts where account_id = any($1::uuid[]) order by account_id for update
"""

PERSONS_SQL = """
select p.account_id, p.guardian_id from account_persons p
where p.account_id = any($1::uuid[])
  and (p.is_delegate or exists (select from invited_guardians g where g.guardian_id = p.guardian_id))
order by p.guardian_id
"""


async def persons_of(db: Queries, account_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """The adults whom accounts stand for and whom some file invites, and delegates, by account."""
    persons: defaultdict[UUID, tuple[UUID, ...]] = defaultdict(tuple)
    for row in await db.fetch(PERSONS_SQL, list(account_ids)):
        persons[row["account_id"]] += (row["guardian_id"],)
    return persons


async def lock_accounts(tx: Transaction, account_ids: Collection[UUID]) -> list[AccountRecord]:
    """Those of the accounts that exist, locked until the end of the transaction. Whom they stand for is read once they are: it changes under
    this lock alone."""
    rows = await tx.fetch(LOCK_ACCOUNTS_SQL, list(account_ids))
    for row in rows[:1]:
        tx.begun(row["begun_at"])
    accounts = [account_of(row) for row in rows]
    standing = [account.account_id for account in accounts if account.kind is not ActorKind.AGENT]
    persons = await persons_of(tx, standing) if standing else {}
    return [replace(account, person_ids=persons.get(account.account_id, ())) for account in accounts]


async def lock_account(tx: Transaction, account_id: UUID) -> AccountRecord | None:
    """One account, locked until the end of the transaction."""
    return next(iter(await lock_accounts(tx, [account_id])), None)


INSERT_ACCOUNT_SQL = """
insert into accounts (account_id, kind, status, is_disabled, email, email_key, username, username_key,
                      password_hash, password_expires_at, created_at, last_sign_in_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""


async def insert_account(tx: Transaction, account: AccountRecord) -> None:
    """Create an account. Raises asyncpg.UniqueViolationError when its name is taken."""
    await tx.execute(
        INSERT_ACCOUNT_SQL,
        account.account_id,
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


SAVE_ACCOUNT_SQL = """
update accounts
set status = $2, is_disabled = $3, email = $4, email_key = $5, username = $6, username_key = $7, password_hash = $8,
    password_expires_at = $9, last_sign_in_at = $10, merged_into = $11
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
        account.merged_into,
    )


FREE_USERNAME_SQL = """
select candidate from unnest($1::text[]) with ordinality as c(candidate, position)
where not exists (select from accounts where username_key = candidate) order by position limit 1
"""


async def free_username(tx: Transaction, candidates: Sequence[str]) -> str | None:
    """The first of the candidates that nobody has; they are compared as they are, so they must be keys already."""
    name: str | None = await tx.fetchval(FREE_USERNAME_SQL, list(candidates))
    return name


# An account of somebody who only helps takes nobody's address from them: it is opened by whoever types one, and goes when a file names the person.
EMAIL_SHARED_SQL = """
select exists (
    select from accounts other
    where other.email_key = $1 and other.account_id <> $2 and not other.is_disabled and ($3 = 'delegate' or other.kind <> 'delegate'))
"""


async def is_email_shared(db: Queries, account: AccountRecord) -> bool:
    """Whether another account has the same address, an agent's, which then names neither of them; a delegate's shares it alone."""
    return bool(await db.fetchval(EMAIL_SHARED_SQL, email_key(account.email), account.account_id, account.kind))


END_SESSIONS_SQL = "delete from sessions where account_id = $1"


async def end_sessions(tx: Transaction, account_id: UUID) -> None:
    """Sign an account out everywhere."""
    await tx.execute(END_SESSIONS_SQL, account_id)


END_OWN_WAYS_SQL = "delete from sessions where account_id = $1 and means in ('password', 'passkey')"


async def end_portal_sessions(tx: Transaction, account_id: UUID) -> None:
    """Sign an account out wherever the portal itself let it in: by a password, or a passkey, which stands beside one."""
    await tx.execute(END_OWN_WAYS_SQL, account_id)


HOUSEHOLDS = Replica("household_versions", "household_id", ("reference",))
"""The newest state of each household's file that its accounts followed."""

WAS_INVITED_SQL = "select invited_at is not null from accounts where account_id = $1"


async def was_invited(tx: Transaction, account_id: UUID) -> bool:
    """Whether an account was ever invited."""
    return bool(await tx.fetchval(WAS_INVITED_SQL, account_id))


def account_of(row: Row) -> AccountRecord:
    """The account in a row that holds its columns."""
    return AccountRecord(
        account_id=row["account_id"],
        kind=ActorKind(row["kind"]),
        step=AccountStatus(row["status"]),
        is_disabled=row["is_disabled"],
        email=row["email"],
        username=row["username"],
        password_hash=row["password_hash"],
        password_expires_at=row["password_expires_at"],
        created_at=row["created_at"],
        last_sign_in_at=row["last_sign_in_at"],
        person_ids=tuple(row["person_ids"]),
        merged_into=row["merged_into"],
        declined=frozenset(map(OnlineService, row["declined_services"])),
    )
