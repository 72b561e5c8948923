"""What is deleted of a household and of whoever belongs to it alone, and what is kept of an erasure: that it was asked for, and what became of it."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.identifiers import new_id
from contracts.family.erasure import ErasureStage

from .domain import Accounts, FileUse

PEOPLE_SQL = "select distinct person_id from shown_members where household_id = $1 order by person_id"

ADULTS_AROUND_SQL = """
select r.adult_id from shown_members m join responsibilities r on r.child_id = m.person_id where m.household_id = $1
union
select h.adult_id from delegations d join delegates h using (delegate_id) where d.household_id = $1 and h.adult_id is not null
order by adult_id
"""


async def adults_around(tx: Transaction, household_id: UUID) -> list[UUID]:
    """The adults for whom a household was a reason to be known: in a role to one of its children, or as somebody who helps it. They may be in no file by now."""
    return [row["adult_id"] for row in await tx.fetch(ADULTS_AROUND_SQL, household_id)]


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


FILES_SQL = "select household_id from households where household_id = $1 or merged_into = $1 order by household_id"


async def files_of(tx: Transaction, household_id: UUID) -> list[UUID]:
    """A file and those that became part of it; none when there is no such file."""
    return [row["household_id"] for row in await tx.fetch(FILES_SQL, household_id)]


# Putting a file aside, or writing in it, is no act of the family's: opening it, coming and paying are.
USE_SQL = """
with file as (select household_id, created_at from households where household_id = $1 or merged_into = $1),
     enrolled as (
         select max(ends_on) as until_on, count(*) filter (where ends_on > $2) as open_count
         from household_enrollments join file using (household_id)),
     owed as (select count(*) as count, coalesce(sum(unpaid_cents), 0)::bigint as cents from unpaid_invoices join file using (household_id))
select h.reference, h.archived_on is not null as is_aside,
       greatest((select max((created_at at time zone 'utc')::date) from file), e.until_on,
                (select max(last_on) from household_activity join file using (household_id))) as last_act_on,
       o.count as unpaid_count, o.cents as unpaid_cents, e.open_count as open_enrollment_count, e.until_on as enrolled_until
from households h cross join enrolled e cross join owed o where h.household_id = $1
"""


async def use_of(db: Queries, household_id: UUID, quiet_since: date) -> FileUse | None:
    """How a file is used, None when there is none; what is decided on it needs its lock. An enrollment that ended after `quiet_since` may have days that are not
    invoiced yet."""
    row = await db.fetchrow(USE_SQL, household_id, quiet_since)
    return FileUse(**dict(row)) if row else None


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure that was asked for: how far it is, and what the accounts said."""

    erasure_id: UUID
    stage: ErasureStage
    asked_at: datetime
    judged_at: datetime | None
    accounts: Accounts


ERASURE_SQL = """
select erasure_id, stage, asked_at, judged_at, unpaid_count, unpaid_cents, uninvoiced_count, uninvoiced_cents, credit_cents, payment_count
from household_erasures where household_id = $1
"""


async def erasure_of(db: Queries, household_id: UUID) -> Erasure | None:
    """The erasure that was asked for last, if any was."""
    if (row := await db.fetchrow(ERASURE_SQL, household_id)) is None:
        return None
    stage = ErasureStage(row["stage"])
    return Erasure(row["erasure_id"], stage, row["asked_at"], row["judged_at"], _accounts(row))


def _accounts(row: Row) -> Accounts:
    return Accounts(**{name: row[name] for name in Accounts.__dataclass_fields__})


KEEP_ASKED_SQL = """
insert into household_erasures as known (household_id, erasure_id, stage, asked_at, asked_by) values ($1, $2, 'asked', $3, $4)
on conflict (household_id) do update set erasure_id = excluded.erasure_id, stage = 'asked', asked_at = excluded.asked_at, asked_by = excluded.asked_by,
    judged_at = null, unpaid_count = 0, unpaid_cents = 0, uninvoiced_count = 0, uninvoiced_cents = 0, credit_cents = 0, payment_count = 0
"""


async def keep_asked(tx: Transaction, household_id: UUID, erasure: Erasure, account_id: UUID) -> None:
    """Write that a file is to be erased, in the place of what was asked before."""
    await tx.execute(KEEP_ASKED_SQL, household_id, erasure.erasure_id, erasure.asked_at, account_id)


KEEP_JUDGED_SQL = """
update household_erasures set stage = $2, judged_at = $3, unpaid_count = $4, unpaid_cents = $5, uninvoiced_count = $6, uninvoiced_cents = $7,
    credit_cents = $8, payment_count = $9
where household_id = $1
"""


async def keep_judged(tx: Transaction, household_id: UUID, stage: ErasureStage, accounts: Accounts) -> None:
    """Write what became of an erasure, and what the accounts had against it."""
    await tx.execute(KEEP_JUDGED_SQL, household_id, stage.value, await tx.now(), *astuple(accounts))


KEEP_FORMER_SQL = """
insert into household_erasures as known (household_id, erasure_id, stage, asked_at, asked_by, judged_at)
select former.household_id, former.erasure_id, 'erased', kept.asked_at, kept.asked_by, $4
from unnest($2::uuid[], $3::uuid[]) as former(household_id, erasure_id)
join household_erasures kept on kept.household_id = $1
on conflict (household_id) do update set stage = 'erased', judged_at = $4
"""


async def keep_former(tx: Transaction, household_id: UUID, former_ids: Sequence[UUID]) -> None:
    """Write of each file that had become part of this one that it was erased with it: a backup may have it as one of its own."""
    erasure_ids = [new_id() for _ in former_ids]
    await tx.execute(KEEP_FORMER_SQL, household_id, list(former_ids), erasure_ids, await tx.now())


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
