"""Storage of sessions and failed attempts."""

import secrets
from datetime import datetime
from uuid import UUID

from chassis.data.database import Transaction
from contracts.identity.models import SessionOpened

from ..accounts.domain import AccountRecord
from ..adapters.keys import TOKEN_BYTES, token_hash
from ..settings import IdentityRules
from .domain import SignedIn, Throttle

LOCK_THROTTLE_SQL = """
insert into throttles as t (subject, failure_count, failed_at, open_at) values ($1, 0, $2, $2)
on conflict (subject) do update set subject = excluded.subject
returning t.failure_count, t.failed_at, t.open_at
"""


async def lock_throttle(tx: Transaction, subject: str) -> Throttle:
    """The failures of a subject, locked until the end of the transaction."""
    row = await tx.fetchrow(LOCK_THROTTLE_SQL, subject, await tx.now())
    if row is None:
        raise AssertionError("an insert that updates on conflict returns its row")
    return Throttle(row["failure_count"], row["failed_at"], row["open_at"])


READ_THROTTLE_SQL = "select failure_count, failed_at, open_at from throttles where subject = $1"


async def read_throttle(tx: Transaction, subject: str) -> Throttle | None:
    """The failures of a subject, None when it has none."""
    row = await tx.fetchrow(READ_THROTTLE_SQL, subject)
    return Throttle(row["failure_count"], row["failed_at"], row["open_at"]) if row else None


SAVE_THROTTLE_SQL = "update throttles set failure_count = $2, failed_at = $3, open_at = $4 where subject = $1"


async def save_throttle(tx: Transaction, subject: str, throttle: Throttle) -> None:
    """Write the failures of a subject that is locked."""
    await tx.execute(SAVE_THROTTLE_SQL, subject, throttle.failure_count, throttle.failed_at, throttle.open_at)


INSERT_SESSION_SQL = """
insert into sessions (token_hash, account_id, previous_sign_in_at, opened_at, seen_at, ends_at)
values ($1, $2, $3, $4, $4, $5)
"""

FIRST_STEPS_SQL = """
select exists (select from terms_acceptances where account_id = $1 and version = $2) as has_accepted_terms,
       exists (select from service_key_answers where account_id = $1) as has_answered_keys
"""


async def open_session(
    tx: Transaction,
    account: AccountRecord,
    previous_sign_in_at: datetime | None,
    rules: IdentityRules,
) -> SessionOpened:
    """A new session of an account, under a new token that is stored as its hash alone."""
    now = await tx.now()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    (steps,) = await tx.fetch(FIRST_STEPS_SQL, account.account_id, rules.terms.version)
    session = SignedIn(
        session_hash=token_hash(token),
        account=account,
        has_accepted_terms=steps["has_accepted_terms"],
        previous_sign_in_at=previous_sign_in_at,
        opened_at=now,
        seen_at=now,
        ends_at=now + rules.session_limits.absolute,
        asks_keys=bool(rules.services_of(account.kind)),
        has_answered_keys=steps["has_answered_keys"],
    )
    await tx.execute(
        INSERT_SESSION_SQL, session.session_hash, account.account_id, previous_sign_in_at, now, session.ends_at
    )
    expires_at = rules.session_limits.expiry(session.seen_at, session.ends_at)
    return SessionOpened(session_token=token, expires_at=expires_at, stage=session.stage)


END_SESSION_SQL = "delete from sessions where token_hash = $1 returning account_id"


async def end_session(tx: Transaction, session_hash: bytes) -> UUID | None:
    """End one session; whose it was, None when there is none."""
    account_id: UUID | None = await tx.fetchval(END_SESSION_SQL, session_hash)
    return account_id
