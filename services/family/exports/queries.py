"""Exports as their adult sees them, and takes them away."""

from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Queries, Row
from chassis.refusal import NotFound
from contracts.family.exports import Export, ExportStatus
from contracts.http import File, Page

from . import store
from .domain import is_gathered

ZIP_TYPE: Final = "application/zip"
LISTED_MAX: Final = 20

OWN_SQL = "select export_id from exports where adult_id = $1 and ends_on >= $2 order by export_id desc limit $3"


async def own_exports(db: Database, actor: Actor) -> Page[Export]:
    """The exports of the adult who asks that are still there, the newest first."""
    adult_id = actor.require_guardian()
    rows = await db.fetch(OWN_SQL, adult_id, await db.today(), LISTED_MAX)
    return Page(items=tuple([await shown(db, row["export_id"], adult_id) for row in rows]))


async def shown(db: Queries, export_id: UUID, adult_id: UUID) -> Export:
    """An export as it stands. Raises NotFound."""
    return answer(await row_of(db, export_id, adult_id))


async def row_of(db: Queries, export_id: UUID, adult_id: UUID) -> Row:
    """An export of an adult. Raises NotFound."""
    row = await store.export_of(db, export_id, adult_id)
    if row is None:
        raise NotFound
    return row


def answer(row: Row) -> Export:
    """An export as it travels."""
    status = ExportStatus.MAKING if is_gathered(row["services"]) else ExportStatus.GATHERING
    return Export(
        export_id=row["export_id"],
        household_id=row["household_id"],
        status=ExportStatus.READY if row["is_ready"] else status,
        services=tuple(row["services"]),
        created_at=row["created_at"],
        ends_on=row["ends_on"],
    )


async def archive(db: Database, export_id: UUID, adult_id: UUID) -> File:
    """The archive of an export that is ready. Raises NotFound, also while it is made."""
    row = await row_of(db, export_id, adult_id)
    if row["ends_on"] < await db.today():
        raise NotFound
    content = await store.archive_of(db, export_id, adult_id)
    if content is None:
        raise NotFound
    return File(content, ZIP_TYPE, f"dossier-{row['reference']}.zip")
