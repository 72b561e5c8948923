"""The change of address that waits, as its adult and whoever has its link see it."""

from datetime import date, datetime

from chassis.actor import Actor
from chassis.data.database import Database, Queries
from chassis.refusal import NotFound, Refusal
from contracts.family.email_changes import OwnEmailChange, PendingEmail

from ..contacts.domain import Contact
from ..contacts.queries import load_contact
from ..errors import EmailLinkUnknown
from ..people.domain import Adult
from ..settings import FamilyRules
from .domain import confirmed_email, token_hash
from .store import linked_change, pending_change


async def own_email_change(db: Database, actor: Actor, rules: FamilyRules) -> OwnEmailChange:
    """The address of whoever is signed in, if the town shows it, and what waits for them. Raises Forbidden, NotFound."""
    contact = await own_contact(db, actor, await db.today())
    own = await answer(db, contact.adult, await db.now())
    return own.model_copy(update={"email": None}) if "email" in rules.hidden_from(actor) else own


async def own_contact(db: Queries, actor: Actor, today: date) -> Contact:
    """How whoever acts is reached. Raises Forbidden, and NotFound for who belongs to no household today: their account is closed."""
    contact = await load_contact(db, actor, actor.require_guardian(), today)
    if not contact.homes:
        raise NotFound
    return contact


async def check_link(db: Database, token: str) -> PendingEmail:
    """What a link confirms. Raises like `commands.confirm`, but for an address that somebody else took."""
    change = await linked_change(db, token_hash(token))
    if change is None:
        raise EmailLinkUnknown
    email = confirmed_email(change, await db.now())
    if isinstance(email, Refusal):
        raise email
    return PendingEmail(email=email, requested_at=change.requested_at, expires_at=change.expires_at)


async def answer(db: Queries, adult: Adult, now: datetime) -> OwnEmailChange:
    """What an adult is told."""
    change = await pending_change(db, adult.adult_id, now)
    pending = None
    if change is not None and change.email is not None:
        pending = PendingEmail(email=change.email, requested_at=change.requested_at, expires_at=change.expires_at)
    return OwnEmailChange(email=adult.email, pending=pending)
