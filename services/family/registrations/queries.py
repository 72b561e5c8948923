"""What agents read of requests for a space: those that somebody was told of."""

from uuid import UUID

from chassis.data.database import Queries
from chassis.data.paging import page_of, read_id
from chassis.refusal import NotFound
from contracts.family.registrations import Registration, RegistrationSummary
from contracts.http import PAGE_SIZE, Page

LIST_REGISTRATIONS_SQL = """
select registration_id, request #>> '{guardian,first_name}' as first_name, request #>> '{guardian,last_name}' as last_name,
       coalesce(request ->> 'kind', 'individual') as kind, request #>> '{organization,legal_name}' as legal_name,
       request #>> '{address,city}' as city, jsonb_array_length(request -> 'children') as child_count, requested_at
from registrations
where status = 'waiting' and answered_at is not null and ($1::uuid is null or registration_id > $1)
order by registration_id limit $2
"""


async def list_registrations(db: Queries, cursor: str | None) -> Page[RegistrationSummary]:
    """Requests that wait for an agent, the oldest first. Raises Invalid."""
    rows = await db.fetch(LIST_REGISTRATIONS_SQL, read_id(cursor), PAGE_SIZE + 1)
    summaries = [RegistrationSummary.model_validate(dict(row)) for row in rows]
    return page_of(summaries, lambda item: (item.registration_id,), PAGE_SIZE)


READ_REGISTRATION_SQL = """
select registration_id, status, request, reason, household_id, requested_at, decided_at
from registrations where registration_id = $1 and answered_at is not null
"""


async def read_registration(db: Queries, registration_id: UUID) -> Registration:
    """A request. Raises NotFound."""
    row = await db.fetchrow(READ_REGISTRATION_SQL, registration_id)
    if row is None:
        raise NotFound
    fields = dict(row)
    return Registration.model_validate({**fields.pop("request"), **fields})
