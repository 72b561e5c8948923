"""What the copy of the address base says of a typed address, and which households it does not know."""

from uuid import UUID

from chassis.data.database import Queries
from chassis.data.paging import page_of, read_cursor, text_key
from contracts.family.addresses import (
    SUGGESTIONS_MAX,
    AddressBase,
    AddressBaseStatus,
    AddressMatch,
    AddressTyped,
    SuggestedAddress,
    UnverifiedAddress,
)
from contracts.http import PAGE_SIZE, Page

from .domain import best, spot_of
from .store import Typed, candidates, find_addresses, numbered


async def match_address(db: Queries, asked: AddressTyped) -> AddressMatch:
    """Whether the copy knows a typed address, and what is near otherwise: the same number in a street of nearly this name."""
    typed = Typed(tuple(line for line in (asked.street, asked.complement) if line), asked.postal_code, asked.city)
    if (await find_addresses(db, [typed]))[0] is not None:
        return AddressMatch(is_known=True)
    spot = spot_of(typed.lines)
    streets = best(spot, typed.postal_code, typed.city, await candidates(db, spot, typed.postal_code))
    near = await numbered(db, streets, spot)
    return AddressMatch(
        is_known=False,
        suggestions=tuple(
            SuggestedAddress(
                base_id=item.base_id, street=item.line, postal_code=item.street.postal_code, city=item.street.city
            )
            for item in near[:SUGGESTIONS_MAX]
        ),
    )


BASE_SQL = """
select b.label, b.loaded_at, b.street_count, b.address_count,
       (select count(*) from households where base_address_id is null and address_lines is not null and country is null
           and merged_into is null) as unverified_count
from address_bases b
"""


async def read_base(db: Queries) -> AddressBaseStatus:
    """From which file the copy was made."""
    row = await db.fetchrow(BASE_SQL)
    return AddressBaseStatus(base=AddressBase.model_validate(dict(row)) if row else None)


UNVERIFIED_SQL = """
select h.household_id, h.reference, h.payer_key, coalesce(h.legal_name, a.first_name || ' ' || a.last_name, '') as payer_name
from households h left join adults a on a.adult_id = h.payer_adult_id
where h.base_address_id is null and h.address_lines is not null and h.country is null and h.merged_into is null
  and exists (select from address_bases)
  and (h.payer_key, h.household_id) > ($1, $2::uuid)
order by h.payer_key, h.household_id limit $3
"""


async def list_unverified(db: Queries, cursor: str | None) -> Page[UnverifiedAddress]:
    """Households whose address is not in the copy; no protected one, which is compared with nothing. Raises Invalid."""
    after = read_cursor(cursor, text_key, UUID) if cursor else ("", UUID(int=0))
    rows = await db.fetch(UNVERIFIED_SQL, *after, PAGE_SIZE + 1)
    keys = {row["household_id"]: row["payer_key"] for row in rows}
    items = [
        UnverifiedAddress(household_id=row["household_id"], reference=row["reference"], payer_name=row["payer_name"])
        for row in rows
    ]
    return page_of(items, lambda item: (keys[item.household_id], item.household_id), PAGE_SIZE)
