"""Storage of service keys: made for an account that is locked, found by their hash, entered, replaced."""

import secrets
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from chassis.data.database import Row, Transaction
from chassis.identifiers import new_id

from ..adapters.keys import Keys
from .domain import ServiceKeyRecord, TownService, generate_key

TRIES_MAX: Final = 8
"""How many keys are made until one is nobody's yet; with a million of them, one in thirty million is somebody's."""

REPLACE_KEY_SQL = """
update service_keys set replaced_at = $3, sealed = null where account_id = $1 and service = $2 and replaced_at is null
"""

INSERT_KEY_SQL = """
insert into service_keys (service_key_id, account_id, service, key_hash, sealed, issued_at) values ($1, $2, $3, $4, $5, $6)
on conflict (key_hash) do nothing returning true
"""


async def issue_key(tx: Transaction, keys: Keys, account_id: UUID, service: TownService, *, is_kept: bool) -> str:
    """Make a key in place of the former one, for an account that is locked. `is_kept`: it can be shown until it is entered."""
    now = await tx.now()
    await tx.execute(REPLACE_KEY_SQL, account_id, service.code, now)
    for _ in range(TRIES_MAX):
        key, key_id = generate_key(secrets.choice), new_id()
        sealed = keys.seal_service_key(key, key_id) if is_kept else None
        hashed = keys.hash_service_key(key)
        if await tx.fetchval(INSERT_KEY_SQL, key_id, account_id, service.code, hashed, sealed, now):
            return key
    raise AssertionError(f"{TRIES_MAX} keys in a row that somebody has")


LIVE_KEYS_SQL = """
select service_key_id, account_id, service, key_hash, sealed, issued_at, entered_at, replaced_at
from service_keys where account_id = $1 and replaced_at is null
"""


async def live_keys(tx: Transaction, account_id: UUID) -> dict[str, ServiceKeyRecord]:
    """The keys of an account, by service."""
    return {row["service"]: key_of(row) for row in await tx.fetch(LIVE_KEYS_SQL, account_id)}


KEYS_BY_HASH_SQL = """
select service_key_id, account_id, service, key_hash, sealed, issued_at, entered_at, replaced_at
from service_keys where key_hash = any($1::bytea[])
"""


async def find_keys(tx: Transaction, hashes: Sequence[bytes]) -> dict[bytes, ServiceKeyRecord]:
    """The keys of these hashes, whoever they were given to; an account must be locked, for that is the lock of its keys too."""
    return {row["key_hash"]: key_of(row) for row in await tx.fetch(KEYS_BY_HASH_SQL, list(hashes))}


ENTER_KEYS_SQL = """
update service_keys set entered_at = $2, sealed = null where service_key_id = any($1::uuid[])
"""


async def enter_keys(tx: Transaction, key_ids: Sequence[UUID]) -> None:
    """Note that keys were entered by whom they were given to; what was kept of them to be shown goes."""
    await tx.execute(ENTER_KEYS_SQL, list(key_ids), await tx.now())


ANSWER_SQL = """
insert into service_key_answers (account_id, answered_at) values ($1, $2) on conflict (account_id) do nothing returning true
"""


async def note_answer(tx: Transaction, account_id: UUID) -> bool:
    """Note that an account was asked for its keys; False when it answered before."""
    return bool(await tx.fetchval(ANSWER_SQL, account_id, await tx.now()))


def key_of(row: Row) -> ServiceKeyRecord:
    """The key in a row that holds its columns."""
    return ServiceKeyRecord(
        service_key_id=row["service_key_id"],
        account_id=row["account_id"],
        service=row["service"],
        key_hash=row["key_hash"],
        sealed=row["sealed"],
        issued_at=row["issued_at"],
        entered_at=row["entered_at"],
        replaced_at=row["replaced_at"],
    )
