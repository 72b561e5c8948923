"""How an adult is reached, as they and agents read it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Queries, Transaction
from chassis.refusal import NotFound
from contracts.family import models

from ..access import ADULT, HOUSEHOLD
from ..changes.store import is_waiting
from ..households.store import address_of
from ..people.store import ADULT_COLUMNS, adult_of
from ..settings import FamilyRules
from .domain import Contact, Home

REACHED_ADULT_SQL = reaching(
    "select {columns} from adults a where a.adult_id = $4 and {is_reached}",
    columns=ADULT_COLUMNS,
    is_reached=ADULT.of("a.adult_id"),
)

REACHED_HOMES_SQL = reaching(
    """
select h.household_id, h.reference, h.address_lines, h.postal_code, h.city, h.country
from households h
where {is_reached} and exists (
    select from household_members m
    where m.household_id = h.household_id and m.person_id = $4 and not m.during << daterange($3::date, $3::date, '[]'))
order by h.reference
""",
    is_reached=HOUSEHOLD.of("h.household_id"),
)


async def load_contact(db: Queries, actor: Actor, adult_id: UUID, today: date) -> Contact:
    """How an adult is reached. Raises NotFound: nobody has this id, or the actor has no business with them."""
    parameters = (*reach_of(actor, today), adult_id)
    row = await db.fetchrow(REACHED_ADULT_SQL, *parameters)
    if row is None:
        raise NotFound
    homes = tuple(
        Home(
            home["household_id"],
            home["reference"],
            address_of(home),
            is_protected=address_of(home) is None,
        )
        for home in await db.fetch(REACHED_HOMES_SQL, *parameters)
    )
    return Contact(adult_of(row), homes)


async def contact_for(db: Database | Transaction, actor: Actor, rules: FamilyRules, adult_id: UUID) -> Contact:
    """How an adult is reached, without what the town hides from whoever asks. Raises NotFound."""
    return replace(await load_contact(db, actor, adult_id, await db.today()), hidden=rules.hidden_from(actor))


async def answer(db: Queries, actor: Actor, rules: FamilyRules, contact: Contact) -> models.Contact:
    """A contact as it is answered, with what may be done about each field."""
    adult, is_hidden = contact.adult, "address" in contact.hidden
    return models.Contact(
        adult_id=adult.adult_id,
        civility=adult.civility,
        first_name=adult.first_name,
        last_name=adult.last_name,
        email=contact.shown("email"),
        phone=contact.shown("phone"),
        homes=tuple(
            models.ContactHome(
                household_id=home.household_id,
                reference=home.reference,
                address=home.address.state() if home.address and not home.is_protected and not is_hidden else None,
            )
            for home in contact.homes
        ),
        rules=dict(rules.contact_for(actor)),
        is_waiting=await is_waiting(db, adult.adult_id, is_contact=True),
        version=contact.version,
    )
