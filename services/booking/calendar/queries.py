"""The household calendar: two queries, and the state of each day derived by the rules that also decide a booking."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.access import reach_of, reaching, sites_of
from chassis.actor import Actor
from chassis.comparing import Person, first_names_apart
from chassis.data.database import Database, Row
from chassis.refusal import FieldRefusal, Invalid
from contracts.booking.models import Calendar, CalendarRow, DayCell
from contracts.types import BookingStatus, EnrollmentStatus

from ..access import ANSWERS_ON, AT_SITE, GIVERS_OF_BOOKING, reads
from ..catalog.queries import UNIT_LABEL
from ..documents.domain import DocumentRules
from ..documents.store import Papers, load_papers
from ..enrollments.store import ENROLLMENT_OF_DAY, PLACEMENT_DAYS, enrollment_of
from ..places.domain import Places, Stay
from ..places.store import SHEET_COLUMNS, SLOT_COLUMNS, STAY_COLUMNS, slot_of, stay_of
from .domain import ChildOnDay, Standing, day_facts, derive_day_state

CALENDAR_DAYS_MAX = 200


@dataclass(frozen=True, slots=True)
class CalendarDisplay:
    """How the town shows its calendar, and the documents that its activities may ask for."""

    zone: ZoneInfo
    shows_free_places: bool
    documents: DocumentRules = DocumentRules()  # noqa: RUF009 - it is frozen


GUARDIAN = {"adult": "(select guardian_id from actor)", "today": "(select today from actor)"}
ANSWERS_FOR_CHILD = ANSWERS_ON.format(**GUARDIAN, child="c.child_id", household="c.household_id", day="s.service_on")

# A row is that of an enrollment which is live, in whichever group it was; a day of it is the one on which the child has a place, else
# the one of its group.
CALENDAR_SQL = reaching(
    f"""
select distinct on (c.birth_on, c.child_id, a.label, a.id, cardinality(u.parts), u.starts_at, u.code, s.service_on)
       e.status as marker, d.enrollment_status, d.days, d.is_in_group,
       c.child_id, c.first_name as child_first_name, c.last_name as child_last_name, c.birth_on,
       i.label as site_label, {UNIT_LABEL} as shown_unit_label, {SLOT_COLUMNS},
       a.id as row_activity_id, a.label as row_activity_label, u.code as row_unit_code,
       b.id as booking_id, b.status as booking, b.is_recorded, b.is_present, places.capacity, places.taken,
       c.days @> s.service_on as is_member,
       c.days @> s.service_on and ((select guardian_id from actor) is null or {ANSWERS_FOR_CHILD}) as is_answered_for,
       (select guardian_id from actor) is null or (select guardian_id from actor) = any(b.giver_ids) as may_give_back
from enrollments e
join children c on c.child_id = e.child_id and c.household_id = e.household_id
join activities a on a.id = e.activity_id
join placements p on p.enrollment_id = e.id
join groups g on g.id = p.group_id
join sites i on i.code = g.site_code
join units u on u.activity_id = a.id
left join slots s on s.group_id = g.id and s.unit_code = u.code and s.service_on between $5 and $6
    and {PLACEMENT_DAYS} @> s.service_on
left join lateral ({ENROLLMENT_OF_DAY}) d on s.id is not null
left join lateral (
    select b.id, b.status, {GIVERS_OF_BOOKING.format(**GUARDIAN)} as giver_ids, {SHEET_COLUMNS} from bookings b
    where b.household_id = e.household_id and b.service_on = s.service_on and b.slot_id = s.id and b.child_id = e.child_id
    order by b.status in ('held', 'requested', 'confirmed') desc, b.id desc limit 1
) b on true
left join lateral (
    select capacity, taken from pools where id = any(s.pool_ids) order by capacity - taken, id limit 1
) places on true
where e.household_id = $4 and e.status in ('requested', 'validated') and {{is_reached}} and {{is_read}}
order by c.birth_on, c.child_id, a.label, a.id, cardinality(u.parts), u.starts_at, u.code, s.service_on,
         b.status in ('held', 'requested', 'confirmed') desc nulls last, d.is_in_group desc, e.days @> s.service_on desc,
         e.status = 'validated' desc, e.id desc
""",  # noqa: S608 - it is put together from constants alone
    is_reached=AT_SITE.of("g.site_code"),
    is_read=reads("e.child_id", "e.household_id"),
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
    sites = sites_of(actor)
    papers = await load_papers(
        db,
        view.documents.asked_of(actor.kind),
        ((row["child_id"], household_id) for row in rows),
        (code for row in rows for code in row["required_documents"] or ()),
    )
    moment = _Moment(household_id, now, view, stays, None if sites is None else frozenset(sites), papers)
    return Calendar(
        household_id=household_id,
        from_on=from_on,
        to_on=to_on,
        rows=tuple(_row(list(group), names[child_id], moment) for (child_id, _, _), group in groups),
    )


@dataclass(frozen=True, slots=True)
class _Moment:
    """What the cells of a calendar have in common. `stays` are where its children are, by child and day, `sites` those of which
    whoever looks may hear, `papers` what a family has to bring."""

    household_id: UUID
    now: datetime
    view: CalendarDisplay
    stays: Mapping[tuple[UUID, date], Sequence[Stay]]
    sites: Set[str] | None
    papers: Papers


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
    slot, child = slot_of(row, moment.view.zone), (row["child_id"], moment.household_id)
    day = day_facts(
        moment.now,
        slot,
        Places(row["capacity"], row["taken"]),
        ChildOnDay(
            birth_on=row["birth_on"],
            enrollment=enrollment_of(row),
            booking=BookingStatus(row["booking"]) if row["booking"] else None,
            stays=moment.stays.get((row["child_id"], slot.service_on), ()),
            standing=Standing(row["is_member"], row["is_answered_for"], row["may_give_back"]),
            is_recorded=row["is_recorded"] is True,
            is_present=row["is_present"] is True,
            gap=moment.papers.needed(child, slot.required_documents).gap_on(slot.service_on),
        ),
        moment.sites,
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
