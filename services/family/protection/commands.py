"""Protecting an address, showing it to whoever may see it, and protecting it no longer."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.documents import issuing
from chassis.refusal import Invalid, NotFound
from contracts.family.events import Address as AddressShown
from contracts.family.models import Household
from contracts.family.protection import AddressProtection, ProtectionEnd

from ..errors import AddressNotProtected
from ..exports.store import forget_of_households
from ..households.domain import HouseholdFile
from ..households.queries import household_id_for, read_household
from ..households.store import load_file, lock_household, publish, save_address
from ..protection_requests.store import settle_requests
from ..settings import FamilyRules
from . import store
from .domain import Protection


@command
async def protect_address(tx: Transaction, actor: Actor, household_id: UUID, request: AddressProtection) -> Household:
    """Protect an address, or correct why and until when; what is so already changes nothing, and is noted nowhere. Raises NotFound, Invalid."""
    today = await tx.today()
    file = await _lock(tx, household_id)
    protection = Protection(request.reason, request.starts_on, request.ends_on)
    if faults := tuple(protection.faults(today)):
        raise Invalid(*faults)
    kept = await store.load_protection(tx, household_id)
    if kept is not None and kept.protection == protection:
        return await read_household(tx, household_id, today)
    tx.note(
        Act(
            actor,
            "address_protected",
            household_id,
            household_id,
            before=_noted(kept.protection) if kept else None,
            after=_noted(protection),
        )
    )
    await settle_requests(tx, household_id, actor.account_id)
    if kept is not None:
        await store.save_protection(tx, household_id, kept.protection_id, protection)
    elif file.address is not None:
        await store.protect(tx, household_id, file.address, protection, actor.account_id)
        blanked = await store.blanked(tx, household_id)
        await issuing.forget(tx, blanked)  # certificates that say where the household lives
        await forget_of_households(tx, blanked)
        await publish(tx, blanked, today)
    return await read_household(tx, household_id, today)


@command
async def end_protection(tx: Transaction, actor: Actor, household_id: UUID, request: ProtectionEnd) -> Household:
    """Put an address back into its file. What is protected no longer changes nothing. Raises NotFound."""
    today = await tx.today()
    await _lock(tx, household_id)
    kept = await store.load_protection(tx, household_id)
    address = await store.protected_address(tx, household_id)
    if kept is not None and address is not None:
        tx.note(Act(actor, "address_protection_ended", household_id, household_id, before=_noted(kept.protection)))
        await store.end_protection(tx, household_id, kept, request.reason, actor.account_id)
        await save_address(tx, household_id, address)
        await publish(tx, [household_id], today)
    return await read_household(tx, household_id, today)


@command
async def show_address(tx: Transaction, actor: Actor, rules: FamilyRules, household_id: UUID) -> AddressShown:
    """A protected address; that somebody saw it is noted. Raises NotFound, also where the town shows families none, AddressNotProtected."""
    if "address" in rules.hidden_from(actor):
        raise NotFound
    known_id = await household_id_for(tx, actor, household_id, await tx.today())
    if not await lock_household(tx, known_id):
        raise NotFound
    address = await store.protected_address(tx, known_id)
    if address is None:
        raise AddressNotProtected
    tx.note(Act(actor, "protected_address_seen", known_id, known_id))
    return address.state()


async def _lock(tx: Transaction, household_id: UUID) -> HouseholdFile:
    if not await lock_household(tx, household_id) or (file := await load_file(tx, household_id)) is None:
        raise NotFound
    return file


def _noted(protection: Protection) -> dict[str, str | None]:
    """What the history says: its days. Families read it, and not why."""
    ends_on = str(protection.ends_on) if protection.ends_on else None
    return {"starts_on": str(protection.starts_on), "ends_on": ends_on}
