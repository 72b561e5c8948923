"""How an adult is reached, as they and agents read it."""

from datetime import date
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Queries
from chassis.refusal import NotFound
from contracts.family import models

from ..access import ADULT, HOUSEHOLD
from ..households.store import address_of
from ..people.store import ADULT_COLUMNS, adult_of
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


def answer(contact: Contact) -> models.Contact:
    """A contact as it is answered."""
    adult = contact.adult
    return models.Contact(
        adult_id=adult.adult_id,
        civility=adult.civility,
        first_name=adult.first_name,
        last_name=adult.last_name,
        email=adult.email,
        phone=adult.phone,
        homes=tuple(
            models.ContactHome(
                household_id=home.household_id,
                reference=home.reference,
                address=home.address.state() if home.address and not home.is_protected else None,
            )
            for home in contact.homes
        ),
        version=contact.version,
    )
