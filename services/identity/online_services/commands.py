"""Choosing which online services one uses."""

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.refusal import NotFound
from contracts.identity.online_services import OnlineServicesChoice

from ..accounts.store import lock_account
from .store import save_declined


@command
async def choose_online_services(tx: Transaction, actor: Actor, request: OnlineServicesChoice) -> OnlineServicesChoice:
    """Keep what an account does without, and tell it; the same choice again changes nothing. Raises NotFound."""
    account = await lock_account(tx, actor.account_id)
    if account is None or actor.guardian_id not in account.person_ids:
        raise NotFound
    if request.declined != account.declined:
        before, after = ({"declined": sorted(services)} for services in (account.declined, request.declined))
        tx.note(Act(actor, "online_services_chosen", account.account_id, before=before, after=after))
        tx.emit((await save_declined(tx, account, request.declined)).state())
    return request
