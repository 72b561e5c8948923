"""The household calendar: two queries, and the state of each day derived by the rules that also decide a booking."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.clock import age_on
from chassis.comparing import Person, first_names_apart
from chassis.data.database import Database, Row
from chassis.data.ranges import read_range
from chassis.refusal import FieldRefusal, Invalid
from contracts.booking.models import Calendar, CalendarRow, DayCell
from contracts.types import BookingStatus, EnrollmentStatus

from ..access import AT_SITE
from ..catalog.queries import UNIT_LABEL
from ..enrollments.store import PLACEMENT_DAYS
from ..places.domain import Stay, came_unbooked, elsewhere, excluding
from ..places.store import SHEET_COLUMNS, SLOT_COLUMNS, STAY_COLUMNS, slot_of, stay_of
from .domain import DayFacts, EnrollmentFacts, derive_day_state

CALENDAR_DAYS_MAX = 200


@dataclass(frozen=True, slots=True)
class CalendarDisplay:
    """How the town shows its calendar."""

    zone: ZoneInfo
    shows_free_places: bool


# A day is that of the enrollment which covers it; around the enrollments it is shown with one that is live.
CALENDAR_SQL = reaching(
    f"""
select distinct on (c.birth_on, c.child_id, a.label, a.id, cardinality(u.parts), u.starts_at, u.code, s.service_on)
       e.status as marker, e.days,
       c.child_id, c.first_name as child_first_name, c.last_name as child_last_name, c.birth_on,
       i.label as site_label, {UNIT_LABEL} as shown_unit_label, {SLOT_COLUMNS},
       a.id as row_activity_id, a.label as row_activity_label, u.code as row_unit_code,
       b.id as booking_id, b.status as booking, b.is_recorded, b.is_present, places.capacity, places.taken
from enrollments e
join children c on c.child_id = e.child_id and c.household_id = e.household_id
join activities a on a.id = e.activity_id
join placements p on p.enrollment_id = e.id
join groups g on g.id = p.group_id
join sites i on i.code = g.site_code
join units u on u.activity_id = a.id
left join slots s on s.group_id = p.group_id and s.unit_code = u.code and s.service_on between $5 and $6
    and {PLACEMENT_DAYS} @> s.service_on
left join lateral (
    select b.id, b.status, {SHEET_COLUMNS} from bookings b
    where household_id = e.household_id and service_on = s.service_on and slot_id = s.id and child_id = e.child_id
    order by status in ('held', 'requested', 'confirmed') desc, id desc limit 1
) b on true
left join lateral (
    select capacity, taken from pools where id = any(s.pool_ids) order by capacity - taken, id limit 1
) places on true
where e.household_id = $4 and e.status in ('requested', 'validated') and {{is_reached}}
order by c.birth_on, c.child_id, a.label, a.id, cardinality(u.parts), u.starts_at, u.code, s.service_on,
         e.days @> s.service_on desc, e.status = 'validated' desc, e.id desc
