"""Storage of second factors: a device for each account, whose lock is that of the account, and its recovery codes."""

from collections.abc import Sequence
from uuid import UUID

from chassis.data.database import Queries, Transaction

from .domain import Device

DEVICE_SQL = """
select account_id, device_id, sealed, enrolled_at, last_used_step, counts_from from second_factors where account_id = $1
"""


async def device_of(queries: Queries, account_id: UUID) -> Device | None:
    """The device of an account; in a transaction that changes it, the account must be locked."""
    row = await queries.fetchrow(DEVICE_SQL, account_id)
    return Device(**row) if row else None


SAVE_DEVICE_SQL = """
insert into second_factors (account_id, device_id, sealed, enrolled_at, last_used_step, counts_from) values ($1, $2, $3, $4, $5, $6)
on conflict (account_id) do update set device_id = excluded.device_id, sealed = excluded.sealed,
    enrolled_at = excluded.enrolled_at, last_used_step = excluded.last_used_step, counts_from = excluded.counts_from
"""


async def save_device(tx: Transaction, device: Device) -> None:
    """Give an account a device, in place of the former one."""
    await tx.execute(
        SAVE_DEVICE_SQL,
        device.account_id,
        device.device_id,
        device.sealed,
        device.enrolled_at,
        device.last_used_step,
        device.counts_from,
    )


USE_STEP_SQL = "update second_factors set last_used_step = $2 where account_id = $1"


async def use_step(tx: Transaction, account_id: UUID, step: int) -> None:
    """Note that a code of a step was accepted."""
    await tx.execute(USE_STEP_SQL, account_id, step)


USE_RECOVERY_CODE_SQL = "delete from recovery_codes where account_id = $1 and code_hash = $2 returning true"


async def use_recovery_code(tx: Transaction, account_id: UUID, code_hash: bytes) -> bool:
    """Use a code up; False when the account has none such, any more."""
    return bool(await tx.fetchval(USE_RECOVERY_CODE_SQL, account_id, code_hash))


FORGET_RECOVERY_CODES_SQL = "delete from recovery_codes where account_id = $1"

ADD_RECOVERY_CODES_SQL = "insert into recovery_codes (account_id, code_hash) select $1, unnest($2::bytea[])"


async def replace_recovery_codes(tx: Transaction, account_id: UUID, code_hashes: Sequence[bytes]) -> None:
    """Give an account codes in place of the former ones."""
    await tx.execute(FORGET_RECOVERY_CODES_SQL, account_id)
    await tx.execute(ADD_RECOVERY_CODES_SQL, account_id, list(code_hashes))


DELETE_DEVICE_SQL = "delete from second_factors where account_id = $1 returning true"


async def delete_device(tx: Transaction, account_id: UUID) -> bool:
    """Take the device off an account, with its codes; False when it has none."""
    return bool(await tx.fetchval(DELETE_DEVICE_SQL, account_id))
