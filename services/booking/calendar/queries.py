"""The household calendar: one query, and the state of each day derived by the rules that also decide a booking."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.clock import age_on, deadline
from chassis.comparing import Person, first_names_apart
from chassis.data.database import Database, Row
from chassis.refusal import FieldRefusal, Invalid
from contracts.booking.models import Calendar, CalendarRow, DayCell
from contracts.types import BookingStatus, EnrollmentStatus

from .domain import DayFacts, EnrollmentFacts, derive_day_state

CALENDAR_DAYS_MAX = 200


@dataclass(frozen=True, slots=True)
class CalendarDisplay:
    """How the town shows its calendar."""

    zone: ZoneInfo
    shows_free_places: bool


CALENDAR_SQL = """
select e.id as enrollment_id, e.status as marker, e.starts_on, e.ends_on,
       c.child_id, c.first_name as child_first_name, c.last_name as child_last_name, c.birth_on,
       a.id as activity_id, a.label as activity_label, a.site_label, a.age_min, a.age_max,
       a.cutoff_days_before, a.cutoff_at,
       s.id as slot_id, s.service_on, s.capacity, s.taken, s.closed_at is not null as is_closed,
       b.id as booking_id, b.status as booking
from enrollments e
join children c on c.child_id = e.child_id and c.household_id = e.household_id
join activities a on a.id = e.activity_id
left join slots s on s.activity_id = a.id and s.service_on between $2 and $3
left join lateral (
    select id, status from bookings
    where household_id = e.household_id and service_on = s.service_on and slot_id = s.id and child_id = e.child_id
    order by status = 'confirmed' desc, id desc limit 1
) b on true
where e.household_id = $1 and e.status in ('requested', 'validated')
order by c.birth_on, c.child_id, a.label, e.id, s.service_on
"""


async def household_calendar(
    db: Database, household_id: UUID, from_on: date, to_on: date, view: CalendarDisplay
) -> Calendar:
    """A household's rows, eldest child first, with the days that its activities are open on.

    Raises:
        Invalid: the range is reversed or longer than `CALENDAR_DAYS_MAX` days.
    """
    if not 0 <= (to_on - from_on).days < CALENDAR_DAYS_MAX:
        raise Invalid(FieldRefusal("/to_on", "range_invalid", (("days_max", CALENDAR_DAYS_MAX),)))
    now = await db.now()
    rows = await db.fetch(CALENDAR_SQL, household_id, from_on, to_on)
    names = first_names_apart(
        {row["child_id"]: Person(row["child_first_name"], row["child_last_name"], row["birth_on"]) for row in rows}
    )
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row["enrollment_id"])]
    return Calendar(
        household_id=household_id,
        from_on=from_on,
        to_on=to_on,
        rows=tuple(_row(group, names[group[0]["child_id"]], now, view) for group in groups),
    )


def _row(rows: list[Row], child_name: str, now: datetime, view: CalendarDisplay) -> CalendarRow:
    first = rows[0]
    return CalendarRow(
        child_id=first["child_id"],
        child_first_name=first["child_first_name"],
        child_name=child_name,
        enrollment_id=first["enrollment_id"],
        activity_id=first["activity_id"],
        activity_label=first["activity_label"],
        site_label=first["site_label"],
        marker=first["marker"],
        cells=tuple(_cell(row, now, view) for row in rows if row["slot_id"] is not None),
    )


def _cell(row: Row, now: datetime, view: CalendarDisplay) -> DayCell:
    cutoff = deadline(row["service_on"], row["cutoff_days_before"], row["cutoff_at"], view.zone)
    day = DayFacts(
        now=now,
        service_on=row["service_on"],
        cutoff=cutoff,
        capacity=row["capacity"],
        taken=row["taken"],
        is_closed=row["is_closed"],
        enrollment=EnrollmentFacts(EnrollmentStatus(row["marker"]), row["starts_on"], row["ends_on"]),
        age=age_on(row["birth_on"], row["service_on"]),
        age_min=row["age_min"],
        age_max=row["age_max"],
        booking=BookingStatus(row["booking"]) if row["booking"] else None,
    )
    verdict = derive_day_state(day)
    return DayCell(
        slot_id=row["slot_id"],
        service_on=day.service_on,
        state=verdict.state,
        booking_id=row["booking_id"] if day.is_booked else None,
        reason=verdict.reason,
        params=dict(verdict.params),
        until=cutoff,
        free=day.capacity - day.taken if view.shows_free_places else None,
    )
