"""The rows that a merge writes, as they stand now and as they stood before.

A merge is not undone backwards: rows are put back as they were, for as long as they are still as the merge left them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from chassis.data.database import Queries, Transaction
from contracts.family.merging import MergedPart


@dataclass(frozen=True, slots=True)
class Written:
    """Whose rows a merge writes: those of both files and of all their children, those about the care and the school of children who are one, contacts of
    adults, and the address and quotients of the file that is kept where they become those of the other."""

    household_ids: tuple[UUID, ...]
    child_ids: tuple[UUID, ...]
    cared_ids: tuple[UUID, ...]
    adult_ids: tuple[UUID, ...]
    address_of: tuple[UUID, ...]
    quotients_of: tuple[UUID, ...]

    @property
    def keys(self) -> tuple[list[UUID], ...]:
        """The parameters of `ROWS_SQL`."""
        ids = (self.household_ids, self.child_ids, self.cared_ids, self.adult_ids, self.address_of, self.quotients_of)
        return tuple(list(of) for of in ids)


PARTS: Final[Mapping[str, MergedPart]] = {
    "household_members": MergedPart.MEMBERS,
    "household_payers": MergedPart.PAYERS,
    "responsibilities": MergedPart.CUSTODY,
    "residences": MergedPart.CUSTODY,
    "home_swaps": MergedPart.CUSTODY,
    "health_files": MergedPart.CARE,
    "authorization_answers": MergedPart.CARE,
    "file_confirmations": MergedPart.CARE,
    "insurances": MergedPart.CARE,
    "entourage": MergedPart.CARE,
    "schoolings": MergedPart.SCHOOLING,
    "derogations": MergedPart.SCHOOLING,
    "imported_households": MergedPart.IMPORTS,
    "imported_children": MergedPart.IMPORTS,
    "adults": MergedPart.CONTACTS,
    "households": MergedPart.ADDRESS,
    "quotients": MergedPart.QUOTIENTS,
}
"""The tables that a merge writes, and how what changed there is called."""

ROWS_SQL = """
with written as (
    select 'household_members' as name, to_jsonb(t) as row from household_members t where t.household_id = any($1::uuid[])
    union all select 'household_payers', to_jsonb(t) from household_payers t where t.household_id = any($1::uuid[])
    union all select 'imported_households', to_jsonb(t) from imported_households t where t.household_id = any($1::uuid[])
    union all select 'responsibilities', to_jsonb(t) from responsibilities t where t.child_id = any($2::uuid[])
    union all select 'residences', to_jsonb(t) from residences t where t.child_id = any($2::uuid[])
    union all select 'home_swaps', to_jsonb(t) from home_swaps t where t.child_id = any($2::uuid[])
    union all select 'health_files', to_jsonb(t) from health_files t where t.child_id = any($3::uuid[])
    union all select 'authorization_answers', to_jsonb(t) from authorization_answers t where t.child_id = any($3::uuid[])
    union all select 'file_confirmations', to_jsonb(t) from file_confirmations t where t.child_id = any($3::uuid[])
    union all select 'insurances', to_jsonb(t) from insurances t where t.child_id = any($3::uuid[])
    union all select 'entourage', to_jsonb(t) from entourage t where t.child_id = any($3::uuid[])
    union all select 'schoolings', to_jsonb(t) from schoolings t where t.child_id = any($3::uuid[])
    union all select 'derogations', to_jsonb(t) from derogations t where t.child_id = any($3::uuid[])
    union all select 'imported_children', to_jsonb(t) from imported_children t where t.child_id = any($3::uuid[])
    union all
    select 'adults', jsonb_build_object('adult_id', adult_id, 'email', email, 'phone', phone, 'is_invited', is_invited)
    from adults where adult_id = any($4::uuid[])
    union all
    select 'households', jsonb_build_object('household_id', household_id, 'address_lines', address_lines,
        'postal_code', postal_code, 'city', city, 'country', country)
    from households where household_id = any($5::uuid[])
    union all
    select 'quotients', to_jsonb(t) from quotients t where t.household_id = any($6::uuid[]) and t.replaced_at is null
)
select name, jsonb_agg(row order by row::text) as rows from written group by name
"""

Rows = dict[str, list[dict[str, Any]]]


async def rows_of(db: Queries, written: Written) -> Rows:
    """The rows of each table that a merge writes, as they are now."""
    return {row["name"]: row["rows"] for row in await db.fetch(ROWS_SQL, *written.keys)}


REMOVE_SQL = """
with
    a as (delete from household_members where household_id = any($1::uuid[])),
    b as (delete from household_payers where household_id = any($1::uuid[])),
    c as (delete from imported_households where household_id = any($1::uuid[])),
    d as (delete from responsibilities where child_id = any($2::uuid[])),
    e as (delete from residences where child_id = any($2::uuid[])),
    f as (delete from home_swaps where child_id = any($2::uuid[])),
    g as (delete from health_files where child_id = any($3::uuid[])),
    h as (delete from authorization_answers where child_id = any($3::uuid[])),
    i as (delete from file_confirmations where child_id = any($3::uuid[])),
    j as (delete from entourage where child_id = any($3::uuid[])),
    n as (delete from insurances where child_id = any($3::uuid[])),
    k as (delete from schoolings where child_id = any($3::uuid[])),
    l as (delete from derogations where child_id = any($3::uuid[])),
    m as (delete from imported_children where child_id = any($3::uuid[]))
