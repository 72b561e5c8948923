"""Asking for another address, withdrawing that, and following the link that confirms it."""

import secrets
from datetime import timedelta
from typing import Final

from joserfc.jwk import OKPKey

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.housekeeping import remove_in_batches
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, Refusal
from chassis.sealing import seal
from contracts.family.email_changes import ConfirmedEmail, MailedLink, OwnEmailChange
from contracts.family.events import EmailChangeAsked, EmailLinkIssued
from contracts.types import ActorKind, Channel

from ..contacts.commands import keep_contact, lock_adult
from ..contacts.domain import Contact, with_email
from ..contacts.queries import load_contact
from ..errors import EmailKeptByTown, EmailLinkTaken, EmailLinkUnknown
from ..people.store import email_given_revision, hold_person, is_email_taken
from ..settings import FamilyRules
from . import queries
from .domain import LINK_LIFETIME, EmailChange, Outcome, confirmed_email, given_lately, request_fault, token_hash
from .store import FORGET_CHANGES_SQL, add_change, asked_since, end_change, linked_change

TOKEN_BYTES: Final = 32
CHANGES_KEPT: Final = timedelta(days=30)
"""How long a link that ended is known, so that whoever follows it is told why."""


async def ask(db: Database, actor: Actor, rules: FamilyRules, key: OKPKey, email: str) -> OwnEmailChange:
    """Ask for another address: it gets a link, in place of a former one, and the present address hears of it. `key` closes what the
    notifications service alone may open.

    Raises:
        Forbidden, NotFound: whoever asks is no adult of a family.
        EmailKeptByTown: the town lets agents alone change it.
        EmailChangesTooMany: it was asked for too often today, in vain or not.
        EmailGivenLately: the town corrected the present one, and identity did not know yet when it said who asks.
        Invalid: the address is the present one, another account's, or cannot be printed.
    """
    if not rules.is_email_for_families:
        raise EmailKeptByTown
    # What is returned and not raised commits: that an address is somebody's is told a few times a day, and no more.
    answer = await _ask(db, actor, key, email)
    if isinstance(answer, Refusal):
        raise answer
    return answer


@command
async def _ask(tx: Transaction, actor: Actor, key: OKPKey, email: str) -> OwnEmailChange | Refusal:
    contact = await _hold_own(tx, actor)
    adult_id, now = contact.adult.adult_id, await tx.now()
    if refusal := given_lately(await email_given_revision(tx, adult_id), actor.details_revision):
        raise refusal
    if refusal := request_fault(contact.adult.email, email, await asked_since(tx, adult_id, now)):
        raise refusal
    if await is_email_taken(tx, email, adult_id):
        refused = EmailChange(new_id(), adult_id, actor.account_id, None, now, now, Outcome.TAKEN)
        await add_change(tx, refused, token_hash(secrets.token_urlsafe(TOKEN_BYTES)))
        return Invalid(FieldRefusal("/email", "email_of_another_account"))
    await end_change(tx, adult_id, Outcome.REPLACED)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    change = EmailChange(new_id(), adult_id, actor.account_id, email, now, now + LINK_LIFETIME)
    await add_change(tx, change, token_hash(token))
    for home in contact.homes:
        tx.note(Act(actor, "email_change_asked", adult_id, home.household_id))
    times = {"requested_at": change.requested_at, "expires_at": change.expires_at}
    link = MailedLink(email=email, token=token).model_dump_json()
    tx.emit(EmailLinkIssued(adult_id=adult_id, sealed=seal(link, key), **times))
    if contact.adult.email is not None:
        tx.emit(EmailChangeAsked(adult_id=adult_id, sealed=seal(contact.adult.email, key), **times))
    return await queries.answer(tx, contact.adult, now)


@command
async def withdraw(tx: Transaction, actor: Actor) -> OwnEmailChange:
    """Keep the present address; what does not wait any more is noted nowhere. Raises Forbidden, NotFound."""
    contact = await _hold_own(tx, actor)
    if await end_change(tx, contact.adult.adult_id, Outcome.WITHDRAWN):
        for home in contact.homes:
            tx.note(Act(actor, "email_change_withdrawn", contact.adult.adult_id, home.household_id))
    return await queries.answer(tx, contact.adult, await tx.now())


@command
async def confirm(tx: Transaction, channel: Channel, token: str) -> ConfirmedEmail:
    """Give an adult the address whose link was followed, as they asked for it.

    Raises:
        EmailLinkUnknown, EmailLinkUsed, EmailLinkReplaced, EmailLinkWithdrawn, EmailLinkOvertaken, EmailLinkSecured, EmailLinkExpired: it confirms nothing.
        EmailLinkTaken: another adult is invited at this address by now.
    """
    hashed = token_hash(token)
    if (change := await linked_change(tx, hashed)) is None:
        raise EmailLinkUnknown
    household_ids = await lock_adult(tx, change.adult_id)
    # Whoever followed the link at the same moment, or changed the address, is done by now.
    if (change := await linked_change(tx, hashed)) is None:
        raise EmailLinkUnknown
    now = await tx.now()
    email = confirmed_email(change, now)
    if isinstance(email, Refusal):
        raise email
    if await is_email_taken(tx, email, change.adult_id):
        raise EmailLinkTaken
    actor = Actor(change.account_id, ActorKind.PARENT, guardian_id=change.adult_id, channel=channel)
    known = await load_contact(tx, actor, change.adult_id, await tx.today())
    await end_change(tx, change.adult_id, Outcome.CONFIRMED)
    await keep_contact(tx, actor, known, with_email(known, email), household_ids)
    return ConfirmedEmail(email=email, confirmed_at=now)


async def forget_email_changes(db: Database) -> None:
    """Forget changes that were asked for long ago."""
    await remove_in_batches(db, FORGET_CHANGES_SQL, await db.now() - CHANGES_KEPT)


async def _hold_own(tx: Transaction, actor: Actor) -> Contact:
    """How whoever acts is reached, who is held: their address changes after this alone."""
    await hold_person(tx, actor.require_guardian())
    return await queries.own_contact(tx, actor, await tx.today())
