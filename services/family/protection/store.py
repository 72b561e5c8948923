"""Storage of protected addresses: sealed with the household's key, whose deletion is their erasure."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from chassis.data.database import Queries, Row, Transaction
from chassis.data.sealed_values import seal_value, unseal_value
from chassis.identifiers import new_id

from ..households.domain import Address
from ..imports.store import conceal
from .domain import Protection

ADDRESS = TypeAdapter(Address)


@dataclass(frozen=True, slots=True)
class Kept:
    """A protection that holds, by its id."""

    protection_id: UUID
    protection: Protection


def _place(protection_id: UUID, column: str) -> bytes:
    return protection_id.bytes + column.encode()


async def reasons_of(db: Queries, row: Row) -> dict[str, str]:
    """Why an address was protected (`begin`), and why no longer (`end`); nothing of that once its key was erased."""
    reasons: dict[str, str] | None = await unseal_value(
        db, row["household_id"], _place(row["protection_id"], "reasons"), row["reasons"]
    )
    return reasons or {}


LIVE_SQL = """
select protection_id, household_id, reasons, starts_on, ends_on from address_protections where household_id = $1 and ended_at is null
"""


async def load_protection(db: Queries, household_id: UUID) -> Kept | None:
    """The protection of a household's address; None when it has none. What is decided on it needs the household's lock."""
    row = await db.fetchrow(LIVE_SQL, household_id)
    if row is None:
        return None
    reason = (await reasons_of(db, row)).get("begin", "")
    return Kept(row["protection_id"], Protection(reason, row["starts_on"], row["ends_on"]))


ADDRESS_SQL = """
select protection_id, address from address_protections where household_id = $1 and ended_at is null
"""


async def protected_address(db: Queries, household_id: UUID) -> Address | None:
    """The address that is protected; None when none is, or when its key was erased."""
    row = await db.fetchrow(ADDRESS_SQL, household_id)
    if row is None:
        return None
    value: Any = await unseal_value(db, household_id, _place(row["protection_id"], "address"), row["address"])
    return ADDRESS.validate_python(value) if value else None


ADD_PROTECTION_SQL = """
insert into address_protections (protection_id, household_id, address, reasons, starts_on, ends_on, protected_at, protected_by)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""

# Whatever else of this service says where the household lives, in its file or one that became part of it, or was asked to open its file with.
BLANK_SQL = """
with blank as (
    update households set address_lines = null, postal_code = null, city = null, country = null, base_address_id = null
    where household_id = $1 or merged_into = $1
), unsectored as (
    update derogations set sector_schools = '{}'
    where child_id in (select person_id from household_members where household_id = $1 and kind = 'child')
)
update registrations set request = request - 'address' where household_id = $1
"""


MERGED_SQL = "select household_id from households where merged_into = $1 order by household_id"


async def blanked(tx: Transaction, household_id: UUID) -> list[UUID]:
    """The files that say nothing of an address any more once it is protected: the household's, and those that became part of it."""
    return [household_id, *(row["household_id"] for row in await tx.fetch(MERGED_SQL, household_id))]


async def protect(tx: Transaction, household_id: UUID, address: Address, protection: Protection, by: UUID) -> None:
    """Take the address of a household that is locked out of its file."""
    protection_id = new_id()
    await tx.execute(
        ADD_PROTECTION_SQL,
        protection_id,
        household_id,
        await seal_value(tx, household_id, _place(protection_id, "address"), asdict(address)),
        await seal_value(tx, household_id, _place(protection_id, "reasons"), {"begin": protection.reason}),
        protection.starts_on,
        protection.ends_on,
        await tx.now(),
        by,
    )
    await tx.execute(BLANK_SQL, household_id)
    await conceal(tx, household_id)


SAVE_PROTECTION_SQL = """
update address_protections set reasons = $2, starts_on = $3, ends_on = $4 where protection_id = $1
"""


async def save_protection(tx: Transaction, household_id: UUID, protection_id: UUID, protection: Protection) -> None:
    """Write why and until when an address is protected."""
    reasons = await seal_value(tx, household_id, _place(protection_id, "reasons"), {"begin": protection.reason})
    await tx.execute(SAVE_PROTECTION_SQL, protection_id, reasons, protection.starts_on, protection.ends_on)


MOVE_SQL = "update address_protections set address = $2 where household_id = $1 and ended_at is null"


async def move_protected(tx: Transaction, household_id: UUID, address: Address) -> None:
    """Write another address in the place of the protected one."""
    if (kept := await load_protection(tx, household_id)) is not None:
        sealed = await seal_value(tx, household_id, _place(kept.protection_id, "address"), asdict(address))
        await tx.execute(MOVE_SQL, household_id, sealed)


END_PROTECTION_SQL = """
update address_protections set address = null, reasons = $2, ended_at = $3, ended_by = $4 where protection_id = $1
"""


async def end_protection(tx: Transaction, household_id: UUID, kept: Kept, reason: str, by: UUID) -> None:
    """Keep no address any more, but why it was protected and why no longer."""
    reasons = {"begin": kept.protection.reason, "end": reason}
    sealed = await seal_value(tx, household_id, _place(kept.protection_id, "reasons"), reasons)
    await tx.execute(END_PROTECTION_SQL, kept.protection_id, sealed, await tx.now(), by)
