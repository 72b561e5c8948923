"""Correcting how an adult is reached."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal, StepUpNeeded
from contracts.family import models
from contracts.family.events import ContactChanged
from contracts.types import ActorKind, StepUp

from ..care.store import publish_care_around
from ..delegations.commands import end_given
from ..email_changes.domain import Outcome
from ..email_changes.store import end_change
from ..households.domain import Address
from ..households.store import households_of_person, lock_households, publish, save_address
from ..people.domain import is_same_email
from ..people.store import hold_person, is_email_elsewhere, save_contact
from ..protection.store import move_protected, protected_address
from ..settings import FamilyRules
from .domain import Contact, Correction, changed_fields, corrected
from .queries import answer, contact_for


@command
async def change_contact(
    tx: Transaction, actor: Actor, rules: FamilyRules, adult_id: UUID, request: models.ContactChange
) -> models.Contact:
    """Correct how an adult is reached, as an agent; what is so already changes nothing, and is noted nowhere.

    Raises:
        NotFound: nobody has this id, or the actor has no business with them, or the address is no home's of theirs.
        StepUpNeeded: the town asks a proof before the e-mail address is changed: whoever reads the new one has the account.
        ContactOutdated: somebody changed something since.
        Invalid: what was typed cannot be printed, or the e-mail address is that of an adult of another file.
    """
    household_ids = await lock_adult(tx, adult_id)
    known = await contact_for(tx, actor, rules, adult_id)
    wanted = corrected(known, await correction_of(tx, actor, known, request))
    if isinstance(wanted, Refusal):
        raise wanted
    await check_email(tx, actor, known, wanted)
    if wanted != known:
        await keep_contact(tx, actor, known, wanted, household_ids)
    return await answer(tx, actor, rules, wanted)


async def check_email(tx: Transaction, actor: Actor, known: Contact, wanted: Contact) -> None:
    """Another e-mail address is for an agent who proved who they are, where the town asks that, and no adult's of another file. Raises StepUpNeeded, Invalid."""
    if wanted.adult.email == known.adult.email:
        return
    if actor.kind is ActorKind.AGENT and StepUp.EMAIL not in actor.opened:
        raise StepUpNeeded(step_up=StepUp.EMAIL)
    if await is_email_elsewhere(tx, str(wanted.adult.email), wanted.adult.adult_id):
        raise Invalid(FieldRefusal("/email", "email_taken"))


async def lock_adult(tx: Transaction, adult_id: UUID) -> list[UUID]:
    """Hold an adult and their households, which are these, until the transaction ends."""
    await lock_households(tx, await households_of_person(tx, adult_id))
    await hold_person(tx, adult_id)
    # Whoever let them belong to another household is done by now, and that one is published too.
    return await lock_households(tx, await households_of_person(tx, adult_id))


async def keep_contact(
    tx: Transaction, actor: Actor, known: Contact, wanted: Contact, household_ids: Collection[UUID]
) -> None:
    """Write how an adult is reached from now on, note and tell it, and publish their households. An address that they asked for themselves
    and did not confirm is not theirs to confirm any more; one that the town corrects ends what was delegated from it."""
    await _tell(tx, actor, known, wanted)
    if wanted.adult.email != known.adult.email:
        await end_change(tx, wanted.adult.adult_id, Outcome.OVERTAKEN)
        if not (wanted.adult.is_email_confirmed or is_same_email(wanted.adult.email, known.adult.email)):
            await end_given(tx, actor, wanted.adult.adult_id)
    await save_contact(tx, wanted.adult)
    for home in wanted.homes:
        if home.is_protected and home.address:
            await move_protected(tx, home.household_id, home.address)
        elif home.address:
            await save_address(tx, home.household_id, home.address)
    await publish(tx, household_ids, await tx.today())
    if wanted.adult.phone != known.adult.phone:
        await publish_care_around(tx, wanted.adult.adult_id)


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


async def correction_of(tx: Transaction, actor: Actor, known: Contact, request: models.ContactChange) -> Correction:
    """A correction as it was typed, without a protected address that is there already: what is asked for twice is done once. Raises NotFound: it is no home's
    of theirs."""
    correction = _correction(request, actor)
    if correction.address is None:
        return correction
    if known.home(correction.address[0]) is None:
        raise NotFound
    household_id, address = correction.address
    home = known.home(household_id)
    is_repeated = home and home.is_protected and await protected_address(tx, household_id) == address.as_kept()
    return replace(correction, address=None) if is_repeated else correction


def _correction(request: models.ContactChange, actor: Actor) -> Correction:
    typed = request.address
    return Correction(
        version=request.version,
        phone=request.phone,
        email=request.email,
        address=(typed.household_id, Address(typed.lines, typed.postal_code, typed.city, typed.country))
        if typed
        else None,
        is_by_town=actor.kind is not ActorKind.PARENT,
    )