""",  # noqa: S608 - it is put together from constants alone
    is_reached=AT_SITE.of("g.site_code"),
)

STAYS_SQL = f"""
select c.child_id, b.service_on, {STAY_COLUMNS}
from children c
cross join lateral (
    select slot_id, service_on, household_id, true as is_booked from bookings
    where child_id = c.child_id and service_on between $2 and $3 and status in ('held', 'requested', 'confirmed')
    union all
    select slot_id, service_on, household_id, false from attendances
    where child_id = c.child_id and service_on between $2 and $3 and mark = 'unbooked'
) b
join slots s on s.id = b.slot_id
join activities a on a.id = s.activity_id
join units u on u.activity_id = s.activity_id and u.code = s.unit_code
where c.household_id = $1 order by b.service_on, u.span
"""  # noqa: S608 - it is put together from constants alone


@dataclass(frozen=True, slots=True)
class CalendarFilter:
    """Whose calendar to show, between two dates, both included."""

    household_id: UUID
    from_on: date
    to_on: date


async def household_calendar(db: Database, actor: Actor, wanted: CalendarFilter, view: CalendarDisplay) -> Calendar:
    """A household's rows at the sites that the actor reaches, eldest child first, with the days that its activities are open on.

    Raises:
        Invalid: the range is reversed or longer than `CALENDAR_DAYS_MAX` days.
    """
    household_id, from_on, to_on = wanted.household_id, wanted.from_on, wanted.to_on
    if not 0 <= (to_on - from_on).days < CALENDAR_DAYS_MAX:
        raise Invalid(FieldRefusal("/to_on", "range_invalid", (("days_max", CALENDAR_DAYS_MAX),)))
    now = await db.now()
    rows = await db.fetch(CALENDAR_SQL, *reach_of(actor, await db.today()), household_id, from_on, to_on)
    stays: dict[tuple[UUID, date], list[Stay]] = defaultdict(list)
    for row in await db.fetch(STAYS_SQL, household_id, from_on, to_on):
        stays[row["child_id"], row["service_on"]].append(stay_of(row))
    names = first_names_apart(
        {row["child_id"]: Person(row["child_first_name"], row["child_last_name"], row["birth_on"]) for row in rows}
    )
    groups = groupby(rows, key=lambda row: (row["child_id"], row["row_activity_id"], row["row_unit_code"]))
    moment = _Moment(now, household_id, view, stays)
    return Calendar(
        household_id=household_id,
        from_on=from_on,
        to_on=to_on,
        rows=tuple(_row(list(group), names[child_id], moment) for (child_id, _, _), group in groups),
    )


@dataclass(frozen=True, slots=True)
class _Moment:
    """What the cells of a calendar have in common. `stays` are where its children are, by child and day."""

    now: datetime
    household_id: UUID
    view: CalendarDisplay
    stays: Mapping[tuple[UUID, date], Sequence[Stay]]


def _row(rows: Sequence[Row], child_name: str, moment: _Moment) -> CalendarRow:
    first = rows[0]
    markers = {EnrollmentStatus(row["marker"]) for row in rows}
    return CalendarRow(
        child_id=first["child_id"],
        child_first_name=first["child_first_name"],
        child_name=child_name,
        activity_id=first["row_activity_id"],
        activity_label=first["row_activity_label"],
        unit_code=first["row_unit_code"],
        unit_label=first["shown_unit_label"],
        site_label=first["site_label"],
        marker=EnrollmentStatus.VALIDATED if EnrollmentStatus.VALIDATED in markers else EnrollmentStatus.REQUESTED,
        cells=tuple(_cell(row, moment) for row in rows if row["slot_id"] is not None),
    )


def _cell(row: Row, moment: _Moment) -> DayCell:
    slot = slot_of(row, moment.view.zone)
    own = Stay.at(slot, moment.household_id)
    stays = [stay for stay in moment.stays.get((row["child_id"], slot.service_on), ()) if stay != own]
    day = DayFacts(
        now=moment.now,
        service_on=slot.service_on,
        cutoff=slot.cutoff,
        capacity=row["capacity"],
        taken=row["taken"],
        is_closed=slot.is_closed or row["is_recorded"] is True,
        enrollment=EnrollmentFacts(EnrollmentStatus(row["marker"]), read_range(row["days"])),
        age=age_on(row["birth_on"], slot.service_on),
        age_min=slot.age_min,
        age_max=slot.age_max,
        booking=BookingStatus(row["booking"]) if row["booking"] else None,
        elsewhere=elsewhere(slot.unit, stays),
        excluded_by=excluding(slot.activity_id, slot.unit, stays),
        is_present=row["is_present"] is True or came_unbooked(slot.slot_id, stays),
    )
    verdict = derive_day_state(day)
    return DayCell(
        slot_id=slot.slot_id,
        service_on=day.service_on,
        state=verdict.state,
        booking_id=row["booking_id"] if day.is_booked else None,
        reason=verdict.reason,
        params=dict(verdict.params),
        until=slot.cutoff,
        free=day.capacity - day.taken if moment.view.shows_free_places else None,
    )
