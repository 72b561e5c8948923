"""Opening a household's file, and saying who belongs to it and who pays for it."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.days import ONE_DAY, DateRange, Days
from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from contracts.family.models import (
    Household,
    MembershipChange,
    MembershipEnd,
    PayerChange,
)

from ..custody.domain import without_household
from ..custody.store import load_custody, save_custody
from ..errors import MembershipUnknown, OrganizationHasNoChildren
from ..people.domain import noted_days
from ..people.store import load_adult, lock_child
from . import domain
from .domain import HouseholdFile
from .queries import read_household
from .store import (
    lock_in_use,
    publish,
    save_members,
    save_payers,
    take_turning,
)

TURNING_MAX = 100


@command
async def join_household(
    tx: Transaction, actor: Actor, household_id: UUID, person_id: UUID, request: MembershipChange
) -> Household:
    """Let somebody belong to a household during some days; where a child lives is entered apart. What is so already changes
    nothing, and is noted nowhere. Raises NotFound, Invalid."""
    today = await tx.today()
    file = await lock_in_use(tx, household_id)
    during = _during(request.starts_on, request.ends_on)
    if await lock_child(tx, person_id) is not None:
        if file.organization is not None:
            raise OrganizationHasNoChildren(legal_name=file.organization.legal_name)
        changed = replace(file, child_members=domain.joined(file.child_members, person_id, during))
    elif await load_adult(tx, person_id) is not None:
        changed = replace(file, adult_members=domain.joined(file.adult_members, person_id, during))
    else:
        raise NotFound
    if changed != file:
        entered = request.model_dump(mode="json")
        tx.note(
            Act(actor, "household_joined", person_id, household_id, before=_days_of(file, person_id), after=entered)
        )
        await save_members(tx, changed)
        await publish(tx, [household_id], today)
    return await read_household(tx, household_id, today)


@command
async def leave_household(
    tx: Transaction, actor: Actor, household_id: UUID, person_id: UUID, request: MembershipEnd
) -> Household:
    """End a membership; a child who lived there lives there no more, and an adult who paid pays no more. Raises MembershipUnknown."""
    today = await tx.today()
    file = await lock_in_use(tx, household_id)
    gone = Days.between(request.ends_on + ONE_DAY)
    if file.days_of(person_id).is_disjoint(gone):
        raise MembershipUnknown(ends_on=request.ends_on)
    changed = replace(
        file,
        adult_members=domain.left(file.adult_members, person_id, gone),
        child_members=domain.left(file.child_members, person_id, gone),
        payers=domain.without_payer(file.payers, person_id, gone),
    )
    entered = request.model_dump(mode="json")
    tx.note(Act(actor, "household_left", person_id, household_id, before=_days_of(file, person_id), after=entered))
    if (child := await lock_child(tx, person_id)) is not None:
        custody = await load_custody(tx, child)
        if (cut := without_household(custody, household_id, gone)) != custody:
            await save_custody(tx, cut)
    await save_members(tx, changed)
    await save_payers(tx, changed)
    await publish(tx, [household_id], today)
    return await read_household(tx, household_id, today)


@command
async def change_payer(tx: Transaction, actor: Actor, household_id: UUID, request: PayerChange) -> Household:
    """Enter who pays for a household's days from a day on. Raises NotFound, Invalid, PayerNotAMember."""
    today = await tx.today()
    file = await lock_in_use(tx, household_id)
    payers = domain.paying(file, request.adult_id, _during(request.starts_on, request.ends_on))
    if isinstance(payers, Refusal):
        raise payers
    if payers != file.payers:
        former = [{"adult_id": item.value, **noted_days(item.during)} for item in file.payers]
        entered = request.model_dump(mode="json")
        tx.note(Act(actor, "payer_changed", request.adult_id, household_id, before={"former": former}, after=entered))
        await save_payers(tx, replace(file, payers=payers))
        await publish(tx, [household_id], today)
    return await read_household(tx, household_id, today)


async def publish_turning(db: Database) -> None:
    """Publish the households in which a membership or a payer's time begins or ends today."""
    while await _publish_some(db) == TURNING_MAX:
        pass


@command
async def _publish_some(tx: Transaction) -> int:
    today = await tx.today()
    household_ids = await take_turning(tx, today, TURNING_MAX)
    await publish(tx, household_ids, today)
    return len(household_ids)


def _days_of(file: HouseholdFile, person_id: UUID) -> dict[str, Any] | None:
    """When somebody belonged to a household until now: what is entered takes its place, and is in no table any more."""
    members = [member for member in (*file.adult_members, *file.child_members) if member.person_id == person_id]
    return {"former": [noted_days(member.during) for member in members]} if members else None


def _during(starts_on: date, ends_on: date | None) -> DateRange:
    if ends_on is not None and ends_on < starts_on:
        raise Invalid(FieldRefusal("/ends_on", "range_reversed", (("starts_on", starts_on),)))
    return DateRange.between(starts_on, ends_on)
