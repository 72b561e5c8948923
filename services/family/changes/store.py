"""Storage of changes that families asked for: what they say is sealed with the household's key."""

from typing import Any
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Queries, Row, Transaction
from chassis.data.history import Act
from chassis.data.sealed_values import seal_value, unseal_value
from contracts.family.child_events import ChangeStatus

from ..errors import ChangeWaits
from ..people.domain import Adult, name_key
from .domain import Change, Values, typed


async def change_of(db: Queries, row: Row) -> Change | None:
    """What a row says; None once the household's key is gone."""
    stored = await unseal_value(db, row["household_id"], row["change_id"].bytes, row["sealed"])
    if stored is None:
        return None
    return Change(
        row["change_id"],
        row["household_id"],
        row["subject_id"],
        row["kind"],
        ChangeStatus(row["status"]),
        _values(row, stored["before"]),
        _values(row, stored["after"]),
        row["asked_by"],
        stored.get("reason"),
    )


def _values(row: Row, stored: Values) -> Values:
    """What was kept as JSON; how somebody is reached stays so."""
    return stored if row["kind"] == "contact" else typed(stored)


ADD_CHANGE_SQL = """
insert into person_changes (change_id, household_id, subject_id, kind, status, sealed, asked_by, asked_at)
values ($1, $2, $3, $4, 'waiting', $5, $6, $7) on conflict (subject_id, (kind = 'contact')) where status = 'waiting' do nothing returning true
"""


async def ask_change(tx: Transaction, actor: Actor, change: Change) -> None:
    """Keep a request, whose words its history does not repeat. Raises ChangeWaits."""
    is_kept = await tx.fetchval(
        ADD_CHANGE_SQL,
        change.change_id,
        change.household_id,
        change.subject_id,
        change.kind,
        await _sealed(tx, change),
        change.asked_by,
        await tx.now(),
    )
    if not is_kept:
        raise ChangeWaits
    tx.note(Act(actor, "change_asked", change.subject_id, change.household_id, after={"fields": [*change.after]}))


async def _sealed(tx: Transaction, change: Change) -> bytes:
    stored: dict[str, Any] = {"before": dict(change.before), "after": dict(change.after), "reason": change.reason}
    return await seal_value(tx, change.household_id, change.change_id.bytes, stored)


LOCK_CHANGE_SQL = """
select change_id, household_id, subject_id, kind, status, sealed, asked_by, asked_at, decided_at
from person_changes where change_id = $1 for update
"""


async def lock_change(tx: Transaction, change_id: UUID) -> Change | None:
    """A request, held until the transaction ends."""
    row = await tx.fetchrow(LOCK_CHANGE_SQL, change_id)
    return await change_of(tx, row) if row else None


SAVE_CHANGE_SQL = (
    "update person_changes set status = $2, sealed = $3, decided_at = $4, decided_by = $5 where change_id = $1"
)


async def save_change(tx: Transaction, actor: Actor, change: Change) -> None:
    """Write what became of a request that is held."""
    values = (change.change_id, change.status.value, await _sealed(tx, change), await tx.now())
    await tx.execute(SAVE_CHANGE_SQL, *values, actor.person_id)


WAITING_FOR_SQL = """
select exists (select from person_changes where subject_id = $1 and (kind = 'contact') = $2 and status = 'waiting')
"""


async def is_waiting(db: Queries, subject_id: UUID, *, is_contact: bool = False) -> bool:
    """Whether a request for somebody waits: about how they are reached, or else about who they are."""
    return bool(await db.fetchval(WAITING_FOR_SQL, subject_id, is_contact))


IS_ASKER_THERE_SQL = """
select exists (select from household_members where household_id = $1 and person_id = $2 and during @> $3::date)
"""


async def is_asker_there(db: Database | Transaction, change: Change) -> bool:
    """Whether whoever asked belongs to the household still."""
    return bool(await db.fetchval(IS_ASKER_THERE_SQL, change.household_id, change.asked_by, await db.today()))


NEW_CHILDREN_SQL = """
select change_id, household_id, subject_id, kind, status, sealed, asked_by, asked_at, decided_at
from person_changes where household_id = $1 and kind = 'new_child' and status = 'waiting' order by change_id
"""


async def new_children(db: Queries, household_id: UUID) -> list[Change]:
    """The children who wait to be added to a household."""
    rows = await db.fetch(NEW_CHILDREN_SQL, household_id)
    return [change for row in rows if (change := await change_of(db, row)) is not None]


FORGET_DECIDED_SQL = """
delete from person_changes where change_id in (
    select change_id from person_changes where decided_at < $1 limit $2 for update skip locked)
"""


SAVE_ADULT_SQL = """
update adults set civility = $2, first_name = $3, last_name = $4, name_key = $5, revision = $6 where adult_id = $1
"""


async def save_adult(tx: Transaction, adult: Adult) -> None:
    """Write an adult's civil status."""
    names = (adult.first_name, adult.last_name, name_key(adult))
    await tx.execute(SAVE_ADULT_SQL, adult.adult_id, adult.civility, *names, adult.revision)
