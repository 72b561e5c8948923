"""Storage of passkeys, whose lock is that of their account, and of what authenticators are asked."""

import secrets
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.identifiers import new_id
from contracts.identity.events import SecurityChange, SecurityChanged
from contracts.identity.passkeys import Passkey

from ..step_up.domain import OpenActs, counts_from
from .domain import CHALLENGE_BYTES, CHALLENGE_VALIDITY, Challenge, KnownPasskey, NewPasskey, Purpose

KEEP_CHALLENGE_SQL = """
insert into passkey_challenges (holder, purpose, challenge, expires_at) values ($1, $2, $3, $4)
on conflict (holder, purpose) do update set challenge = excluded.challenge, expires_at = excluded.expires_at
"""


async def new_challenge(tx: Transaction, holder: bytes, purpose: Purpose) -> Challenge:
    """What is asked of a session or browser from now on, in place of what was asked before."""
    challenge = Challenge(secrets.token_bytes(CHALLENGE_BYTES), await tx.now() + CHALLENGE_VALIDITY)
    await tx.execute(KEEP_CHALLENGE_SQL, holder, purpose, challenge.challenge, challenge.expires_at)
    return challenge


CHALLENGE_SQL = "select challenge, expires_at from passkey_challenges where holder = $1 and purpose = $2"


async def challenge_of(db: Queries, holder: bytes, purpose: Purpose) -> Challenge | None:
    """What a session is asked, if that was not answered yet."""
    row = await db.fetchrow(CHALLENGE_SQL, holder, purpose)
    return Challenge(**row) if row else None


TAKE_CHALLENGE_SQL = """
delete from passkey_challenges where holder = $1 and purpose = $2 returning challenge, expires_at
"""


async def take_challenge(tx: Transaction, holder: bytes, purpose: Purpose) -> Challenge | None:
    """What a session or browser was asked, which is answered with this: of two answers one has it."""
    row = await tx.fetchrow(TAKE_CHALLENGE_SQL, holder, purpose)
    return Challenge(**row) if row else None


PASSKEYS_SQL = """
select passkey_id, account_id, credential_id, public_key, sign_count, counts_from from passkeys
where account_id = $1 order by added_at, passkey_id
"""


async def passkeys_of(db: Queries, account_id: UUID) -> list[KnownPasskey]:
    """The passkeys of an account; in a transaction that adds one, the account must be locked."""
    return [_known(row) for row in await db.fetch(PASSKEYS_SQL, account_id)]


FIND_PASSKEY_SQL = """
select passkey_id, account_id, credential_id, public_key, sign_count, counts_from from passkeys where credential_id = $1
"""


async def find_passkey(db: Queries, credential_id: bytes) -> KnownPasskey | None:
    """The passkey of an id, whoever's it is; in a transaction that believes its counter, the account must be locked."""
    row = await db.fetchrow(FIND_PASSKEY_SQL, credential_id)
    return _known(row) if row else None


ADD_PASSKEY_SQL = """
insert into passkeys (passkey_id, account_id, credential_id, public_key, sign_count, name, added_at, counts_from)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (credential_id) do nothing returning true
"""


async def add_passkey(tx: Transaction, account_id: UUID, made: NewPasskey, name: str, acts: OpenActs) -> Passkey | None:
    """Give an account that is locked a passkey; None when the id of this one is known already. `acts`: what was open to whoever adds it."""
    passkey = Passkey(passkey_id=new_id(), name=name, added_at=await tx.now(), last_used_at=None)
    values = (made.credential_id, made.public_key, made.sign_count, name, passkey.added_at)
    since = counts_from(passkey.added_at, acts)
    is_added = await tx.fetchval(ADD_PASSKEY_SQL, passkey.passkey_id, account_id, *values, since)
    return passkey if is_added else None


USE_PASSKEY_SQL = "update passkeys set sign_count = $2, last_used_at = $3 where passkey_id = $1"


async def use_passkey(tx: Transaction, passkey_id: UUID, sign_count: int) -> None:
    """Note that a passkey answered rightly, and how far it counts."""
    await tx.execute(USE_PASSKEY_SQL, passkey_id, sign_count, await tx.now())


REMOVE_PASSKEY_SQL = "delete from passkeys where account_id = $1 and passkey_id = $2 returning true"


async def remove_passkey(tx: Transaction, account_id: UUID, passkey_id: UUID) -> bool:
    """Whether an account had a passkey, which it no longer has."""
    return bool(await tx.fetchval(REMOVE_PASSKEY_SQL, account_id, passkey_id))


REMOVE_PASSKEYS_SQL = "delete from passkeys where account_id = $1 returning passkey_id"


async def remove_passkeys(tx: Transaction, account_id: UUID) -> bool:
    """Whether an account that is locked had passkeys, which it no longer has."""
    return bool(await tx.fetch(REMOVE_PASSKEYS_SQL, account_id))


async def forget_passkeys(tx: Transaction, account_id: UUID) -> None:
    """An account that is locked no longer has the passkeys that it had; its holder hears of it."""
    if await remove_passkeys(tx, account_id):
        change = SecurityChange.PASSKEYS_REMOVED
        tx.emit(SecurityChanged(account_id=account_id, change=change, changed_at=await tx.now()))


def _known(row: Row) -> KnownPasskey:
    return KnownPasskey(**row)
