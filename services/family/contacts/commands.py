"""Correcting how an adult is reached."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from contracts.family import models
from contracts.family.events import ContactChanged
from contracts.types import ActorKind

from ..households.domain import Address
from ..households.store import households_of_person, lock_households, publish, save_address
from ..people.store import hold_person, is_email_taken, save_contact
from .domain import Contact, Correction, changed_fields, corrected
from .queries import answer, load_contact


@command
async def change_contact(
    tx: Transaction, actor: Actor, adult_id: UUID, request: models.ContactChange
) -> models.Contact:
    """Correct how an adult is reached; what is so already changes nothing, and is noted nowhere.

    Raises:
        NotFound: nobody has this id, or the actor has no business with them, or the address is no home's of theirs.
        EmailKeptByTown: a parent would change the e-mail address.
        ContactOutdated: somebody changed something since.
        Invalid: what was typed cannot be printed, or the e-mail address is another adult's.
    """
    await lock_households(tx, await households_of_person(tx, adult_id))
    await hold_person(tx, adult_id)
    # Whoever let them belong to another household is done by now, and that one is published too.
    household_ids = await lock_households(tx, await households_of_person(tx, adult_id))
    known = await load_contact(tx, actor, adult_id, await tx.today())
    if request.address and request.address.household_id not in {home.household_id for home in known.homes}:
        raise NotFound
    wanted = corrected(known, _correction(request, actor))
    if isinstance(wanted, Refusal):
        raise wanted
    if wanted.adult.email != known.adult.email and await is_email_taken(tx, str(wanted.adult.email), adult_id):
        raise Invalid(FieldRefusal("/email", "email_taken"))
    if wanted != known:
        await _tell(tx, actor, known, wanted)
        await save_contact(tx, wanted.adult)
        for home in wanted.homes:
            await save_address(tx, home.household_id, home.address)
        await publish(tx, household_ids, await tx.today())
    return answer(wanted)


async def _tell(tx: Transaction, actor: Actor, known: Contact, wanted: Contact) -> None:
    """Note and tell it for each household concerned, which learns what changes for it alone; the states follow."""
    household_ids: list[UUID | None] = [home.household_id for home in wanted.homes] or [None]
    changed = {item: fields for item in household_ids if (fields := changed_fields(known, wanted, item))}
    adult_id = wanted.adult.adult_id
    for household_id, fields in changed.items():
        before, after = known.values(household_id), wanted.values(household_id)
        act = Act(
            actor,
            "contact_changed",
            adult_id,
            household_id,
            before={name: before[name] for name in fields},
            after={name: after[name] for name in fields},
        )
        tx.note(act)
    now = await tx.now()
    for household_id, fields in changed.items():
        if household_id is not None:
            tx.emit(
                ContactChanged(
                    household_id=household_id,
                    adult_id=adult_id,
                    by_adult_id=actor.guardian_id,
                    fields=fields,
                    changed_at=now,
                )
            )


def _correction(request: models.ContactChange, actor: Actor) -> Correction:
    typed = request.address
    return Correction(
        version=request.version,
        phone=request.phone,
        email=request.email,
        address=(typed.household_id, Address.typed(typed.street, typed.complement, typed.postal_code, typed.city))
        if typed
        else None,
        is_by_town=actor.kind is not ActorKind.PARENT,
    )
