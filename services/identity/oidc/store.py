"""Storage of ways to providers and back, and of the sessions that began there."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.data.database import Transaction
from chassis.identifiers import new_id

from .domain import AWAY_MAX, OPEN_PER_BROWSER_MAX, Pending, Provider

KEPT: Final = OPEN_PER_BROWSER_MAX - 1
"""How many other ways of a browser stay open when it begins one."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way that begins: hashes of what must come back, and of the browser that has to bring it."""

    provider: Provider
    browser_hash: bytes
    state_hash: bytes
    nonce_hash: bytes
    next_path: str
    is_silent: bool


FORGET_OLDER_SQL = """
delete from provider_authorizations where authorization_id in (
    select authorization_id from provider_authorizations where browser_hash = $1
    order by requested_at desc, authorization_id desc offset $2)
"""

INSERT_AUTHORIZATION_SQL = """
insert into provider_authorizations
    (authorization_id, provider, state_hash, nonce_hash, browser_hash, next_path, is_silent, requested_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def add_authorization(tx: Transaction, way: Way) -> None:
    """Note that a browser leaves; of its other ways only the latest stay open."""
    now = await tx.now()
    await tx.execute(FORGET_OLDER_SQL, way.browser_hash, KEPT)
    columns = (way.provider, way.state_hash, way.nonce_hash, way.browser_hash, way.next_path, way.is_silent)
    await tx.execute(INSERT_AUTHORIZATION_SQL, new_id(), *columns, now, now + AWAY_MAX)


CLAIM_AUTHORIZATION_SQL = """
update provider_authorizations set returned_at = $4
where state_hash = $1 and browser_hash = $2 and provider = $3 and returned_at is null
returning authorization_id, nonce_hash, next_path, is_silent, expires_at
"""


async def claim_authorization(
    tx: Transaction, provider: Provider, state_hash: bytes, browser_hash: bytes
) -> tuple[Pending, datetime] | None:
    """The way that comes back, used up by this, and when its time is over; None when this browser began no such way, or it is used up."""
    row = await tx.fetchrow(CLAIM_AUTHORIZATION_SQL, state_hash, browser_hash, provider, await tx.now())
    if row is None:
        return None
    pending = Pending(row["authorization_id"], row["nonce_hash"], row["next_path"], row["is_silent"])
    return pending, row["expires_at"]


FORGET_AUTHORIZATION_SQL = "delete from provider_authorizations where authorization_id = $1 returning true"


async def forget_authorization(tx: Transaction, authorization_id: UUID) -> bool:
    """Whether an identity still waited, which it no longer does."""
    return bool(await tx.fetchval(FORGET_AUTHORIZATION_SQL, authorization_id))


@dataclass(frozen=True, slots=True)
class ProviderSession:
    """What is kept of the session at a provider beside ours: the sealed token that ends it there, its name there, and until when it counts as
    proven; None where it is never asked for again."""

    provider: Provider
    sealed_id_token: bytes = field(repr=False)
    sid: str | None = None
    proved_until: datetime | None = None


KEEP_SESSION_SQL = """
insert into provider_sessions (token_hash, provider, id_token, sid, proved_until)
select token_hash, $2, $3, $4, $5 from sessions where token_hash = $1 and account_id = $6 for key share
on conflict (token_hash) do update
set provider = excluded.provider, id_token = excluded.id_token, sid = excluded.sid, proved_until = excluded.proved_until
"""


async def keep_session(tx: Transaction, account_id: UUID, session_hash: bytes, kept: ProviderSession) -> None:
    """Keep what belongs to a session of an account that began at a provider; nothing of one that ended meanwhile, or is another's."""
    values = (kept.provider, kept.sealed_id_token, kept.sid, kept.proved_until, account_id)
    await tx.execute(KEEP_SESSION_SQL, session_hash, *values)


FIND_SESSION_SQL = "select provider, id_token, sid, proved_until from provider_sessions where token_hash = $1"


async def find_session(tx: Transaction, session_hash: bytes) -> ProviderSession | None:
    """What is kept of it; None for one that did not begin there."""
    row = await tx.fetchrow(FIND_SESSION_SQL, session_hash)
    if row is None:
        return None
    return ProviderSession(Provider(row["provider"]), row["id_token"], row["sid"], row["proved_until"])
