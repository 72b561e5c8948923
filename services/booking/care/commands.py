"""Looking at what the children of a day need, which is noted; and keeping a key for each child that is enrolled, as long as it is."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.refusal import NotFound
from contracts.booking.care import ChildCare
from contracts.http import File, FileType, Page

from ..attendance.domain import Sheet
from ..attendance.queries import implied_rows
from ..attendance.store import sheet_of
from ..errors import CareNotNeeded
from . import queries, store
from .domain import is_needed

PER_RUN_MAX = 200


@command
async def look_at_care(tx: Transaction, actor: Actor, slot_id: UUID) -> Page[ChildCare]:
    """What the children of a sheet need. Raises NotFound, CareNotNeeded."""
    sheet, child_ids = await _needed(tx, actor, slot_id)
    children = await queries.care_on(tx, child_ids, sheet.service_on)
    await _note_look(tx, actor, sheet, [child.child_id for child in children if queries.shows_something(child)])
    return Page(items=children)


@command
async def look_at_portrait(tx: Transaction, actor: Actor, slot_id: UUID, child_id: UUID, portrait_id: UUID) -> File:
    """The picture of somebody who may collect a child of a sheet. Raises NotFound, CareNotNeeded."""
    sheet, child_ids = await _needed(tx, actor, slot_id)
    is_there = child_id in child_ids
    picture = await queries.portrait_on(tx, child_id, portrait_id, sheet.service_on) if is_there else None
    if picture is None:
        raise NotFound
    await _note_look(tx, actor, sheet, [child_id])
    return File(picture, FileType.JPEG, "portrait.jpg")


async def _needed(tx: Transaction, actor: Actor, slot_id: UUID) -> tuple[Sheet, list[UUID]]:
    """A sheet of today or tomorrow, and the children whom it is about. Raises NotFound, CareNotNeeded."""
    stored = await sheet_of(tx, actor, slot_id)
    if stored is None:
        raise NotFound
    sheet, _ = stored
    if not is_needed(sheet.service_on, await tx.today()):
        raise CareNotNeeded(service_on=sheet.service_on)
    child_ids = [line.child_id for line in sheet.lines]
    child_ids += [row["child_id"] for row in await implied_rows(tx, slot_id) if row["child_id"] not in child_ids]
    return sheet, child_ids


async def _note_look(tx: Transaction, actor: Actor, sheet: Sheet, child_ids: list[UUID]) -> None:
    """Note that an agent saw what these children need, once a day for each."""
    for child_id in await store.add_look(tx, store.Look(await tx.today(), actor.account_id, child_ids)):
        about = {"child_id": str(child_id), "activity": sheet.activity_label, "service_on": sheet.service_on}
        tx.note(Act(actor, "care_seen", child_id, after=about))


async def keep_keys(db: Database) -> None:
    """Make keys for children who are enrolled, delete those of children who are not any more, and forget the looks of former days."""
    while await _add_keys(db) == PER_RUN_MAX:
        continue
    while await _remove_keys(db) == PER_RUN_MAX:
        continue


@command
async def _add_keys(tx: Transaction) -> int:
    return await store.add_keys(tx, await tx.today(), PER_RUN_MAX)


@command
async def _remove_keys(tx: Transaction) -> int:
    today = await tx.today()
    await store.forget_looks(tx, today)
    return await store.remove_idle_keys(tx, today, PER_RUN_MAX)
