"""Storage of archives: what keeps a file in use, who belonged to it, and what other services say of enrollments and invoices."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.data.ranges import read_range, stored_range
from contracts.types import Cents

from ..households.domain import Member

ARCHIVE_SQL = "update households set archived_on = $2 where household_id = $1"

ADD_ARCHIVE_SQL = """
insert into household_archives (household_id, archived_at, archived_by, reason, last_active_on) values ($1, $2, $3, $4, $5)
"""

ADD_ASIDE_SQL = """
insert into archived_members (household_id, person_id, kind, position, during)
select $1, m.person_id, p.kind, m.position, m.during
from unnest($2::uuid[], $3::daterange[]) with ordinality as m(person_id, during, position)
join persons p on p.person_id = m.person_id
"""

REMOVE_ARCHIVE_SQL = "delete from household_archives where household_id = $1"

ASIDE_SQL = """
select person_id, kind, during from archived_members where household_id = $1 order by position
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """Who put a file aside, when and why; `last_active_on` is the last day on which something was for it before."""

    at: datetime
    on: date
    by: UUID
    reason: str
    last_active_on: date


async def keep_aside(tx: Transaction, household_id: UUID, members: Sequence[Member], decided: Decided) -> None:
    """Write that a file is put aside, and who belonged to it."""
    await tx.execute(ARCHIVE_SQL, household_id, decided.on)
    await tx.execute(ADD_ARCHIVE_SQL, household_id, decided.at, decided.by, decided.reason, decided.last_active_on)
    ids = [member.person_id for member in members]
    await tx.execute(ADD_ASIDE_SQL, household_id, ids, [stored_range(member.during) for member in members])


async def take_back(tx: Transaction, household_id: UUID) -> dict[str, list[Member]]:
    """Who belonged to a file that is in use again, by kind; nothing says any longer that it was put aside."""
    members: dict[str, list[Member]] = {"adult": [], "child": []}
    for row in await tx.fetch(ASIDE_SQL, household_id):
        members[row["kind"]].append(Member(row["person_id"], read_range(row["during"])))
    await tx.execute(REMOVE_ARCHIVE_SQL, household_id)
    await tx.execute(ARCHIVE_SQL, household_id, None)
    return members


ASK_SQL = """
update household_archives r set asked_at = coalesce(r.asked_at, $3), asked_by = coalesce(r.asked_by, $2)
from household_archives old join households h on h.household_id = old.household_id
where r.household_id = $1 and old.household_id = $1 and exists (
    select from archived_members m where m.household_id = $1 and m.person_id = $2 and m.during @> $4::date)
returning h.household_id, h.reference, h.archived_on, r.asked_at, old.asked_at is null as is_first
"""


async def note_asked(tx: Transaction, household_id: UUID, adult_id: UUID, at: datetime, today: date) -> Row | None:
    """Write that an adult of a file that is put aside asks for it; None when it is none of theirs. Held by its household's lock."""
    return await tx.fetchrow(ASK_SQL, household_id, adult_id, at, today)


KEEP_ENROLLMENT_SQL = """
insert into household_enrollments (enrollment_id, household_id, child_id, starts_on, ends_on) values ($1, $2, $3, $4, $5)
on conflict (enrollment_id) do update set starts_on = excluded.starts_on, ends_on = excluded.ends_on
"""

FORGET_ENROLLMENT_SQL = "delete from household_enrollments where enrollment_id = $1"


async def keep_enrollment(
    tx: Transaction, enrollment_id: UUID, whose: tuple[UUID, UUID], days: tuple[date, date] | None
) -> None:
    """Note the first and last day of an enrollment of a household and a child of it; None where it never was."""
    if days is None:
        await tx.execute(FORGET_ENROLLMENT_SQL, enrollment_id)
    else:
        await tx.execute(KEEP_ENROLLMENT_SQL, enrollment_id, *whose, *days)


KEEP_INVOICE_SQL = """
insert into unpaid_invoices (invoice_id, household_id, unpaid_cents) values ($1, $2, $3) on conflict (invoice_id) do nothing
"""

FORGET_INVOICE_SQL = "delete from unpaid_invoices where invoice_id = $1"

KEEP_ACTIVITY_SQL = """
insert into household_activity as known (household_id, last_on) values ($1, $2)
on conflict (household_id) do update set last_on = greatest(known.last_on, excluded.last_on)
"""


async def keep_invoice(tx: Transaction, invoice_id: UUID, household_id: UUID, on: date, unpaid_cents: Cents) -> None:
    """Note what of an invoice waits to be paid, or that nothing does."""
    if unpaid_cents > 0:
        await tx.execute(KEEP_INVOICE_SQL, invoice_id, household_id, unpaid_cents)
    else:
        await tx.execute(FORGET_INVOICE_SQL, invoice_id)
    await tx.execute(KEEP_ACTIVITY_SQL, household_id, on)


# `last_on`: the last day on which the file was written, before it was put aside, money was asked or paid, or an enrollment lasted. `homes` counts the children who live there and
# belong to another file that is in use: some of their days are this one's to pay.
STANDINGS_SQL = """
select h.household_id, h.reference, h.archived_on, r.reason, r.asked_at,
       coalesce(h.legal_name, p.first_name || ' ' || p.last_name, '') as payer_name,
       (select count(*) from household_enrollments e where e.household_id = h.household_id and e.ends_on >= $2) as enrollments,
       (select max(e.ends_on) from household_enrollments e where e.household_id = h.household_id) as enrolled_until,
       (select count(*) from household_enrollments e
        where e.household_id = h.household_id and e.ends_on < $2 and e.ends_on > $3) as recent,
       (select count(*) from unpaid_invoices i where i.household_id = h.household_id) as invoices,
       (select count(*) from person_changes c where c.household_id = h.household_id and c.status = 'waiting') as changes,
       (select count(distinct m.person_id)
        from household_members m
        join household_members other on other.person_id = m.person_id and other.household_id <> m.household_id
        join residences s on s.child_id = m.person_id
        where m.household_id = h.household_id and m.kind = 'child' and not m.during << daterange($2, $2, '[]')
          and not other.during << daterange($2, $2, '[]') and not s.during << daterange($2, $2, '[]')
          and h.household_id = any(s.household_ids)) as homes,
       (select count(distinct m.person_id) from household_members m
        where m.household_id = h.household_id and lower(m.during) >= $2) as newcomers,
       (select count(*) from delegations d where d.household_id = h.household_id and d.ending is null) as delegations,
       greatest(coalesce(r.last_active_on, h.changed_on), (h.created_at at time zone 'utc')::date, a.last_on, (
           select max(e.ends_on) from household_enrollments e where e.household_id = h.household_id)) as last_on,
       array(select q.first_name || ' ' || q.last_name
             from shown_members m join adults q on q.adult_id = m.person_id
             where m.household_id = h.household_id and not m.during << daterange($2, $2, '[]')
             order by m.position) as adult_names
from households h
left join adults p on p.adult_id = h.payer_adult_id
left join household_archives r on r.household_id = h.household_id
left join household_activity a on a.household_id = h.household_id
where h.household_id = any($1::uuid[]) order by h.household_id
"""


async def standings(db: Queries, household_ids: Collection[UUID], today: date, quiet_since: date) -> list[Row]:
    """What keeps these files in use, or that they are put aside; what is decided on it needs their locks. An enrollment that ended after `quiet_since` may have days
    that are not invoiced yet."""
    return await db.fetch(STANDINGS_SQL, list(household_ids), today, quiet_since)
