"""What is deleted of a household and of whoever belongs to it alone."""

from collections.abc import Sequence
from uuid import UUID

from chassis.data.database import Transaction

PEOPLE_SQL = "select distinct person_id from shown_members where household_id = $1 order by person_id"

# Another file needs an adult whom it names as a member, in a role to one of its children, or as somebody who helps it.
ALONE_SQL = """
select p.person_id, p.kind from persons p
where p.person_id = any($1::uuid[])
  and not exists (select from shown_members m where m.person_id = p.person_id and m.household_id <> $2)
  and not exists (
    select from responsibilities r join shown_members m on m.person_id = r.child_id
    where r.adult_id = p.person_id and m.household_id <> $2)
  and not exists (select from delegations d where d.delegate_id = p.person_id and d.household_id <> $2)
order by p.person_id
"""


async def people_of(tx: Transaction, household_id: UUID) -> list[UUID]:
    """Whoever belongs to a household, did or will."""
    return [row["person_id"] for row in await tx.fetch(PEOPLE_SQL, household_id)]


async def alone_in(tx: Transaction, household_id: UUID, person_ids: Sequence[UUID]) -> tuple[list[UUID], list[UUID]]:
    """The adults and the children whom no other file needs."""
    rows = await tx.fetch(ALONE_SQL, person_ids, household_id)
    adults, children = ([row["person_id"] for row in rows if row["kind"] == kind] for kind in ("adult", "child"))
    return adults, children


MERGED_INTO_SQL = "select household_id from households where merged_into = $1 order by household_id"


async def merged_into(tx: Transaction, household_id: UUID) -> list[UUID]:
    """The files that became part of this one."""
    return [row["household_id"] for row in await tx.fetch(MERGED_INTO_SQL, household_id)]


REMOVE_DELEGATIONS_SQL = """
delete from delegations where household_id = $1 returning delegation_id, delegate_id
"""

HELD_ELSEWHERE_SQL = "select exists (select from delegations where delegate_id = $1)"


async def remove_delegations(tx: Transaction, household_id: UUID) -> tuple[list[UUID], list[UUID]]:
    """Remove what a household let others do: the delegations, and the delegates who hold another one still."""
    rows = await tx.fetch(REMOVE_DELEGATIONS_SQL, household_id)
    delegate_ids = sorted({row["delegate_id"] for row in rows})
    holding = [item for item in delegate_ids if await tx.fetchval(HELD_ELSEWHERE_SQL, item)]
    return [row["delegation_id"] for row in rows], holding


# The database looks at what leans on what when a statement is done, whichever of its parts came first.
REMOVE_CHILDREN_SQL = """
with responsible as (delete from responsibilities where child_id = any($1::uuid[])),
     homes as (delete from residences where child_id = any($1::uuid[])),
     swaps as (delete from home_swaps where child_id = any($1::uuid[])),
     of_age as (delete from comings_of_age where child_id = any($1::uuid[])),
     members as (delete from household_members where person_id = any($1::uuid[])),
     archived as (delete from archived_members where person_id = any($1::uuid[])),
     leases as (delete from editing_leases where subject_id = any($1::uuid[])),
     gone as (delete from children where child_id = any($1::uuid[]))
delete from persons where person_id = any($1::uuid[])
"""


async def remove_children(tx: Transaction, child_ids: Sequence[UUID]) -> None:
    """Delete children whose files were erased."""
    await tx.execute(REMOVE_CHILDREN_SQL, child_ids)


REMOVE_HOUSEHOLD_SQL = """
with leases as (
         delete from editing_leases where subject_id in (select change_id from person_changes where household_id = $1)),
     amounts as (delete from quotients where household_id = $1),
     payers as (delete from household_payers where household_id = $1),
     members as (delete from household_members where household_id = $1),
     archives as (delete from household_archives where household_id = $1),
     enrollments as (delete from household_enrollments where household_id = $1),
     unpaid as (delete from unpaid_invoices where household_id = $1),
     activity as (delete from household_activity where household_id = $1),
     swaps as (delete from home_swaps where household_id = $1),
     lines as (delete from household_import_lines where household_id = $1)
delete from households where household_id = $1
"""


async def remove_household(tx: Transaction, household_id: UUID) -> None:
    """Delete a household, and with it what families asked for it, and what an import said of it."""
    await tx.execute(REMOVE_HOUSEHOLD_SQL, household_id)


REMOVE_DELEGATES_SQL = "delete from delegates where adult_id = any($1::uuid[]) returning delegate_id"

REMOVE_ADULTS_SQL = """
with responsible as (delete from responsibilities where adult_id = any($1::uuid[])),
     answers as (delete from authorization_answers where adult_id = any($1::uuid[])),
     confirmations as (delete from file_confirmations where adult_id = any($1::uuid[])),
     emails as (delete from email_changes where adult_id = any($1::uuid[])),
     changes as (delete from person_changes where asked_by = any($1::uuid[])),
     protections as (delete from protection_requests where asked_by = any($1::uuid[])),
     leases as (delete from editing_leases where subject_id = any($1::uuid[])),
     gone as (delete from adults where adult_id = any($1::uuid[]))
delete from persons where person_id = any($1::uuid[])
"""


async def remove_adults(tx: Transaction, adult_ids: Sequence[UUID]) -> list[UUID]:
    """Delete adults whom no file names any more; those of them who were known as delegates, too."""
    delegates = [row["delegate_id"] for row in await tx.fetch(REMOVE_DELEGATES_SQL, adult_ids)]
    await tx.execute(REMOVE_ADULTS_SQL, adult_ids)
    return delegates
