"""Storage of leases: one row for each form that somebody edits."""

from typing import Final
from uuid import UUID

from chassis.data.database import Transaction
from contracts.family.editing import EditedForm

from .domain import Lease

IS_THERE_SQL = """
select case $1::text
    when 'change' then exists (select from person_changes where change_id = $2)
    when 'draft' then false
    when 'request' then exists (select from requests where request_id = $2)
    when 'contact' then exists (select from adults where adult_id = $2)
    when 'entourage' then exists (select from entourage where contact_id = $2)
    when 'civil_status' then exists (select from persons where person_id = $2)
    else exists (select from children where child_id = $2)
end
"""


async def is_there(tx: Transaction, form: EditedForm, subject_id: UUID) -> bool:
    """Whether there is what the form is of. A draft is its family's own."""
    return bool(await tx.fetchval(IS_THERE_SQL, form.value, subject_id))


# Whoever asks at the same moment waits for the row, and finds the first one's lease.
LOCK_SQL = """
insert into editing_leases (form, subject_id, holder_id, begun_at, ends_at) values ($1, $2, $3, $4, $5)
on conflict (form, subject_id) do update set form = excluded.form returning holder_id, begun_at, ends_at
"""


async def lock_lease(tx: Transaction, form: EditedForm, subject_id: UUID, wanted: Lease) -> Lease:
    """Who has a form, which is held until the transaction ends; `wanted` is kept where nobody has."""
    (row,) = await tx.fetch(LOCK_SQL, form.value, subject_id, wanted.holder_id, wanted.begun_at, wanted.ends_at)
    return Lease(*row.values())


SAVE_SQL = "update editing_leases set holder_id = $3, begun_at = $4, ends_at = $5 where form = $1 and subject_id = $2"


async def save_lease(tx: Transaction, form: EditedForm, subject_id: UUID, lease: Lease) -> None:
    """Write who has a form that is held."""
    await tx.execute(SAVE_SQL, form.value, subject_id, lease.holder_id, lease.begun_at, lease.ends_at)


REMOVE_SQL = "delete from editing_leases where form = $1 and subject_id = $2 and holder_id = $3"


async def remove_lease(tx: Transaction, form: EditedForm, subject_id: UUID, holder_id: UUID) -> None:
    """Leave a form to others; the lease of anybody else stays."""
    await tx.execute(REMOVE_SQL, form.value, subject_id, holder_id)


FORGET_LEASES_SQL: Final = """
delete from editing_leases where (form, subject_id) in (
    select form, subject_id from editing_leases where ends_at < $1 limit $2 for update skip locked)
"""
