"""Exports: begun, given their parts, made, and removed after their last day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Queries, Row, Transaction
from chassis.data.sealed_values import seal_bytes, unseal_bytes

EXPORT_SQL = """
select e.export_id, e.household_id, e.adult_id, e.created_at, e.created_by, e.ends_on, e.archive is not null as is_ready, h.reference,
       array(select p.service from export_parts p where p.export_id = e.export_id order by p.service) as services
from exports e join households h using (household_id)
where e.export_id = $1 and e.adult_id = $2
"""


async def export_of(db: Queries, export_id: UUID, adult_id: UUID) -> Row | None:
    """An export of an adult."""
    return await db.fetchrow(EXPORT_SQL, export_id, adult_id)


GOING_SQL = """
select export_id from exports where adult_id = $1 and household_id = $2 and archive is null and ends_on >= $3
order by export_id desc limit 1 for update
"""


async def going_on(tx: Transaction, adult_id: UUID, household_id: UUID, today: date) -> UUID | None:
    """The export of a household that is not ready yet."""
    export_id: UUID | None = await tx.fetchval(GOING_SQL, adult_id, household_id, today)
    return export_id


@dataclass(frozen=True, slots=True)
class NewExport:
    """An export that begins."""

    export_id: UUID
    household_id: UUID
    adult_id: UUID
    ends_on: date


ADD_SQL = """
insert into exports (export_id, household_id, adult_id, created_at, created_by, ends_on) values ($1, $2, $3, $4, $5, $6)
"""


async def add(tx: Transaction, new: NewExport, actor: Actor) -> None:
    """Begin an export."""
    await tx.execute(
        ADD_SQL, new.export_id, new.household_id, new.adult_id, await tx.now(), actor.account_id, new.ends_on
    )


KEEP_PART_SQL = """
insert into export_parts (export_id, service, sealed) values ($1, $2, $3)
on conflict (export_id, service) do update set sealed = excluded.sealed
"""


async def keep_part(tx: Transaction, export_id: UUID, adult_id: UUID, service: str, part: bytes) -> None:
    """Keep the part of a service."""
    sealed = await seal_bytes(tx, adult_id, _place(export_id, service), part)
    await tx.execute(KEEP_PART_SQL, export_id, service, sealed)


PARTS_SQL = "select service, sealed from export_parts where export_id = $1 order by service"


async def parts_of(db: Queries, export_id: UUID, adult_id: UUID) -> dict[str, bytes]:
    """The parts that are there, by service."""
    rows = await db.fetch(PARTS_SQL, export_id)
    opened = {
        row["service"]: await unseal_bytes(db, adult_id, _place(export_id, row["service"]), row["sealed"])
        for row in rows
    }
    return {service: part for service, part in opened.items() if part is not None}


WAITING_SQL = """
select e.export_id, e.adult_id from exports e
where e.archive is null and (select count(*) from export_parts p where p.export_id = e.export_id) >= $1
order by e.export_id limit $2
"""


async def waiting(db: Queries, part_count: int, limit: int) -> list[tuple[UUID, UUID]]:
    """The exports with this many parts of which no archive was made, each with its adult."""
    return [(row["export_id"], row["adult_id"]) for row in await db.fetch(WAITING_SQL, part_count, limit)]


KEEP_ARCHIVE_SQL = "update exports set archive = $2 where export_id = $1 and archive is null"


async def keep_archive(tx: Transaction, export_id: UUID, adult_id: UUID, archive: bytes) -> None:
    """Keep the archive; the first one stays."""
    sealed = await seal_bytes(tx, adult_id, _place(export_id, "archive"), archive)
    await tx.execute(KEEP_ARCHIVE_SQL, export_id, sealed)


ARCHIVE_SQL = "select archive from exports where export_id = $1"


async def archive_of(db: Queries, export_id: UUID, adult_id: UUID) -> bytes | None:
    """The archive, None until it was made."""
    sealed = await db.fetchval(ARCHIVE_SQL, export_id)
    return await unseal_bytes(db, adult_id, _place(export_id, "archive"), sealed)


DROP_SQL = "delete from exports where export_id = $1"


async def drop(tx: Transaction, export_id: UUID) -> None:
    """Remove an export."""
    await tx.execute(DROP_SQL, export_id)


FORGET_OLDEST_SQL = """
delete from exports where adult_id = $1 and export_id not in (
    select export_id from exports where adult_id = $1 order by export_id desc limit $2)
"""


async def forget_oldest(tx: Transaction, adult_id: UUID, kept_max: int) -> None:
    """Remove the exports of an adult but for the newest."""
    await tx.execute(FORGET_OLDEST_SQL, adult_id, kept_max)


FORGET_OF_HOUSEHOLDS_SQL = "delete from exports where household_id = any($1::uuid[])"


async def forget_of_households(tx: Transaction, household_ids: Sequence[UUID]) -> None:
    """Remove the exports of households, which say where these live."""
    await tx.execute(FORGET_OF_HOUSEHOLDS_SQL, list(household_ids))


FORGET_OF_CHILD_SQL = """
delete from exports where household_id in (select m.household_id from household_members m where m.person_id = $1)
"""


async def forget_of_child(tx: Transaction, child_id: UUID) -> None:
    """Remove the exports of a child's homes: who may read what of the child is decided anew."""
    await tx.execute(FORGET_OF_CHILD_SQL, child_id)


FORGET_SQL = "delete from exports where export_id in (select export_id from exports where ends_on < $1 order by export_id limit $2)"


def _place(export_id: UUID, what: str) -> bytes:
    return f"export {export_id} {what}".encode()
