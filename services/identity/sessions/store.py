"""Storage of sessions: opened under a new token, renewed, ended; and the browsers that an account used."""

import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from chassis.data.database import Transaction
from chassis.identifiers import new_id
from contracts.identity.models import SessionOpened

from ..accounts.domain import AccountRecord
from ..adapters.keys import TOKEN_BYTES, token_hash
from ..persons.domain import acting_person
from ..settings import IdentityRules
from ..step_up.store import note_proof
from .domain import Opening, SecondStep, SignedIn

INSERT_SESSION_SQL = """
with used as (
    insert into known_browsers (account_id, browser, first_used_at, last_used_at)
    select $3::uuid, $5::text, $7::timestamptz, $7::timestamptz where $12
    on conflict (account_id, browser) do update set last_used_at = excluded.last_used_at
), signed_in as (
    update accounts set last_sign_in_at = $7, password_hash = $13 where account_id = $3
), opened as (
    insert into sessions (token_hash, session_id, account_id, means, browser, previous_sign_in_at, opened_at, seen_at, ends_at,
                          expires_at, strong_by, strong_at)
    values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11)
)
select exists (select from terms_acceptances where person_id = $14 and version = $15 and void_at is null) as has_accepted_terms,
       exists (select from service_key_answers where account_id = $3) as has_answered_keys,
       exists (select from second_factors where account_id = $3) as has_second_factor,
       array(select browser from known_browsers where account_id = $3) as browsers
"""
# What is selected is what was there before: the browsers are those that the account used until now.


async def insert_session(
    tx: Transaction, account: AccountRecord, opening: Opening, rules: IdentityRules
) -> tuple[SessionOpened, Collection[str]]:
    """A new session of an account, which is locked, under a new token that is stored as its hash alone, and the browsers that the account used
    before. This one is noted as used, and that somebody signed in, with the hash of their password, which may be another one of the same."""
    now = await tx.now()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    ends_at = now + rules.session_limits.absolute
    expires_at = rules.session_limits.expiry(now, ends_at)
    guardian_id = acting_person(account.person_ids, None)
    session_id, session_hash = new_id(), token_hash(token)
    (known,) = await tx.fetch(
        INSERT_SESSION_SQL,
        session_hash,
        session_id,
        account.account_id,
        opening.means,
        opening.browser or "",
        account.last_sign_in_at,
        now,
        ends_at,
        expires_at,
        *_columns(opening.second_step),
        opening.browser is not None,
        account.password_hash,
        guardian_id,
        rules.terms.version,
    )
    session = SignedIn(
        session_id=session_id,
        session_hash=session_hash,
        account=account,
        means=opening.means,
        has_accepted_terms=known["has_accepted_terms"],
        previous_sign_in_at=account.last_sign_in_at,
        opened_at=now,
        seen_at=now,
        ends_at=ends_at,
        expires_at=expires_at,
        guardian_id=guardian_id,
        asks_keys=bool(rules.services_of(account.kind)),
        has_answered_keys=known["has_answered_keys"],
        factor_use=rules.factor_use_of(account.kind),
        has_second_factor=known["has_second_factor"],
        second_step=opening.second_step,
    )
    if opening.second_step and opening.is_proof:
        step = opening.second_step
        await note_proof(tx, session_hash, step.means, step.taken_at, guardian_id)
    return SessionOpened(session_token=token, expires_at=expires_at, stage=session.stage), known["browsers"]


RENEW_SESSION_SQL = """
update sessions set token_hash = $2, expires_at = greatest(expires_at, $3), strong_by = $4, strong_at = $5
where token_hash = $1 returning expires_at
"""


async def renew_session(tx: Transaction, session: SignedIn, rules: IdentityRules) -> SessionOpened | None:
    """The session, as it is from now on, goes on under a new token: what belongs to it, such as a code on its way and forms in other tabs,
    goes on too. None when it ended meanwhile."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = rules.session_limits.expiry(session.seen_at, session.ends_at)
    columns = (session.session_hash, token_hash(token), expires_at, *_columns(session.second_step))
    stored: datetime | None = await tx.fetchval(RENEW_SESSION_SQL, *columns)
    return SessionOpened(session_token=token, expires_at=stored, stage=session.stage) if stored else None


END_SESSION_SQL = "delete from sessions where token_hash = $1 returning account_id"


async def end_session(tx: Transaction, session_hash: bytes) -> UUID | None:
    """End one session; whose it was, None when there is none."""
    account_id: UUID | None = await tx.fetchval(END_SESSION_SQL, session_hash)
    return account_id


END_OWN_SESSION_SQL = "delete from sessions where account_id = $1 and session_id = $2 returning true"


async def end_own_session(tx: Transaction, account_id: UUID, session_id: UUID) -> bool:
    """End one session of an account; False when it has no such session."""
    return bool(await tx.fetchval(END_OWN_SESSION_SQL, account_id, session_id))


END_OTHER_SESSIONS_SQL = """
with ended as (delete from sessions where account_id = $1 and token_hash <> $2 returning token_hash)
select count(*) from ended
"""


async def end_other_sessions(tx: Transaction, session: SignedIn) -> int:
    """End every session of an account but this one; how many there were."""
    return int(await tx.fetchval(END_OTHER_SESSIONS_SQL, session.account.account_id, session.session_hash))


FORGET_BROWSERS_SQL = "delete from known_browsers where account_id = $1"


async def forget_browsers(tx: Transaction, account_id: UUID) -> None:
    """No browser is known of an account any more."""
    await tx.execute(FORGET_BROWSERS_SQL, account_id)


def _columns(second_step: SecondStep | None) -> tuple[str | None, datetime | None]:
    """`strong_by` and `strong_at`."""
    return (second_step.means, second_step.taken_at) if second_step else (None, None)
