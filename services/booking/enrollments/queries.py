"""Enrollments as families and agents see them."""

from dataclasses import dataclass
from uuid import UUID

from chassis.database import Queries, Row
from chassis.refusal import NotFound
from contracts.booking.api import Enrollment
from contracts.http import PAGE_SIZE_MAX, Page
from contracts.types import EnrollmentStatus

ENROLLMENT_SQL = """
select e.id as enrollment_id, e.household_id, e.child_id, c.first_name as child_first_name,
       c.last_name as child_last_name, e.activity_id, a.label as activity_label, e.status, e.starts_on, e.ends_on,
       e.requested_at, e.decided_at, e.reason
from enrollments e
join activities a on a.id = e.activity_id
left join children c on c.child_id = e.child_id and c.household_id = e.household_id
where e.id = $1
"""


async def enrollment(queries: Queries, enrollment_id: UUID) -> Enrollment:
    """One enrollment, whoever it belongs to."""
    row = await queries.fetchrow(ENROLLMENT_SQL, enrollment_id)
    if row is None:
        raise NotFound
    return _enrollment(row)


@dataclass(frozen=True, slots=True)
class EnrollmentFilter:
    """Which enrollments to list; None means any. `cursor` is the last enrollment of the page before."""

    status: EnrollmentStatus | None
    household_id: UUID | None
    cursor: UUID | None


ENROLLMENTS_SQL = """
select e.id as enrollment_id, e.household_id, e.child_id, c.first_name as child_first_name,
       c.last_name as child_last_name, e.activity_id, a.label as activity_label, e.status, e.starts_on, e.ends_on,
       e.requested_at, e.decided_at, e.reason
from enrollments e
join activities a on a.id = e.activity_id
left join children c on c.child_id = e.child_id and c.household_id = e.household_id
where ($1::text is null or e.status = $1)
  and ($2::uuid is null or e.household_id = $2)
  and ($3::uuid is null or e.id > $3)
order by e.id limit $4
"""


async def enrollments(queries: Queries, wanted: EnrollmentFilter) -> Page[Enrollment]:
    """Enrollments in the order in which they were asked for, the longest waiting first."""
    status = wanted.status.value if wanted.status else None
    rows = await queries.fetch(ENROLLMENTS_SQL, status, wanted.household_id, wanted.cursor, PAGE_SIZE_MAX + 1)
    items = tuple(_enrollment(row) for row in rows[:PAGE_SIZE_MAX])
    return Page(items=items, next_cursor=str(items[-1].enrollment_id) if len(rows) > PAGE_SIZE_MAX else None)


def _enrollment(row: Row) -> Enrollment:
    return Enrollment(**row)
