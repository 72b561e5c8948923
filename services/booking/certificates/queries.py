"""What can be certified of the children of a household, and what was.

An agent of some sites sees a part of what a child has: certificates, which speak of all of it, are for agents who work everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis.access import reach_of, reaching, sites_of
from chassis.actor import Actor
from chassis.data.database import Database, Queries
from chassis.documents import shelf
from chassis.refusal import NotFound
from contracts.certificates import CertificateKind, CertificateOffer, Certificates, CertifiedPeriod
from contracts.http import File

from ..access import FILED, HOUSEHOLD, reads
from ..catalog.domain import SCHOOL_YEAR_MONTH
from ..directory.queries import household_for
from ..errors import EnrolledNowhere, NeverPresent
from .domain import Child, Place, Presence


@dataclass(frozen=True, slots=True)
class Subject:
    """A child of a household, for which an actor asks."""

    household_id: UUID
    child_id: UUID
    child: Child


CHILDREN_SQL = reaching(
    """
select m.household_id, m.child_id, c.first_name, c.last_name, c.birth_on, array(
    select distinct year from enrollments e
    cross join lateral generate_series(
        extract(year from lower(e.days) - interval '8 months')::int, extract(year from upper(e.days) - 1 - interval '8 months')::int) year
    where e.child_id = m.child_id and e.household_id = m.household_id and e.status in ('validated', 'ended') and e.decided_at is not null
    order by year desc) as years, array(
    select distinct extract(year from r.service_on - interval '8 months')::int from bookings b
    join attendance_records r on r.booking_id = b.id and r.service_on = b.service_on
    where b.household_id = m.household_id and b.child_id = m.child_id and r.mark = 'present'
    union select distinct extract(year from r.service_on - interval '8 months')::int from attendances s
    join attendance_records r on r.slot_id = s.slot_id and r.service_on = s.service_on and r.child_id = s.child_id
    where s.child_id = m.child_id and s.mark = 'unbooked' and r.household_id = m.household_id and r.mark = 'unbooked'
    order by 1 desc) as present_years
from household_children m join child_records c using (child_id)
where m.household_id = $4 and ($5::uuid is null or m.child_id = $5) and {is_read} order by c.birth_on, m.child_id
""",
    is_read=reads("m.child_id", "m.household_id"),
)

LIST_SQL = shelf.list_statement(FILED, reads("d.child_id", "d.file_id"))


async def certificates(db: Database, actor: Actor, household_id: UUID | None = None) -> Certificates:
    """What can be certified of the children of a household, and what was. Raises NotFound, Invalid, HouseholdAmbiguous."""
    known_id = await _household(db, actor, household_id)
    reach = reach_of(actor, await db.today())
    children = await db.fetch(CHILDREN_SQL, *reach, known_id, None)
    issued = await shelf.issued(db, actor, LIST_SQL, known_id)
    offers = [
        _offer(kind, row, row[years], reason)
        for row in children
        for kind, years, reason in (
            (CertificateKind.REGISTRATION, "years", EnrolledNowhere.code()),
            (CertificateKind.PRESENCE, "present_years", NeverPresent.code()),
        )
    ]
    return Certificates(household_id=known_id, offers=tuple(offers), issued=issued)


async def _household(db: Database, actor: Actor, household_id: UUID | None) -> UUID:
    if sites_of(actor) is not None:
        raise NotFound
    return await household_for(db, actor, household_id)


def _offer(kind: CertificateKind, row: Any, years: Sequence[int], reason: str) -> CertificateOffer:
    return CertificateOffer(
        kind=kind,
        child_id=row["child_id"],
        name=f"{row['first_name']} {row['last_name']}",
        periods=tuple(map(period_of, years)),
        reason=None if years else reason,
    )


def period_of(first_year: int) -> CertifiedPeriod:
    """A school year, by the year in which it begins."""
    starts_on = date(first_year, SCHOOL_YEAR_MONTH, 1)
    return CertifiedPeriod(from_on=starts_on, to_on=date(first_year + 1, SCHOOL_YEAR_MONTH - 1, 31))


async def subject_for(db: Database, actor: Actor, household_id: UUID | None, child_id: UUID) -> Subject:
    """A child whose days the actor reads in a household. Raises NotFound, Invalid, HouseholdAmbiguous."""
    known_id = await _household(db, actor, household_id)
    row = await db.fetchrow(CHILDREN_SQL, *reach_of(actor, await db.today()), known_id, child_id)
    if row is None:
        raise NotFound
    return Subject(known_id, child_id, Child(row["first_name"], row["last_name"], row["birth_on"]))


FILE_SQL = shelf.file_statement(HOUSEHOLD.of("d.file_id"), reads("d.child_id", "d.file_id"))


async def certificate_file(db: Database, actor: Actor, certificate_id: UUID) -> File:
    """A certificate as it was issued. Raises NotFound."""
    if sites_of(actor) is not None:
        raise NotFound
    return await shelf.copy_of(db, actor, FILE_SQL, certificate_id)


PLACES_SQL = """
select a.label as activity_label, s.label as site_label, lower(p.during) as starts_on, upper(p.during) - 1 as ends_on,
       case when exists (
           select from groups other where other.activity_id = g.activity_id and other.site_code = g.site_code and other.id <> g.id
       ) then g.label end as group_label
from enrollments e
join activities a on a.id = e.activity_id
join placements p on p.enrollment_id = e.id
join groups g on g.id = p.group_id
join sites s on s.code = g.site_code
where e.child_id = $1 and e.household_id = $2 and e.status in ('validated', 'ended') and e.decided_at is not null
  and p.during && daterange($3, $4, '[]')
order by a.label, lower(p.during), p.id
"""


async def places(db: Queries, subject: Subject, from_on: date, to_on: date) -> list[Place]:
    """Where a child is enrolled for a household on some of these days, by a decision that stands."""
    rows = await db.fetch(PLACES_SQL, subject.child_id, subject.household_id, from_on, to_on)
    return [Place(**row) for row in rows]


PRESENCES_SQL = """
select r.service_on, a.label as activity_label, u.starts_at, u.ends_at, r.arrived_at, r.left_at
from attendance_records r
join slots s on s.id = r.slot_id
join activities a on a.id = s.activity_id
join units u on u.activity_id = s.activity_id and u.code = s.unit_code
where r.child_id = $1 and r.household_id = $2 and r.service_on between $3 and $4 and r.mark in ('present', 'unbooked')
order by r.service_on, u.starts_at, r.attendance_id
"""


async def presences(db: Queries, subject: Subject, from_on: date, to_on: date) -> list[Presence]:
    """When a child was there for a household, by the sheets that were closed."""
    rows = await db.fetch(PRESENCES_SQL, subject.child_id, subject.household_id, from_on, to_on)
    return [Presence(**row) for row in rows]