select
"""

INSERT_SQL = """
with
    a as (insert into household_members select * from jsonb_populate_recordset(null::household_members, $1::jsonb -> 'household_members')),
    b as (insert into household_payers select * from jsonb_populate_recordset(null::household_payers, $1::jsonb -> 'household_payers')),
    c as (insert into imported_households select * from jsonb_populate_recordset(null::imported_households, $1::jsonb -> 'imported_households')),
    d as (insert into responsibilities select * from jsonb_populate_recordset(null::responsibilities, $1::jsonb -> 'responsibilities')),
    e as (insert into residences select * from jsonb_populate_recordset(null::residences, $1::jsonb -> 'residences')),
    f as (insert into home_swaps select * from jsonb_populate_recordset(null::home_swaps, $1::jsonb -> 'home_swaps')),
    g as (insert into health_files select * from jsonb_populate_recordset(null::health_files, $1::jsonb -> 'health_files')),
    h as (insert into authorization_answers select * from jsonb_populate_recordset(null::authorization_answers, $1::jsonb -> 'authorization_answers')),
    i as (insert into file_confirmations select * from jsonb_populate_recordset(null::file_confirmations, $1::jsonb -> 'file_confirmations')),
    j as (insert into entourage select * from jsonb_populate_recordset(null::entourage, $1::jsonb -> 'entourage')),
    n as (insert into insurances select * from jsonb_populate_recordset(null::insurances, $1::jsonb -> 'insurances')),
    k as (insert into schoolings select * from jsonb_populate_recordset(null::schoolings, $1::jsonb -> 'schoolings')),
    l as (insert into derogations select * from jsonb_populate_recordset(null::derogations, $1::jsonb -> 'derogations')),
    m as (insert into imported_children select * from jsonb_populate_recordset(null::imported_children, $1::jsonb -> 'imported_children'))
select
"""


async def put_back(tx: Transaction, written: Written, before: Rows) -> None:
    """Write the rows of both files, of custody, of care and of school as they stood before a merge."""
    await tx.execute(REMOVE_SQL, *written.keys[:3])
    await tx.execute(INSERT_SQL, before)


REOPEN_QUOTIENTS_SQL = """
update quotients set replaced_at = case when quotient_id = any($2::uuid[]) then null else $3::timestamptz end
where household_id = $1 and ((replaced_at is null) <> (quotient_id = any($2::uuid[])))
"""


async def reopen_quotients(tx: Transaction, household_id: UUID, counting: Collection[UUID]) -> None:
    """Have these quotients of a household count, and those that counted instead no more."""
    await tx.execute(REOPEN_QUOTIENTS_SQL, household_id, list(counting), await tx.now())
