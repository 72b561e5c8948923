"""Storage of attendance sheets: what was seen of the children who are booked on a slot, and of those who came unbooked."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.comparing import Person
from chassis.data.database import Database, Row, Transaction
from contracts.types import Attendance

from ..access import AT_SITE, CHILD
from ..places.store import lock_places, unit_of
from .domain import Marked, Sheet, SheetLine

SHEET_SQL = reaching(
    """
select s.activity_id, a.label as activity_label, s.service_on, s.marks_version,
       u.code as unit_code, u.label as unit_label, lower(u.span) as begins, upper(u.span) as ends, u.excludes
from slots s join activities a on a.id = s.activity_id join units u on u.activity_id = s.activity_id and u.code = s.unit_code
where s.id = $4 and {is_reached}
""",
    is_reached=AT_SITE.of("s.site_code"),
)

# What was marked of a child who came unbooked says nothing of one who is booked since.
LINES_OF_SLOT = """
select child_id, coalesce(b.household_id, m.household_id) as household_id, b.id as booking_id,
       case when is_of_line then m.mark end as mark, case when is_of_line then m.arrived_at end as arrived_at,
       case when is_of_line then m.left_at end as left_at, coalesce(m.device_mark_ids, '{}') as device_mark_ids,
       coalesce(m.version, 0) as version
from (select id, child_id, household_id from bookings where service_on = s.service_on and slot_id = s.id and status = 'confirmed') b
full join (select * from attendances where service_on = s.service_on and slot_id = s.id) m using (child_id)
cross join lateral (select m.booking_id is not distinct from b.id) as source(is_of_line)
"""
"""The lines of the sheet of a slot `s`."""

SHEET_LINES_SQL = f"""
select line.*, c.first_name, c.last_name, c.birth_on
from slots s
cross join lateral ({LINES_OF_SLOT}) line
left join children c on c.child_id = line.child_id and c.household_id = line.household_id
where s.id = $1 order by line.child_id
"""  # noqa: S608 - it is put together from constants alone


async def sheet_of(
    queries: Database | Transaction, actor: Actor, slot_id: UUID
) -> tuple[Sheet, dict[UUID, Person]] | None:
    """A day's sheet, by name, and who its children are; None if there is none for this actor."""
    slot = await queries.fetchrow(SHEET_SQL, *reach_of(actor, await queries.today()), slot_id)
    if slot is None:
        return None
    rows = await queries.fetch(SHEET_LINES_SQL, slot_id)
    lines = {row["child_id"]: _line(row) for row in rows}
    named = {row["child_id"]: Person(row["first_name"], row["last_name"], row["birth_on"]) for row in rows}
    people = dict(queries.collation.in_order(named))
    ordered = [lines[child_id] for child_id in people]
    activity = (slot["activity_id"], slot["activity_label"])
    return Sheet(slot_id, *activity, unit_of(slot), slot["service_on"], ordered, slot["marks_version"]), people


async def lock_sheet(tx: Transaction, actor: Actor, slot_id: UUID, come: Collection[UUID] = ()) -> Sheet | None:
    """A sheet, its places locked so that nothing is booked, given back or marked meanwhile, neither here nor, of the children who
    `come` unbooked, anywhere else; None if there is none for this actor."""
    await lock_places(tx, [*come], [slot_id])
    stored = await sheet_of(tx, actor, slot_id)
    return stored[0] if stored else None


def _line(row: Row) -> SheetLine:
    return SheetLine(
        child_id=row["child_id"],
        household_id=row["household_id"],
        booking_id=row["booking_id"],
        attendance=Attendance(row["mark"]) if row["mark"] else None,
        arrived_at=row["arrived_at"],
        left_at=row["left_at"],
        device_mark_ids=frozenset(row["device_mark_ids"]),
        version=row["version"],
    )


HOMES_SQL = reaching(
    """
select c.child_id, c.household_id, h.reference from children c join households h using (household_id)
where c.child_id = any($4::uuid[]) and c.days @> $5::date and {is_reached} order by c.child_id, c.household_id
""",
    is_reached=CHILD.of("c.child_id"),
)


async def homes_of(
    tx: Transaction, actor: Actor, child_ids: Sequence[UUID], service_on: date
) -> dict[UUID, dict[UUID, str]]:
    """The households on a day of those children that an actor may add to a sheet, with their references."""
    homes: dict[UUID, dict[UUID, str]] = {}
    for row in await tx.fetch(HOMES_SQL, *reach_of(actor, await tx.today()), child_ids, service_on):
        homes.setdefault(row["child_id"], {})[row["household_id"]] = row["reference"]
    return homes


# Lists of different lengths do not fit an array of arrays, so those of a line travel as text.
MARK_SQL = """
with changed as (update slots set closed_at = null, marks_version = marks_version + 1 where id = $1 and $13)
insert into attendances (slot_id, service_on, child_id, household_id, booking_id, mark, arrived_at, left_at, device_mark_ids,
                         version, marked_by, marked_at)
select $1, $2, child_id, household_id, booking_id, mark, arrived_at, left_at, string_to_array(device_mark_ids, ' ')::uuid[],
       version, $11, $12
from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::text[], $10::integer[])
    with ordinality as m(child_id, household_id, booking_id, mark, arrived_at, left_at, device_mark_ids, version, position)
order by position
on conflict (service_on, slot_id, child_id) do update set
    booking_id = excluded.booking_id, household_id = excluded.household_id, mark = excluded.mark,
    arrived_at = excluded.arrived_at, left_at = excluded.left_at, device_mark_ids = excluded.device_mark_ids,
    version = excluded.version, marked_by = excluded.marked_by, marked_at = excluded.marked_at
"""


async def save_marks(tx: Transaction, sheet: Sheet, marked: Sequence[Marked], marked_by: UUID) -> None:
    """Store lines in their order; a closed sheet of which one has changed is open again until it is closed with it."""
    if not marked:
        return
    lines = [noted.line for noted in marked]
    await tx.execute(
        MARK_SQL,
        sheet.slot_id,
        sheet.service_on,
        [line.child_id for line in lines],
        [line.household_id for line in lines],
        [line.booking_id for line in lines],
        [line.attendance for line in lines],
        [line.arrived_at for line in lines],
        [line.left_at for line in lines],
        [" ".join(map(str, sorted(line.device_mark_ids))) for line in lines],
        [line.version for line in lines],
        marked_by,
        await tx.now(),
        any(noted.is_changed for noted in marked),
    )
