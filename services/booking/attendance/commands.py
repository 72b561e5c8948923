"""Noting who came, and closing the sheet of a day."""

from collections.abc import Mapping, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.access import sites_of
from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.http.errors import refusal_document
from chassis.refusal import NotFound, Refusal
from contracts.booking.models import AttendanceMark, AttendanceMarks, AttendanceSheet, MarkRefused

from ..places.domain import Stay
from ..places.store import lock_places, stays_on
from . import domain, queries, store


@command
async def mark_attendance(
    tx: Transaction, actor: Actor, slot_id: UUID, request: AttendanceMarks, zone: ZoneInfo
) -> AttendanceSheet:
    """Note marks on a sheet, from the day itself on; a closed sheet on which one of them changes something is open again until it is
    closed with it.

    Raises:
        DayNotCome: the day has not begun.
        HouseholdAmbiguous: a child who came unbooked has several homes, and none was named.
        MarksRefused: such a child is somewhere else at these minutes, or a line is not any more as it was seen.
    """
    sheet = await _lock(tx, actor, slot_id)
    child_ids = list({mark.child_id for mark in request.marks})
    homes = await store.homes_of(tx, actor, child_ids, sheet.service_on)
    stays = await stays_on(tx, child_ids, sheet.service_on)
    sites = sites_of(actor)
    marks = [_mark(mark, homes.get(mark.child_id, {}), stays.get(mark.child_id, ()), sites) for mark in request.marks]
    noted = domain.note_marks(sheet, marks, await _now(tx, zone))
    if isinstance(noted, Refusal):
        raise noted
    await store.save_marks(tx, sheet, noted.marked, actor.account_id)
    if changed := {str(item.line.child_id): item.line.attendance for item in noted.marked if item.is_changed}:
        tx.note(Act(actor, "attendance_marked", slot_id, after={"marks": changed}))
    answer = await queries.sheet(tx, actor, slot_id)
    return answer.model_copy(update={"refused": tuple(_refused(*pair) for pair in noted.refused)})


def _refused(device_mark_id: UUID, refusal: Refusal) -> MarkRefused:
    return MarkRefused(device_mark_id=device_mark_id, errors=tuple(refusal_document(refusal).errors))


def _mark(
    mark: AttendanceMark, homes: Mapping[UUID, str], stays: Sequence[Stay], sites: Sequence[str] | None
) -> domain.Mark:
    possible = {home: homes[home] for home in homes if mark.household_id in (None, home)}
    return domain.Mark(**dict(mark), homes=possible, stays=stays, sites=sites)


@command
async def close_attendance(tx: Transaction, actor: Actor, slot_id: UUID, zone: ZoneInfo) -> AttendanceSheet:
    """Close a sheet on which every child is marked; closing it again publishes what was corrected, and takes back
    what was said of a child who was booked since, or came for another home.

    Raises:
        DayNotCome: the day has not begun.
        AttendanceIncomplete: with one field for each child that is not marked.
    """
    sheet = await _lock(tx, actor, slot_id)
    now = await _now(tx, zone)
    recorded = domain.close_sheet(sheet, await store.records_of(tx, slot_id), now)
    if isinstance(recorded, Refusal):
        raise recorded
    await store.close_sheet(tx, sheet, recorded, now.at)
    tx.note(Act(actor, "attendance_closed", slot_id, after={"count": len(recorded)}))
    tx.emit(*(record.event(sheet, now.at) for record in recorded))
    return await queries.sheet(tx, actor, slot_id)


async def _lock(tx: Transaction, actor: Actor, slot_id: UUID) -> domain.Sheet:
    """A sheet, its places locked so that nothing is booked, given back or marked meanwhile."""
    await lock_places(tx, [slot_id])
    stored = await store.sheet_of(tx, actor, slot_id)
    if stored is None:
        raise NotFound
    return stored[0]


async def _now(tx: Transaction, zone: ZoneInfo) -> domain.Now:
    at = await tx.now()
    return domain.Now(at, civil_day(at, zone))
