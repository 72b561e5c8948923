"""Days that are booked where the child does not belong any more, and what children would take along to another household, for agents."""

from collections.abc import Sequence
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.comparing import Person, namesakes
from chassis.data.database import Database, Row, Transaction
from chassis.data.paging import page_of, read_id
from chassis.data.ranges import read_range, read_ranges
from chassis.days import Days
from chassis.refusal import NotFound, Refusal
from contracts.booking.moves import DaysMoveCreate, DaysMovePreview, EnrollmentAlong, StrayDays
from contracts.http import PAGE_SIZE, Page

from ..access import ENROLLMENT
from .domain import Along, Destination, Leaving, days_along, fingerprint

STRAY_DAYS_SQL = reaching(
    """
select e.id as enrollment_id, e.household_id, h.reference, e.child_id, r.first_name || ' ' || r.last_name as child_name,
       r.birth_on as child_birth_on,
       a.label as activity_label, d.first_on, d.last_on, d.day_count,
       (select coalesce(jsonb_agg(jsonb_build_object('household_id', o.household_id, 'reference', x.reference) order by x.reference), '[]')
        from household_children o join households x on x.household_id = o.household_id
        where o.child_id = e.child_id and o.household_id <> e.household_id and o.days @> d.first_on) as homes
from enrollments e
join households h on h.household_id = e.household_id
join activities a on a.id = e.activity_id
join child_records r on r.child_id = e.child_id
left join household_children m on m.household_id = e.household_id and m.child_id = e.child_id
cross join lateral (
    select min(b.service_on) as first_on, max(b.service_on) as last_on, count(*)::integer as day_count from bookings b
    where b.household_id = e.household_id and b.child_id = e.child_id and b.activity_id = e.activity_id
      and b.service_on >= (select today from actor) and e.days @> b.service_on and b.status in ('held', 'requested', 'confirmed')
      and (m.days @> b.service_on) is not true
) d
where d.day_count > 0 and e.status in ('requested', 'validated') and (m.days is null or not m.days @> e.days)
  and ($4::uuid is null or e.id > $4) and {is_reached}
order by e.id limit $5
""",
    is_reached=ENROLLMENT.of("e.id"),
)


async def stray_days(db: Database, actor: Actor, cursor: str | None) -> Page[StrayDays]:
    """What is booked for a household after the child left it."""
    reach = reach_of(actor, await db.today())
    rows = await db.fetch(STRAY_DAYS_SQL, *reach, read_id(cursor), PAGE_SIZE + 1)
    alike = namesakes({row["child_id"]: Person(row["child_name"]) for row in rows})
    days = [
        StrayDays(**{**row, "child_birth_on": row["child_birth_on"] if row["child_id"] in alike else None})
        for row in rows
    ]
    return page_of(days, lambda item: (item.enrollment_id,), PAGE_SIZE)


GOING_SQL = reaching(
    """
select e.id, e.activity_id, e.child_id, e.days, d.days as there, array(
    select b.service_on from bookings b
    where b.household_id = e.household_id and b.child_id = e.child_id and b.activity_id = e.activity_id
      and b.service_on >= $7::date and e.days @> b.service_on and b.status in ('held', 'requested', 'confirmed')
    order by b.service_on, b.id) as booked_on
from enrollments e
left join household_children d on d.household_id = $5 and d.child_id = e.child_id
where e.household_id = $4 and e.child_id = any($6::uuid[]) and e.status in ('requested', 'validated') and upper(e.days) > $7::date and {is_reached}
order by e.id
""",
    is_reached=ENROLLMENT.of("e.id"),
)


async def going_along(
    db: Database | Transaction, actor: Actor, household_id: UUID, asked: DaysMoveCreate
) -> list[Along]:
    """The enrollments of children in a household that last from a day on, in the order of their ids, each with what would go to another one."""
    reach = reach_of(actor, await db.today())
    rows = await db.fetch(GOING_SQL, *reach, household_id, asked.household_id, list(asked.child_ids), asked.from_on)
    going = []
    for row in rows:
        to = Destination(asked.household_id, read_ranges(row["there"]) if row["there"] is not None else Days())
        leaving = Leaving(household_id, read_range(row["days"]), row["booked_on"])
        outcome = days_along(leaving, to, asked.from_on)
        going.append(Along(row["id"], row["activity_id"], row["child_id"], leaving, outcome))
    return going


FILES_SQL = "select household_id, reference from households where household_id = any($1::uuid[])"

NAMES_SQL = """
select e.id, coalesce(r.first_name || ' ' || r.last_name, '') as child_name, a.label as activity_label
from enrollments e join activities a on a.id = e.activity_id left join child_records r on r.child_id = e.child_id
where e.id = any($1::uuid[])
"""


async def references_of(db: Database | Transaction, household_id: UUID, to_household_id: UUID) -> dict[UUID, str]:
    """What the two files of a move are called. Raises NotFound."""
    files = await db.fetch(FILES_SQL, [household_id, to_household_id])
    references = {row["household_id"]: row["reference"] for row in files}
    if references.keys() != {household_id, to_household_id}:
        raise NotFound
    return references


async def days_move_preview(db: Database, actor: Actor, household_id: UUID, asked: DaysMoveCreate) -> DaysMovePreview:
    """What children would take along. Raises NotFound."""
    references = await references_of(db, household_id, asked.household_id)
    going = await going_along(db, actor, household_id, asked)
    names = {row["id"]: row for row in await db.fetch(NAMES_SQL, [item.enrollment_id for item in going])}
    return DaysMovePreview(
        reference=references[household_id],
        to_reference=references[asked.household_id],
        from_on=asked.from_on,
        enrollments=tuple(_along(item, names[item.enrollment_id]) for item in going),
        fingerprint=fingerprint(asked.household_id, asked.from_on, going),
    )


def _along(item: Along, names: Row) -> EnrollmentAlong:
    days, refused = item.leaving.days, item.outcome if isinstance(item.outcome, Refusal) else None
    along = days if isinstance(item.outcome, Refusal) else item.outcome
    return EnrollmentAlong(
        enrollment_id=item.enrollment_id,
        child_id=item.child_id,
        child_name=names["child_name"],
        activity_label=names["activity_label"],
        starts_on=along.first,
        ends_on=along.last,
        booked_on=tuple(item.leaving.booked_on),
        obstacle=_codes(refused)[0] if refused else None,
    )


def _codes(refused: Refusal) -> Sequence[str]:
    return [fault.code for fault in refused.fields] or [refused.code()]
