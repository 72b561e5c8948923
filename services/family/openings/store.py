"""Storage of openings: what the files say of the people of new ones, and the new files, all of them in each statement."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from chassis.collation import Collation
from chassis.data.database import Queries, Transaction
from chassis.data.ranges import stored_range

from ..households.domain import HouseholdFile, KnownFiles
from ..households.store import known_organizations, verify_addresses
from ..people.domain import comparable_email, name_key
from ..people.store import known_adults, take_turns
from ..search.domain import list_key, marks_of

NEXT_NUMBERS_SQL = """
insert into household_numbers as n (series, last_number) values ('F', $1)
on conflict (series) do update set last_number = n.last_number + excluded.last_number returning last_number
"""


async def next_references(tx: Transaction, count: int) -> list[str]:
    """So many references that no file ever had, such as `F-000123`. Other openings wait until this one commits, or gives them back."""
    if not count:
        return []
    last = await tx.fetchval(NEXT_NUMBERS_SQL, count)
    return [f"F-{number:06d}" for number in range(last - count + 1, last + 1)]


TWINS_SQL = """
select distinct on (x.position) x.position, h.reference
from unnest($1::int[], $2::text[], $3::text[], $4::date[]) as x(position, adult_key, child_key, birth_on)
join adults a on a.name_key = x.adult_key
join household_members am on am.person_id = a.adult_id and am.kind = 'adult'
join households h on h.household_id = am.household_id
join household_members cm on cm.household_id = h.household_id and cm.kind = 'child'
join children c on c.child_id = cm.person_id and c.name_key = x.child_key and c.birth_on = x.birth_on
where h.merged_into is null
order by x.position, h.created_at, h.household_id
"""


async def twins(db: Queries, drafts: Sequence[HouseholdFile]) -> dict[int, str]:
    """The reference of a file where the same adult has the same child already, by the position of a draft."""
    pairs = [
        (position, name_key(adult), name_key(child), child.birth_on)
        for position, draft in enumerate(drafts)
        for adult in draft.adults
        for child in draft.children
    ]
    columns = [list(column) for column in zip(*pairs, strict=True)]
    return {row["position"]: row["reference"] for row in await db.fetch(TWINS_SQL, *columns)} if pairs else {}


async def known_files(tx: Transaction, drafts: Sequence[HouseholdFile]) -> list[KnownFiles]:
    """What the files say about the people of each of these new ones; other openings that name one of their adults wait for this one."""
    await take_turns(tx, [key for draft in drafts for key in _turns_of(draft)])
    reference = await twins(tx, drafts)
    adults = await known_adults(tx, [adult for draft in drafts for adult in draft.adults])
    return [
        KnownFiles(
            {adult.adult_id: adults[adult.adult_id] for adult in draft.adults if adult.adult_id in adults},
            reference.get(position),
            await known_organizations(tx, draft.organization, draft.household_id),
        )
        for position, draft in enumerate(drafts)
    ]


def _turns_of(draft: HouseholdFile) -> Iterator[str]:
    for adult in draft.adults:
        yield name_key(adult)
        if adult.email:
            yield comparable_email(adult.email)
    if draft.organization:
        yield from draft.organization.numbers.values()


# Lines of an address and marks hold no end of a line.
ADD_FILES_SQL = """
insert into households
    (household_id, reference, address_lines, postal_code, city, country, kind, legal_name, siret, rna, payer_key, payer_adult_id,
     search_marks, created_at, created_by)
select household_id, reference, string_to_array(address_lines, E'\\n'), postal_code, city, country, kind, legal_name, siret, rna,
       payer_key, payer_adult_id, array_to_tsvector(string_to_array(marks, E'\\n')), created_at, $14
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
            $11::text[], $12::uuid[], $13::text[], $15::timestamptz[])
    as f(household_id, reference, address_lines, postal_code, city, country, kind, legal_name, siret, rna, payer_key, payer_adult_id,
         marks, created_at)
"""

ADD_FILE_MEMBERS_SQL = """
insert into household_members (household_id, person_id, kind, position, during)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::smallint[], $5::daterange[])
"""

ADD_FILE_PAYERS_SQL = """
insert into household_payers (household_id, adult_id, during) select * from unnest($1::uuid[], $2::uuid[], $3::daterange[])
"""


async def add_files(tx: Transaction, files: Collection[HouseholdFile], by: UUID, today: date) -> None:
    """Store new files whose people are stored already, with the marks by which they are found."""
    values = [_file_values(file, today, tx.collation) for file in files]
    columns = [list(column) for column in zip(*values, strict=True)]
    if not columns:
        return
    await tx.execute(ADD_FILES_SQL, *columns, by, [file.created_at for file in files])
    await verify_addresses(tx, {file.household_id: file.address for file in files})
    members = [
        (file.household_id, member.person_id, kind, position, stored_range(member.during))
        for file in files
        for position, (kind, member) in enumerate(
            [("adult", member) for member in file.adult_members] + [("child", member) for member in file.child_members],
            start=1,
        )
    ]
    await tx.execute(ADD_FILE_MEMBERS_SQL, *map(list, zip(*members, strict=True)))
    payers = [(file.household_id, item.value, stored_range(item.during)) for file in files for item in file.payers]
    await tx.execute(ADD_FILE_PAYERS_SQL, *map(list, zip(*payers, strict=True)))


def _file_values(file: HouseholdFile, today: date, collation: Collation) -> tuple[Any, ...]:
    whose, payer, address = file.organization, file.payer_on(today), file.address
    return (
        file.household_id,
        file.reference,
        *(("\n".join(address.lines), address.postal_code, address.city, address.country) if address else (None,) * 4),
        file.kind,
        *((whose.legal_name, whose.siret, whose.rna) if whose else (None, None, None)),
        list_key(file, today, collation),
        payer.adult_id if payer else None,
        "\n".join(marks_of(file)),
    )
