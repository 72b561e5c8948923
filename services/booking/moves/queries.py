"""Days that are booked where the child does not belong any more, for agents."""

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.comparing import Person, namesakes
from chassis.data.database import Database
from chassis.data.paging import page_of, read_id
from contracts.booking.moves import StrayDays
from contracts.http import PAGE_SIZE, Page

from ..access import ENROLLMENT

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
