"""What an account opened, the key that waits for it, and where the keys of accounts stand."""

from collections.abc import Sequence
from uuid import UUID

from chassis.data.database import Queries
from contracts.identity.service_keys import OwnService, ServiceKeyState

from ..adapters.keys import Keys
from .domain import TownService

ENTERED_HASHES_SQL = """
select key_hash from service_keys where account_id = $1 and entered_at is not null and replaced_at is null
"""


async def entered_hashes(db: Queries, account_id: UUID) -> set[bytes]:
    """The hashes of the keys with which an account opened services."""
    return {row["key_hash"] for row in await db.fetch(ENTERED_HASHES_SQL, account_id)}


OWN_KEYS_SQL = """
select service, service_key_id, sealed, entered_at from service_keys where account_id = $1 and replaced_at is null
"""


async def own_services(
    db: Queries, keys: Keys, account_id: UUID, services: Sequence[TownService]
) -> tuple[OwnService, ...]:
    """The town's services as an account has them, in the town's order."""
    rows = {row["service"]: row for row in await db.fetch(OWN_KEYS_SQL, account_id)}
    return tuple(
        OwnService(
            code=service.code,
            label=service.label,
            is_open=bool(row and row["entered_at"]),
            key=keys.open_service_key(row["sealed"], row["service_key_id"]) if row and row["sealed"] else None,
        )
        for service in services
        for row in [rows.get(service.code)]
    )


KEY_STATES_SQL = """
select account_id, service, issued_at, entered_at from service_keys
where account_id = any($1::uuid[]) and replaced_at is null
"""


async def key_states(
    db: Queries, account_ids: Sequence[UUID], services: Sequence[TownService]
) -> dict[UUID, tuple[ServiceKeyState, ...]]:
    """Where the keys of guardians' accounts stand, for each service of the town."""
    if not services:
        return {}
    rows = await db.fetch(KEY_STATES_SQL, list(account_ids))
    keys = {(row["account_id"], row["service"]): row for row in rows}
    return {
        account_id: tuple(
            ServiceKeyState(
                code=service.code,
                label=service.label,
                issued_at=row["issued_at"] if row else None,
                entered_at=row["entered_at"] if row else None,
            )
            for service in services
            for row in [keys.get((account_id, service.code))]
        )
        for account_id in account_ids
    }
