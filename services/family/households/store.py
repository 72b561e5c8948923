"""Storage of household files: locked before anything of theirs changes, loaded whole, published whole."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.data.ranges import read_range, stored_range
from chassis.refusal import NotFound
from chassis.timeline import Timeline
from contracts.family.events import FileMerged, HouseholdKind

from ..addresses.store import Typed, verify
from ..errors import HouseholdArchived, HouseholdMerged
from ..organizations.domain import Organization
from ..people.store import ADULT_COLUMNS, adult_of, load_adult, load_children, save_contact, take_turns
from ..search.domain import list_key, marks_of
from .domain import Address, HouseholdFile, Member

LOCK_HOUSEHOLDS_SQL = """
select household_id from households where household_id = any($1::uuid[]) order by household_id for no key update
"""


async def lock_households(tx: Transaction, household_ids: Collection[UUID]) -> list[UUID]:
    """Hold those of these households that there are until the transaction ends, in the order of their ids."""
    return [row["household_id"] for row in await tx.fetch(LOCK_HOUSEHOLDS_SQL, list(household_ids))]


MERGED_INTO_SQL = """
select k.reference from households h join households k on k.household_id = h.merged_into where h.household_id = $1
"""


async def lock_household(tx: Transaction, household_id: UUID) -> bool:
    """Hold a household, to change what its file says, until the transaction ends; False when there is none. Raises HouseholdMerged."""
    if not await lock_households(tx, [household_id]):
        return False
    if (reference := await tx.fetchval(MERGED_INTO_SQL, household_id)) is not None:
        raise HouseholdMerged(reference=reference)
    return True


KNOWN_ORGANIZATIONS_SQL = """
select n.number, h.reference from unnest($1::text[]) as n(number)
join households h on h.siret = n.number or h.rna = n.number
where h.household_id <> $2
"""


async def known_organizations(tx: Transaction, organization: Organization | None, household_id: UUID) -> dict[str, str]:
    """The file of each of an organization's numbers that is another's already; others who would use them wait."""
    if organization is None:
        return {}
    numbers = list(organization.numbers.values())
    await take_turns(tx, numbers)
    rows = await tx.fetch(KNOWN_ORGANIZATIONS_SQL, numbers, household_id)
    return {row["number"]: row["reference"] for row in rows}


SAVE_KIND_SQL = "update households set kind = $2, legal_name = $3, siret = $4, rna = $5 where household_id = $1"


async def save_kind(tx: Transaction, file: HouseholdFile) -> None:
    """Write what a file is of."""
    whose = file.organization
    numbers = (whose.legal_name, whose.siret, whose.rna) if whose else (None, None, None)
    await tx.execute(SAVE_KIND_SQL, file.household_id, file.kind, *numbers)


REMOVE_MEMBERS_SQL = "delete from household_members where household_id = $1"

ADD_MEMBERS_SQL = """
insert into household_members (household_id, person_id, kind, position, during)
select $1, m.person_id, p.kind, m.position, m.during
from unnest($2::uuid[], $3::daterange[]) with ordinality as m(person_id, during, position)
join persons p on p.person_id = m.person_id
"""


async def save_members(tx: Transaction, file: HouseholdFile) -> None:
    """Write who belongs to a household, in the order of the file."""
    members = (*file.adult_members, *file.child_members)
    await tx.execute(REMOVE_MEMBERS_SQL, file.household_id)
    await tx.execute(
        ADD_MEMBERS_SQL,
        file.household_id,
        [member.person_id for member in members],
        [stored_range(member.during) for member in members],
    )


REMOVE_PAYERS_SQL = "delete from household_payers where household_id = $1"

ADD_PAYERS_SQL = """
insert into household_payers (household_id, adult_id, during) select $1, unnest($2::uuid[]), unnest($3::daterange[])
"""


async def save_payers(tx: Transaction, file: HouseholdFile) -> None:
    """Write who pays for a household's days."""
    await tx.execute(REMOVE_PAYERS_SQL, file.household_id)
    await tx.execute(
        ADD_PAYERS_SQL,
        file.household_id,
        [item.value for item in file.payers],
        [stored_range(item.during) for item in file.payers],
    )


FILE_SQL = """
select h.household_id, h.reference, h.address_lines, h.postal_code, h.city, h.country, h.created_at, h.kind, h.legal_name, h.siret, h.rna, h.archived_on,
       array(select f.reference from households f where f.merged_into = h.household_id order by f.reference) as merged_references,
       array(select i.household_key from imported_households i where i.household_id = h.household_id order by 1)
           || array(select i.child_key from shown_members m join imported_children i on i.child_id = m.person_id
                    where m.household_id = h.household_id group by i.child_key order by 1) as former_keys,
       (select jsonb_build_object('household_id', m.kept_id, 'reference', k.reference, 'last_on', m.last_on, 'merged_by', m.merged_by,
                                  'same_persons', m.same_persons)
        from household_merges m join households k on k.household_id = m.kept_id
        where m.former_id = h.household_id and m.undone_at is null) as merged
from households h where h.household_id = $1
"""

CHILDREN_SQL = """
select person_id from shown_members where household_id = $1 and kind = 'child' group by person_id order by min(position)
"""

MEMBERS_SQL = """
select person_id, kind, during from household_members where household_id = $1 order by position, lower(during)
"""

ADULTS_SQL = f"""
select {ADULT_COLUMNS}
from adults a
join (select person_id, min(position) as position from shown_members where household_id = $1 group by person_id) m
    on m.person_id = a.adult_id
order by m.position
"""  # noqa: S608 - it is put together from constants alone

