"""Splitting a file: both halves, who lives where and all that is told of it are one commit."""

from dataclasses import replace
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import NotFound
from contracts.family.events import ChildAdded, HouseholdCreated
from contracts.family.models import Household
from contracts.family.splits import SplitConfirm

from ..custody.store import load_custody, save_custody
from ..errors import SplitOutdated
from ..households.queries import read_household
from ..households.store import (
    lock_in_use,
    publish,
    save_members,
    save_payers,
)
from ..openings.store import add_files, next_references
from ..people.store import lock_child
from ..protection.store import protect
from .domain import Halves, Parting, custody_after, fingerprint
from .queries import halves_of, parting_of, protection_of


@command
async def split_household(
    tx: Transaction, actor: Actor, claim: Claim, household_id: UUID, request: SplitConfirm
) -> Household:
    """Take members of a file out into a new one, which has no quotient until it is given one.

    Raises:
        NotFound, Invalid, OrganizationNotSplit, HouseholdArchived.
        SplitOutdated: the file is not what was shown any more.
    """
    if (answer := await claim.replay(tx, Household)) is not None:
        return answer
    today, now = await tx.today(), await tx.now()
    file = await lock_in_use(tx, household_id)
    parting = parting_of(request)
    if fingerprint(file, parting) != request.fingerprint:
        raise SplitOutdated
    halves = halves_of(file, parting, new_id(), today)
    (reference,) = await next_references(tx, 1)
    protection = await protection_of(tx, file, parting, today)
    address = None if protection else halves.new.address
    new = replace(halves.new, reference=reference, created_at=now, address=address)
    # Each home reads its own row, about who left: neither names the other file.
    parted = {"from_on": parting.from_on, "adult_count": len(parting.adult_ids), "child_count": len(new.children)}
    tx.note(Act(actor, "household_split", parting.payer_id, household_id, after=parted))
    opened = {"reference": new.reference, "kind": new.kind, "child_count": len(new.children)}
    if protection:
        opened |= {"is_address_protected": True}
    tx.note(Act(actor, "household_split", parting.payer_id, new.household_id, after=opened))
    await save_members(tx, halves.former)
    await save_payers(tx, halves.former)
    await add_files(tx, [new], actor.account_id, today)
    if protection and halves.new.address:
        await protect(tx, new.household_id, halves.new.address, protection, actor.account_id)
    await publish(tx, [household_id, new.household_id], today)
    await _rehome(tx, Halves(halves.former, new), parting)
    tx.emit(
        HouseholdCreated(household_id=new.household_id, created_at=now),
        *(ChildAdded(household_id=new.household_id, child_id=child.child_id, added_at=now) for child in new.children),
    )
    return await claim.keep(tx, await read_household(tx, new.household_id, today))


async def _rehome(tx: Transaction, halves: Halves, parting: Parting) -> None:
    """Have the children who go along live in the new home."""
    for child_id in sorted(parting.along):
        child = await lock_child(tx, child_id)
        if child is None:
            raise NotFound
        custody = await load_custody(tx, child)
        moved = custody_after(custody, halves.former.household_id, halves.new.household_id, parting.from_on)
        if moved != custody:
            await save_custody(tx, moved)
