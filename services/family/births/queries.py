"""Children whose birth is not registered yet, for agents."""

from datetime import date, timedelta
from uuid import UUID

from chassis.data.database import Queries
from chassis.data.paging import page_of, read_cursor
from contracts.family.births import ExpectedChild
from contracts.http import PAGE_SIZE, Page

from .domain import SILENCE_DAYS

EXPECTED_SQL = """
select c.child_id, h.household_id, h.reference, c.first_name, c.last_name, c.birth_on as expected_on,
       c.birth_on <= $2 as is_silent
from children c
cross join lateral (
    select m.household_id from household_members m
    where m.person_id = c.child_id and m.kind = 'child' and not m.during << daterange($1, $1, '[]')
    order by m.during, m.household_id limit 1) m
join households h on h.household_id = m.household_id
where c.is_expected and (c.birth_on, c.child_id) > ($3, $4::uuid)
order by c.birth_on, c.child_id limit $5
"""


async def list_expected_children(db: Queries, cursor: str | None, today: date) -> Page[ExpectedChild]:
    """Children of a household whose birth is not registered, the earliest first. Raises Invalid."""
    after = read_cursor(cursor, date.fromisoformat, UUID) if cursor else (date.min, UUID(int=0))
    silent_since = today - timedelta(days=SILENCE_DAYS)
    rows = await db.fetch(EXPECTED_SQL, today, silent_since, *after, PAGE_SIZE + 1)
    children = [ExpectedChild.model_validate(dict(row)) for row in rows]
    return page_of(children, lambda child: (child.expected_on, child.child_id), PAGE_SIZE)
