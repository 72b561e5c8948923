"""What an account opened, the key that waits for it, and where the keys of accounts stand."""

from collections.abc import Sequence
from uuid import UUID

from chassis.data.database import Queries
from chassis.refusal import FieldRefusal, Invalid
from contracts.identity.service_keys import FoundFile, KeyHolder, OwnService, ServiceKeyState

from ..adapters.keys import Keys
from .domain import TownService, normal_key

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


KEY_HOLDER_SQL = """
select k.account_id, k.service, k.replaced_at is not null as is_replaced, f.household_id, f.reference
from service_keys k left join (
    select distinct p.account_id, v.household_id, v.reference
    from account_persons p join invited_guardians g using (guardian_id) join household_versions v using (household_id)
    where v.reference is not null
) f on f.account_id = k.account_id
where k.key_hash = $1 order by f.reference
"""


async def key_holder(db: Queries, keys: Keys, services: Sequence[TownService], typed: str) -> KeyHolder:
    """Whose a key is that somebody brought. Raises Invalid: it is none, or nobody's."""
    key = normal_key(typed)
    if key is None:
        raise Invalid(FieldRefusal("/key", "service_key_malformed"))
    rows = await db.fetch(KEY_HOLDER_SQL, keys.hash_service_key(key))
    if not rows:
        raise Invalid(FieldRefusal("/key", "service_key_of_nobody"))
    labels = {service.code: service.label for service in services}
    (first, *_) = rows
    return KeyHolder(
        account_id=first["account_id"],
        label=labels.get(first["service"], first["service"]),
        is_replaced=first["is_replaced"],
        files=tuple(
            FoundFile(household_id=row["household_id"], reference=row["reference"])
            for row in rows
            if row["household_id"] is not None
        ),
    )