PAYERS_SQL = "select adult_id, during from household_payers where household_id = $1"


async def load_file(db: Queries, household_id: UUID) -> HouseholdFile | None:
    """A household, whole; what is decided on it needs its lock. None when there is none."""
    row = await db.fetchrow(FILE_SQL, household_id)
    if row is None:
        return None
    rows = await db.fetch(MEMBERS_SQL, household_id)
    members = {
        kind: tuple(
            Member(member["person_id"], read_range(member["during"])) for member in rows if member["kind"] == kind
        )
        for kind in ("adult", "child")
    }
    adults = tuple(adult_of(adult) for adult in await db.fetch(ADULTS_SQL, household_id))
    child_ids = [child["person_id"] for child in await db.fetch(CHILDREN_SQL, household_id)]
    children = await load_children(db, child_ids)
    payers = await db.fetch(PAYERS_SQL, household_id)
    return HouseholdFile(
        household_id=household_id,
        reference=row["reference"],
        address=address_of(row),
        adults=adults,
        children=tuple(children[child_id] for child_id in child_ids),
        adult_members=members["adult"],
        child_members=members["child"],
        payers=Timeline.of((read_range(payer["during"]), payer["adult_id"]) for payer in payers),
        created_at=row["created_at"],
        organization=_organization(row),
        merged=FileMerged.model_validate(row["merged"]) if row["merged"] else None,
        merged_references=tuple(row["merged_references"]),
        former_keys=tuple(row["former_keys"]),
        archived_on=row["archived_on"],
    )


async def lock_in_use(tx: Transaction, household_id: UUID) -> HouseholdFile:
    """A household, held until the transaction ends. Raises NotFound, HouseholdArchived."""
    if not await lock_household(tx, household_id) or (file := await load_file(tx, household_id)) is None:
        raise NotFound
    if file.archived_on is not None:
        raise HouseholdArchived(reference=file.reference)
    return file


def _organization(row: Row) -> Organization | None:
    if row["legal_name"] is None:
        return None
    return Organization(HouseholdKind(row["kind"]), row["legal_name"], row["siret"], row["rna"])


def address_of(row: Row) -> Address | None:
    """The address in a row that holds its columns; None while it is protected (`protection/`)."""
    if row["address_lines"] is None:
        return None
    return Address(tuple(row["address_lines"]), row["postal_code"], row["city"], row["country"])


def _address_values(address: Address | None) -> tuple[object, ...]:
    return (address.lines, address.postal_code, address.city, address.country) if address else (None,) * 4


SAVE_ADDRESS_SQL = """
update households set address_lines = $2, postal_code = $3, city = $4, country = $5 where household_id = $1
"""


async def save_address(tx: Transaction, household_id: UUID, address: Address) -> None:
    """Write where a household lives."""
    await tx.execute(SAVE_ADDRESS_SQL, household_id, *_address_values(address))
    await verify_addresses(tx, {household_id: address})


async def verify_addresses(tx: Transaction, addresses: Mapping[UUID, Address | None]) -> None:
    """Look up in the copy of the address base where households live; of one abroad and of a protected one nothing is known there."""
    await verify(
        tx,
        {
            household_id: Typed(address.lines, address.postal_code, address.city)
            if address and address.country is None
            else None
            for household_id, address in addresses.items()
        },
    )


SAVE_KEYS_SQL = """
update households set payer_key = $2, search_marks = array_to_tsvector($3::text[]), next_turn_on = $4, payer_adult_id = $5,
    changed_on = $6
where household_id = $1
"""


async def publish(tx: Transaction, household_ids: Collection[UUID], today: date) -> None:
    """Publish households as they stand now, whatever of them has changed, with the marks by which they are found and the day on
    which they are to be published again."""
    for household_id in sorted(household_ids):
        file = await load_file(tx, household_id)
        if file is None:
            continue
        payer = file.payer_on(today)
        payer_id = payer.adult_id if payer else None
        turn_on = file.next_turn_on(today)
        await tx.execute(
            SAVE_KEYS_SQL, household_id, list_key(file, today, tx.collation), marks_of(file), turn_on, payer_id, today
        )
        tx.emit(file.state())


async def invite(tx: Transaction, adult_ids: Collection[UUID], today: date) -> None:
    """Have adults invited at the address that their files say, of whom nobody asked that yet."""
    for adult_id in sorted(adult_ids):
        household_ids = await lock_households(tx, await households_of_person(tx, adult_id))
        adult = await load_adult(tx, adult_id)
        if adult is not None and adult.email is not None and not adult.is_invited:
            await save_contact(tx, replace(adult, is_invited=True, revision=adult.revision + 1))
            await publish(tx, household_ids, today)


HOUSEHOLDS_OF_PERSON_SQL = "select distinct household_id from household_members where person_id = $1"


async def households_of_person(db: Queries, person_id: UUID) -> list[UUID]:
    """Every household that a person belongs to, belonged to or will."""
    return [row["household_id"] for row in await db.fetch(HOUSEHOLDS_OF_PERSON_SQL, person_id)]


TURNING_SQL = """
select household_id from households where next_turn_on <= $1 order by next_turn_on, household_id limit $2 for update skip locked
"""


async def take_turning(tx: Transaction, today: date, limit: int) -> list[UUID]:
    """Households to which somebody belongs, or for which somebody pays, since today or no longer, and whose state is older than that."""
    return [row["household_id"] for row in await tx.fetch(TURNING_SQL, today, limit)]
