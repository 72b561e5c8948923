"""Correcting how one is reached oneself, and carrying out what was asked for."""

from dataclasses import replace
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.identifiers import new_id
from chassis.refusal import NotFound, Refusal
from contracts.family import models
from contracts.family.child_events import ChangeStatus

from ..changes.domain import Change
from ..changes.store import ask_change
from ..contacts.commands import check_email, correction_of, keep_contact, lock_adult
from ..contacts.domain import Contact, corrected
from ..contacts.queries import answer, contact_for, load_contact
from ..settings import FamilyRules
from .domain import KIND, Parted, decided, parted, present, wanted


@command
async def change_own_contact(
    tx: Transaction, actor: Actor, rules: FamilyRules, adult_id: UUID, request: models.ContactChange
) -> models.Contact:
    """Correct how one is reached, or ask for it, as the town says of each field; what is so already changes nothing, and is noted nowhere.

    Raises:
        NotFound: the asker is somebody else, or the address is no home's of theirs.
        EmailKeptByTown, EmailConfirmedApart: of the e-mail address.
        ContactOutdated: somebody changed something since.
        ChangeWaits: a request of theirs waits already.
        Invalid: the town keeps a field, or what was typed cannot be printed.
    """
    household_ids = await lock_adult(tx, adult_id)
    known = await contact_for(tx, actor, rules, adult_id)
    asked = parted(known, await correction_of(tx, actor, known, request), rules.contact_for(actor))
    if isinstance(asked, Refusal):
        raise asked
    # Whatever is wrong with any of it stands against all of it.
    _made(corrected(known, replace(asked.whole, is_by_town=True)))
    if asked.requested:
        await ask_change(tx, actor, _request(actor, known, asked))
    now = _made(corrected(known, asked.at_once))
    if now != known:
        await keep_contact(tx, actor, known, now, household_ids)
    return await answer(tx, actor, rules, now)


def _made(outcome: Contact | Refusal) -> Contact:
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _request(actor: Actor, known: Contact, asked: Parted) -> Change:
    """What waits for an agent. Of an address it is the household's; anything else stands with the first home. Raises NotFound: there is none."""
    home_ids = [home.household_id for home in known.homes]
    if "address" in asked.requested and asked.whole.address:
        home_ids = [asked.whole.address[0]]
    if not home_ids:
        raise NotFound
    before, after = present(known, home_ids[0]), wanted(asked.whole)
    return Change(
        *(new_id(), home_ids[0], known.adult.adult_id, KIND, ChangeStatus.WAITING),
        *({name: before[name] for name in asked.requested}, {name: after[name] for name in asked.requested}),
        actor.require_guardian(),
    )


async def carry_out(tx: Transaction, actor: Actor, change: Change) -> None:
    """Correct how an adult is reached as they asked, by an agent who decides that.

    Raises:
        NotFound, ContactOutdated, Invalid: it cannot be carried out any more.
        StepUpNeeded: it is another e-mail address, and the town asks the agent for a proof before that.
    """
    household_ids = await lock_adult(tx, change.subject_id)
    known = await load_contact(tx, actor, change.subject_id, await tx.today())
    made = _made(corrected(known, decided(known, change.household_id, change.after)))
    await check_email(tx, actor, known, made)
    if made != known:
        await keep_contact(tx, actor, known, made, household_ids)
