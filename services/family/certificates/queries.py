"""Who belongs to a household, as a certificate for one of its adults says it, and the certificates that were issued."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from chassis.access import Reach, reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Queries
from chassis.documents import shelf
from chassis.refusal import NotFound
from contracts.certificates import CertificateKind, CertificateOffer, Certificates
from contracts.http import File

from ..access import FILED, HOUSEHOLD
from ..households.queries import household_id_for
from .domain import Member

# Whether a decision keeps a child from an adult on a day.
KEPT: Final = """exists (
    select from responsibilities r
    where r.child_id = {child} and r.adult_id = {adult} and r.during @> {today}
      and (r.role = 'forbidden_pickup' or r.role = 'guardian' and r.authority = 'none')
      and not exists (
          select from responsibilities other
          where other.child_id = r.child_id and other.adult_id = r.adult_id and other.during @> {today}
            and other.role in ('guardian', 'caretaker') and other.authority <> 'none'))"""

OPEN: Final = Reach(
    f"""actor.guardian_id is null or not exists (
    select from unnest({{id}}) as named (child_id)
    where {KEPT.format(child="named.child_id", adult="actor.guardian_id", today="actor.today")})"""
)
"""Of what names children: no adult from whom a decision keeps one of them today, whatever was so when it was issued."""

OWN: Final = Reach("actor.guardian_id is null or {id} = actor.guardian_id")
"""Of an adult: what the file says to one adult of a household is not what it says to another."""

IS_READ: Final = f"({OWN.of('d.adult_id')} and {OPEN.of('d.named_ids')})"
LIST_SQL = shelf.list_statement(FILED.format(id="$4"), IS_READ)

ADULTS_SQL = reaching(
    """
select a.adult_id, a.first_name || ' ' || a.last_name as name
from household_members m join adults a on a.adult_id = m.person_id
where m.household_id = $4 and m.during @> $3::date and {is_own} order by m.position
""",
    is_own=OWN.of("a.adult_id"),
)


async def certificates(db: Database, actor: Actor, household_id: UUID | None = None) -> Certificates:
    """For which adults a household can be certified, and the certificates that were issued. Raises NotFound, Invalid, HouseholdAmbiguous."""
    today = await db.today()
    known_id, reach = await household_id_for(db, actor, household_id, today), reach_of(actor, today)
    adults = await db.fetch(ADULTS_SQL, *reach, known_id)
    issued = await shelf.issued(db, actor, LIST_SQL, known_id)
    offers = [CertificateOffer(kind=CertificateKind.HOUSEHOLD, **dict(row)) for row in adults]
    return Certificates(household_id=known_id, offers=tuple(offers), issued=issued)


FILE_SQL = shelf.file_statement(HOUSEHOLD.of("d.file_id"), IS_READ)


async def certificate_file(db: Database, actor: Actor, certificate_id: UUID) -> File:
    """A certificate as it was issued. Raises NotFound."""
    return await shelf.copy_of(db, actor, FILE_SQL, certificate_id)


@dataclass(frozen=True, slots=True)
class Standing:
    """A household on a day: its reference, who belongs to it, who answers for each child, and the lines of its address, none while it is protected."""

    reference: str
    members: tuple[Member, ...]
    authority: dict[UUID, list[UUID]]
    address: tuple[str, ...]


HOUSEHOLD_SQL = """
select h.reference, case when h.address_lines is null then array[]::text[]
    else h.address_lines || (h.postal_code || ' ' || h.city) || array_remove(array[upper(h.country)], null) end as address,
    exists (
        select from household_members m where m.household_id = $1 and m.person_id = $2 and m.kind = 'adult' and m.during @> $3::date) as is_member
from households h where h.household_id = $1
"""

# A child whom a decision keeps from the adult is not told of; nor is one who is not born.
MEMBERS_SQL = f"""
select m.person_id, coalesce(a.first_name || ' ' || a.last_name, c.first_name || ' ' || c.last_name) as name, c.birth_on
from household_members m
left join adults a on a.adult_id = m.person_id
left join children c on c.child_id = m.person_id
where m.household_id = $1 and m.during @> $3::date and c.is_expected is not true
  and (c.child_id is null or not {KEPT.format(child="c.child_id", adult="$2", today="$3::date")})
order by m.position
"""  # noqa: S608 - it is put together from constants alone

AUTHORITY_SQL = """
select r.child_id, array_agg(r.adult_id order by r.adult_id) as adult_ids
from responsibilities r join household_members m on m.person_id = r.child_id
where m.household_id = $1 and m.during @> $2::date and r.during @> $2::date
  and r.role in ('guardian', 'caretaker') and r.authority <> 'none'
group by r.child_id
"""


async def standing_of(db: Queries, household_id: UUID, adult_id: UUID, today: date) -> Standing:
    """A household as its file tells it to one of its adults. Raises NotFound: they do not belong to it."""
    row = await db.fetchrow(HOUSEHOLD_SQL, household_id, adult_id, today)
    if row is None or not row["is_member"]:
        raise NotFound
    members = tuple(Member(**member) for member in await db.fetch(MEMBERS_SQL, household_id, adult_id, today))
    order = {member.person_id: place for place, member in enumerate(members)}
    authority = {
        item["child_id"]: sorted(item["adult_ids"], key=lambda adult: order.get(adult, len(order)))
        for item in await db.fetch(AUTHORITY_SQL, household_id, today)
    }
    return Standing(row["reference"], members, authority, tuple(row["address"]))
