"""Storage of households: written whole when a file is opened, locked before anything of theirs changes."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from chassis.comparing import comparable_name, stored_key
from chassis.data.database import Transaction
from contracts.family.events import Guardian, HouseholdState

from .domain import KnownFiles, comparable_email, search_words

NEXT_REFERENCE_SQL = "select nextval('household_references')"


async def next_reference(tx: Transaction) -> str:
    """A reference that no file ever had, such as `F-000123`."""
    return f"F-{await tx.fetchval(NEXT_REFERENCE_SQL):06d}"


LOCK_HOUSEHOLD_SQL = "select true from households where household_id = $1 for update"


async def lock_household(tx: Transaction, household_id: UUID) -> bool:
    """Hold a household until the transaction ends; False when there is none."""
    return bool(await tx.fetchval(LOCK_HOUSEHOLD_SQL, household_id))


TAKE_TURN_SQL = "select pg_advisory_xact_lock(hashtextextended(person, 0)) from unnest($1::text[]) person"

INVITED_ADDRESSES_SQL = """
select g.email_key, h.reference from guardians g join households h using (household_id)
where g.is_invited and g.email_key = any($1::text[])
"""

TWIN_SQL = """
select h.reference from guardians g join households h using (household_id) join children c using (household_id)
where g.name_key = any($1::text[])
  and (c.name_key, c.birth_on) in (select * from unnest($2::text[], $3::date[]))
order by h.created_at limit 1
"""


async def known_files(tx: Transaction, draft: HouseholdState) -> KnownFiles:
    """What the files say about the people of a new one; other openings that name one of its adults wait for this one."""
    emails = [comparable_email(guardian.email) for guardian in draft.guardians if guardian.email]
    names = [_name_key(guardian) for guardian in draft.guardians]
    await tx.execute(TAKE_TURN_SQL, sorted({*emails, *names}))
    references: Mapping[str, str] = {
        row["email_key"]: row["reference"] for row in await tx.fetch(INVITED_ADDRESSES_SQL, emails)
    }
    child_names = [comparable_name(child.first_name, child.last_name) for child in draft.children]
    births: Sequence[date] = [child.birth_on for child in draft.children]
    return KnownFiles(references, await tx.fetchval(TWIN_SQL, names, child_names, births))


ADD_HOUSEHOLD_SQL = """
insert into households (household_id, reference, address_lines, postal_code, city, payer_guardian_id, payer_key,
                        search_words, created_at, created_by)
values ($1, $2, $3, $4, $5, $6, $7, array_to_tsvector($8::text[]), $9, $10)
"""

ADD_GUARDIANS_SQL = """
insert into guardians (guardian_id, household_id, position, civility, first_name, last_name, name_key, email,
                       email_key, phone, is_invited)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""

ADD_CHILDREN_SQL = """
insert into children (child_id, household_id, position, first_name, last_name, name_key, birth_on)
values ($1, $2, $3, $4, $5, $6, $7)
"""


async def add_household(tx: Transaction, state: HouseholdState, created_by: UUID) -> None:
    payer = next(guardian for guardian in state.guardians if guardian.guardian_id == state.payer_guardian_id)
    await tx.execute(
        ADD_HOUSEHOLD_SQL,
        state.household_id,
        state.reference,
        state.address.lines,
        state.address.postal_code,
        state.address.city,
        state.payer_guardian_id,
        stored_key(payer.first_name, payer.last_name),
        search_words(state),
        state.created_at,
        created_by,
    )
    for position, guardian in enumerate(state.guardians):
        await tx.execute(
            ADD_GUARDIANS_SQL,
            guardian.guardian_id,
            state.household_id,
            position,
            guardian.civility,
            guardian.first_name,
            guardian.last_name,
            _name_key(guardian),
            guardian.email,
            comparable_email(guardian.email) if guardian.email else None,
            guardian.phone,
            guardian.is_invited,
        )
    for position, child in enumerate(state.children):
        await tx.execute(
            ADD_CHILDREN_SQL,
            child.child_id,
            state.household_id,
            position,
            child.first_name,
            child.last_name,
            comparable_name(child.first_name, child.last_name),
            child.birth_on,
        )


def _name_key(guardian: Guardian) -> str:
    return comparable_name(guardian.first_name, guardian.last_name)
