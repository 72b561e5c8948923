"""Noting who came."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.access import sites_of
from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.http.errors import refusal_document
from chassis.refusal import NotFound, Refusal
from contracts.booking.models import AttendanceMark, AttendanceMarks, MarkRefused

from ..places.domain import Stay
from ..places.store import stays_on
from . import domain, store


@command
async def mark_attendance(
    tx: Transaction, actor: Actor, slot_id: UUID, request: AttendanceMarks, zone: ZoneInfo
) -> tuple[MarkRefused, ...]:
    """Note marks on a sheet, from the day itself on; a closed sheet on which one of them changes something is open again until it is
    closed with it. Answers those of devices that cannot be noted.

    Raises:
        DayNotCome: the day has not begun.
        HouseholdAmbiguous: a child who came unbooked has several homes, and none was named.
        MarksRefused: such a child is somewhere else at these minutes, or a line is not any more as it was seen.
    """
    come = {mark.child_id for mark in request.marks if mark.attendance in domain.THERE}
    sheet = await store.lock_sheet(tx, actor, slot_id, come)
    if sheet is None:
        raise NotFound
    child_ids = list({mark.child_id for mark in request.marks})
    homes = await store.homes_of(tx, actor, child_ids, sheet.service_on)
    stays = await stays_on(tx, child_ids, sheet.service_on)
    sites = sites_of(actor)
    marks = [_mark(mark, homes.get(mark.child_id, {}), stays.get(mark.child_id, ()), sites) for mark in request.marks]
    noted = domain.note_marks(sheet, marks, domain.Now(await tx.now(), zone))
    if isinstance(noted, Refusal):
        raise noted
    await store.save_marks(tx, sheet, noted.marked, actor.account_id)
    for act in _acts(actor, sheet, noted.marked):
        tx.note(act)
    return tuple(_refused(*pair) for pair in noted.refused)


def _acts(actor: Actor, sheet: domain.Sheet, marked: Sequence[domain.Marked]) -> list[Act]:
    """One for each household of whose children something else is said than before."""
    marks: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for household_id, child_id, mark in domain.changes(marked):
        marks[household_id].append(
            {
                "child_id": child_id,
                "activity_id": sheet.activity_id,
                "activity": sheet.activity_label,
                "service_on": sheet.service_on,
                "mark": mark,
            }
        )
    return [
        Act(actor, "attendance_marked", sheet.slot_id, household_id, after={"marks": marks[household_id]})
        for household_id in marks
    ]


def _refused(device_mark_id: UUID, refusal: Refusal) -> MarkRefused:
    return MarkRefused(device_mark_id=device_mark_id, errors=tuple(refusal_document(refusal).errors))


def _mark(
    mark: AttendanceMark, homes: Mapping[UUID, str], stays: Sequence[Stay], sites: Sequence[str] | None
) -> domain.Mark:
    possible = {home: homes[home] for home in homes if mark.household_id in (None, home)}
    seen = {name: value for name, value in mark if name not in domain.HOURS}
    hours = {name: getattr(mark, name) for name in domain.HOURS if name in mark.model_fields_set}
    return domain.Mark(**seen, hours=hours, homes=possible, stays=stays, sites=sites)
