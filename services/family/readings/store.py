"""Storage of readings and of calls; who is asked about is sealed with the household's key, and only while it waits."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from chassis.data.database import Queries, Row, Transaction
from chassis.data.sealed_values import seal_value, unseal_value
from chassis.identifiers import new_id
from contracts.family.reading_words import ReadingStatus

from .domain import TAKEN_UP, Answer, Identity, Value

SEAL_PLACE: Final = b"quotient reading"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: about whom, for which month and household, and who asked it."""

    reading_id: UUID
    household_id: UUID
    month_on: date
    identity: Identity
    asked_by: UUID
    is_by_family: bool
    call_id: UUID = field(default_factory=new_id)


FIND_READING_SQL = "select * from quotient_readings where reading_id = $1"

HOLD_READING_SQL = "select * from quotient_readings where reading_id = $1 for update"


async def find(db: Queries, reading_id: UUID) -> Row | None:
    """A reading, if there is one."""
    return await db.fetchrow(FIND_READING_SQL, reading_id)


async def hold(tx: Transaction, reading_id: UUID) -> Row | None:
    """A reading, held until the transaction ends."""
    return await tx.fetchrow(HOLD_READING_SQL, reading_id)


COUNT_CALLS_SQL = "select count(*) from quotient_calls where household_id = $1 and is_by_family and called_at > $2"


async def count_calls(tx: Transaction, household_id: UUID, since: datetime) -> int:
    """How often a household's adults asked."""
    return int(await tx.fetchval(COUNT_CALLS_SQL, household_id, since))


ADD_CALL_SQL = """
insert into quotient_calls (call_id, household_id, called_by, is_by_family, outcome, request_id, called_at)
values ($1, $2, $3, $4, 'begun', '', $5)
"""


async def add_call(tx: Transaction, asked: Asked) -> None:
    """Write down that somebody is asked about, before they are: calls that are under way count."""
    who = (asked.call_id, asked.household_id, asked.asked_by, asked.is_by_family)
    await tx.execute(ADD_CALL_SQL, *who, await tx.now())


END_CALL_SQL = "update quotient_calls set outcome = $2, request_id = $3 where call_id = $1"


async def end_call(tx: Transaction, asked: Asked, answer: Answer) -> None:
    """Write down what came of a call."""
    await tx.execute(END_CALL_SQL, asked.call_id, answer.outcome, answer.request_id)


ADD_FOUND_SQL = """
insert into quotient_readings
    (reading_id, household_id, month_on, status, asked_at, asked_by, value_cents, source, computed_on, request_id, answered_at)
values ($1, $2, $3, 'found', $4, $5, $6, $7, $8, $9, $4) on conflict (reading_id) do nothing
"""


async def add_found(tx: Transaction, asked: Asked, value: Value, request_id: str) -> None:
    """Keep what was found; nothing of whom it is about."""
    kept = (asked.reading_id, asked.household_id, value.month_on, await tx.now(), asked.asked_by)
    await tx.execute(ADD_FOUND_SQL, *kept, value.value_cents, value.source, value.computed_on, request_id)


END_WAITING_SQL = "delete from quotient_readings where household_id = $1 and status = 'waiting'"

ADD_WAITING_SQL = """
insert into quotient_readings (reading_id, household_id, month_on, status, asked_at, asked_by, sealed, next_at, request_id)
values ($1, $2, $3, 'waiting', $4, $5, $6, $7, $8) on conflict (reading_id) do nothing
"""


async def add_waiting(tx: Transaction, asked: Asked, next_at: datetime, request_id: str) -> None:
    """Keep a question to ask it again, in the place of one that waits for the household, which is held."""
    sealed = await seal_value(tx, asked.household_id, _place(asked.reading_id), asked.identity)
    await end_waiting(tx, asked.household_id)
    kept = (asked.reading_id, asked.household_id, asked.month_on, await tx.now(), asked.asked_by)
    await tx.execute(ADD_WAITING_SQL, *kept, sealed, next_at, request_id)


async def end_waiting(tx: Transaction, household_id: UUID) -> None:
    """Ask nothing again for a household: it was asked anew."""
    await tx.execute(END_WAITING_SQL, household_id)


def _place(reading_id: UUID) -> bytes:
    return reading_id.bytes + SEAL_PLACE


TAKE_UP_SQL = """
update quotient_readings set attempt_count = attempt_count + 1, next_at = $2
where reading_id = (
    select reading_id from quotient_readings where status = 'waiting' and next_at <= $1
    order by next_at limit 1 for update skip locked)
returning *, exists (select from persons p where p.person_id = asked_by) as is_by_family,
    exists (select from households h where h.household_id = quotient_readings.household_id and h.merged_into is not null) as is_merged
"""


async def take_up(tx: Transaction) -> tuple[Asked | None, int] | None:
    """A question whose time has come and how often it was asked, with this one; None when there is none. Its question is None where the key of the household was erased, or its file
    is part of another one, for which nothing could be kept."""
    now = await tx.now()
    row = await tx.fetchrow(TAKE_UP_SQL, now, now + TAKEN_UP)
    if row is None:
        return None
    content: Any = await unseal_value(tx, row["household_id"], _place(row["reading_id"]), row["sealed"])
    if content is None or row["is_merged"]:
        await tx.execute(DROP_READING_SQL, row["reading_id"])
        return None, row["attempt_count"]
    identity = msgspec.convert(content, Identity)
    who = (row["asked_by"], row["is_by_family"])
    return Asked(row["reading_id"], row["household_id"], row["month_on"], identity, *who), row["attempt_count"]


SETTLE_SQL = """
update quotient_readings set status = $2, month_on = $3, value_cents = $4, source = $5, computed_on = $6, request_id = $7, answered_at = $8,
    sealed = null, next_at = null
where reading_id = $1
"""


async def settle(tx: Transaction, asked: Asked, status: ReadingStatus, answer: Answer) -> None:
    """Write what came of a question in the end, and forget whom it was about."""
    value = answer.value
    columns = (
        (value.month_on, value.value_cents, value.source, value.computed_on) if value else (asked.month_on, *[None] * 3)
    )
    await tx.execute(SETTLE_SQL, asked.reading_id, status, *columns, answer.request_id, await tx.now())


PUT_OFF_SQL = "update quotient_readings set next_at = $2, request_id = $3 where reading_id = $1"


async def put_off(tx: Transaction, asked: Asked, pause: timedelta, request_id: str) -> None:
    """Ask again after a while."""
    await tx.execute(PUT_OFF_SQL, asked.reading_id, await tx.now() + pause, request_id)


TAKEN_SQL = "update quotient_readings set status = 'taken', taken_at = $2, taken_by = $3 where reading_id = $1"


async def save_taken(tx: Transaction, reading_id: UUID, account_id: UUID) -> None:
    """Write that a quotient that was found was taken."""
    await tx.execute(TAKEN_SQL, reading_id, await tx.now(), account_id)


DROP_READING_SQL = "delete from quotient_readings where reading_id = $1"


async def drop(tx: Transaction, reading_id: UUID) -> None:
    """Forget a reading."""
    await tx.execute(DROP_READING_SQL, reading_id)


FORGET_READINGS_SQL = """
delete from quotient_readings where reading_id in (
    select reading_id from quotient_readings where status <> 'taken' and asked_at < $1 limit $2 for update skip locked)
"""

FORGET_CALLS_SQL = """
delete from quotient_calls where call_id in (select call_id from quotient_calls where called_at < $1 limit $2 for update skip locked)
"""
