"""What agents and guardians read of household files."""

from datetime import date
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.comparing import comparable, stored_key
from chassis.data.database import Database, Queries
from chassis.data.paging import page_of, read_cursor
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.family.models import Household, HouseholdSummary
from contracts.http import Page
from contracts.types import ActorKind

from ..access import HOUSEHOLD

WORDS_MAX = 8

READ_HOUSEHOLD_SQL = """
select h.household_id, h.reference, h.payer_guardian_id, h.created_at,
       jsonb_build_object('lines', h.address_lines, 'postal_code', h.postal_code, 'city', h.city) as address,
       (select jsonb_agg(jsonb_build_object(
            'guardian_id', g.guardian_id, 'civility', g.civility, 'first_name', g.first_name,
            'last_name', g.last_name, 'email', g.email, 'phone', g.phone, 'is_invited', g.is_invited
        ) order by g.position) from guardians g where g.household_id = h.household_id) as guardians,
       (select jsonb_agg(jsonb_build_object(
            'child_id', c.child_id, 'first_name', c.first_name, 'last_name', c.last_name, 'birth_on', c.birth_on
        ) order by c.position) from children c where c.household_id = h.household_id) as children,
       (select jsonb_build_object('value_cents', q.value_cents, 'effective_on', q.effective_on, 'source', q.source)
        from quotients q
        where q.household_id = h.household_id and q.replaced_at is null and q.effective_on <= $2
        order by q.effective_on desc limit 1) as quotient
from households h where h.household_id = $1
"""


async def read_household(db: Queries, household_id: UUID, today: date) -> Household:
    """A household with the quotient that counts today. Raises NotFound."""
    row = await db.fetchrow(READ_HOUSEHOLD_SQL, household_id, today)
    if row is None:
        raise NotFound
    return Household.model_validate(dict(row))


async def household_for(db: Queries, actor: Actor, household_id: UUID, today: date) -> Household:
    """A household as its guardians and entitled agents see it; for other guardians there is none."""
    return await read_household(db, await household_id_for(db, actor, household_id, today), today)


REACHES_HOUSEHOLD_SQL = reaching(" select {is_reached}", is_reached=HOUSEHOLD.of("$4::uuid"))


OWN_HOUSEHOLD_SQL = reaching(
    """
select household_id from guardians g join actor using (guardian_id) where {is_reached}
""",
    is_reached=HOUSEHOLD.of("g.household_id"),
)


async def own_household(db: Queries, actor: Actor, today: date) -> Household:
    """The household of the guardian who asks. Raises NotFound when their file is gone."""
    actor.require_guardian()
    return await read_household(db, await household_id_for(db, actor, None, today), today)


async def household_id_for(db: Queries, actor: Actor, household_id: UUID | None, today: date) -> UUID:
    """The household that a request is about: the one named, a guardian's own by default.

    Raises:
        NotFound: it is not this guardian's, or they have none.
        Invalid: an agent named none.
    """
    if household_id is None and actor.kind is not ActorKind.PARENT:
        raise Invalid(FieldRefusal("/household_id", "missing"))
    if household_id is None:
        household_id = await db.fetchval(OWN_HOUSEHOLD_SQL, *reach_of(actor, today))
    elif not await db.fetchval(REACHES_HOUSEHOLD_SQL, *reach_of(actor, today), household_id):
        raise NotFound
    if household_id is None:
        raise NotFound
    return household_id


FIND_HOUSEHOLDS_SQL = """
select h.household_id, h.reference, h.payer_key, h.city, h.created_at,
       g.first_name || ' ' || g.last_name as payer_name, g.email,
       (select array_agg(c.first_name || ' ' || c.last_name order by c.position)
        from children c where c.household_id = h.household_id) as children
from households h join guardians g on g.guardian_id = h.payer_guardian_id
where ($1 = '' or h.search_words @@ $1::text::tsquery) and (h.payer_key, h.household_id) > ($2, $3::uuid)
order by h.payer_key, h.household_id limit $4
"""


async def find_households(db: Database, search: str, cursor: str | None, limit: int) -> Page[HouseholdSummary]:
    """Files in which every word of `search` begins some word (a name, an address, a reference), by the payer's name."""
    words = comparable(search).split()[:WORDS_MAX]
    query = " & ".join(f"'{word}':*" for word in words)
    if search.strip() and not words:
        return Page(items=())
    after_name, after_id = read_cursor(cursor, _key, UUID) if cursor else ("", UUID(int=0))
    rows = await db.fetch(FIND_HOUSEHOLDS_SQL, query, after_name, after_id, limit + 1)
    summaries = [
        HouseholdSummary.model_validate({name: row[name] for name in HouseholdSummary.model_fields}) for row in rows
    ]
    keys = {row["household_id"]: row["payer_key"] for row in rows}
    return page_of(summaries, lambda file: (keys[file.household_id], file.household_id), limit)


def _key(text: str) -> str:
    """The sort key of a cursor. Nobody but us makes any, and what is none of ours is read as some key, never as a fault."""
    last_name, _, first_name = text.partition("  ")
    return stored_key(first_name, last_name)
