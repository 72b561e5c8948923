"""Exports as their adult sees them, and takes them away."""

from typing import Final
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Queries, Row
from chassis.refusal import NotFound
from contracts.family.exports import Export, ExportStatus
from contracts.http import File, FileType, Page

from ..access import HOUSEHOLD
from ..households.queries import household_id_for
from . import store
from .domain import is_gathered

LISTED_MAX: Final = 20

OWN_SQL = reaching(
    """
select e.export_id from exports e
where e.adult_id = $1 and e.ends_on >= $3::date and {is_reached} order by e.export_id desc limit $4
""",
    is_reached=HOUSEHOLD.of("e.household_id"),
)


async def own_exports(db: Database, actor: Actor) -> Page[Export]:
    """The exports of the adult who asks that are still there, of the households that they belong to, the newest first."""
    adult_id = actor.require_guardian()
    rows = await db.fetch(OWN_SQL, *reach_of(actor, await db.today()), LISTED_MAX)
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


async def archive(db: Database, actor: Actor, export_id: UUID) -> File:
    """The archive of an export that is ready. Raises NotFound, also while it is made, and once its adult belongs to the household no more."""
    adult_id, today = actor.require_guardian(), await db.today()
    row = await row_of(db, export_id, adult_id)
    if row["ends_on"] < today:
        raise NotFound
    await household_id_for(db, actor, row["household_id"], today)
    content = await store.archive_of(db, export_id, adult_id)
    if content is None:
        raise NotFound
    return File(content, FileType.ZIP, f"dossier-{row['reference']}.zip")
