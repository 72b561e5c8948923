"""Opening a household's file, and saying who belongs to it and who pays for it."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.days import ONE_DAY, DateRange, Days
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from chassis.timeline import Timeline
from contracts.family.events import ChildAdded, HouseholdCreated, HouseholdKind, QuotientState
from contracts.family.models import (
    AdultCreate,
    Household,
    HouseholdCreate,
    MembershipChange,
    MembershipEnd,
    PayerChange,
)
from contracts.family.organizations import OrganizationCreate
from contracts.types import Authority, ResidencePattern, ResponsibilityRole

from ..births.commands import children_typed
from ..births.domain import KNOWN_POINTER, child_pointers, known_pointers
from ..custody.domain import Grant, Home, Tie, with_home, with_tie, without_household
from ..custody.store import load_custody, save_custody
from ..errors import MembershipUnknown, OrganizationHasNoChildren
from ..openings.domain import AT_THE_DESK, Opening
from ..openings.store import next_reference
from ..organizations.domain import Organization, kind_fault, number_typed
from ..people.domain import Adult, Child, noted_days
from ..people.store import add_adults, add_children, load_adult, load_children, lock_child
from ..quotients.commands import as_quotient
from ..quotients.domain import day_fault
from ..quotients.store import record_quotient
from ..settings import FamilyRules
from . import domain
from .domain import Address, HouseholdFile, KnownFiles, Member
from .queries import read_household
from .store import (
    add_household,
    invite,
    known_files,
    load_file,
    lock_household,
    publish,
    save_members,
    save_payers,
    take_turning,
)

TURNING_MAX = 100


@command
async def open_household(
    tx: Transaction, actor: Actor, claim: Claim, rules: FamilyRules, request: HouseholdCreate
) -> Household:
    """Open a file: household, adults, children, who answers for them and quotient together, or nothing."""
    if (answer := await claim.replay(tx, Household)) is not None:
        return answer
    return await claim.keep(tx, await open_file(tx, actor, rules, request))


async def open_file(
    tx: Transaction, actor: Actor, rules: FamilyRules, request: HouseholdCreate, how: Opening = AT_THE_DESK
) -> Household:
    """`open_household`, in a transaction that does more."""
    now = await tx.now()
    today = await tx.today()
    check_kind(request, rules)
    known_children = await load_children(tx, request.known_child_ids)
    if known_children.keys() != set(request.known_child_ids):
        raise NotFound
    new_children = children_typed(request, rules.policy.unborn_name)
    draft = draft_of(request, (*new_children, *known_children.values()), today, now)
    quotient = as_quotient(request.quotient) if request.quotient else None
    draft = replace(draft, adults=how.of_file(draft.adults))
    known = await known_files(tx, draft)
    if refusal := domain.check_opening(draft, new_children, known, today, has_reason=request.twin_reason is not None):
        raise refusal
    if quotient and (fault := day_fault(quotient, rules.accepted_quotient_days(today), "/quotient")):
        raise Invalid(fault)
    file = domain.with_known_adults(domain.as_kept(draft), known.adults)
    file = replace(file, reference=await next_reference(tx))
    opened = {"reference": file.reference, "kind": file.kind, "child_count": len(file.children), **how.noted}
    if known.twin is not None:
        opened |= {"twin": known.twin, "reason": request.twin_reason}
    action = "household_imported" if how.import_key else "household_opened"
    tx.note(Act(actor, action, file.household_id, file.household_id, after=opened))
    known_ids = {*known_children, *(adult.adult_id for adult in known.adults.values())}
    await _store(tx, file, known_ids, actor, today)
    if how.is_inviting:
        await invite(tx, [adult.adult_id for adult in known.adults.values() if not adult.is_invited], today)
    if quotient:
        await record_quotient(tx, file.household_id, quotient, now, actor.account_id)
        tx.emit(QuotientState(household_id=file.household_id, quotients=(quotient,)))
    return await read_household(tx, file.household_id, today)


def check_kind(request: HouseholdCreate, rules: FamilyRules) -> None:
    """Refuse a file of a kind that the town does not take, or that is not said whole. Raises Invalid."""
    if fault := kind_fault(request.kind, request.organization is not None, rules.kinds):
        raise Invalid(fault)
    if request.organization is not None and request.quotient is not None:
        raise Invalid(FieldRefusal("/quotient", "quotient_of_organization"))


def organization_typed(kind: HouseholdKind, typed: OrganizationCreate) -> Organization:
    """An organization as it was typed."""
    return Organization(kind, typed.legal_name, number_typed(typed.siret), number_typed(typed.rna))


def typing_refusal(request: HouseholdCreate, now: datetime, today: date) -> Refusal | None:
    """Why no file can be opened with what was typed, whatever the other files say; None when one may be."""
    children = children_typed(request, unborn_name="")
    return domain.check_opening(draft_of(request, children, today, now), children, KnownFiles(), today)


async def _store(tx: Transaction, file: HouseholdFile, known_ids: set[UUID], actor: Actor, today: date) -> None:
    """Write a new file with those of its people whom no file names yet, publish it, and enter that its adults answer for its children, who live there."""
    household_id, now = file.household_id, file.created_at
    await add_adults(tx, [adult for adult in file.adults if adult.adult_id not in known_ids], now, actor.account_id)
    new_children = [child for child in file.children if child.child_id not in known_ids]
    await add_children(tx, new_children, now, actor.account_id)
    await add_household(tx, file, actor.account_id, today)
    tx.emit(*(child.state() for child in new_children))
    # The children of a file are the new ones, then those that are known already.
    pointers = child_pointers(new_children) + known_pointers(len(file.children) - len(new_children))
    for pointer, child in zip(pointers, file.children, strict=True):
        await _answer_for(tx, file, child, today, pointer)
    tx.emit(
        HouseholdCreated(household_id=household_id, created_at=now),
        *(ChildAdded(household_id=household_id, child_id=child.child_id, added_at=now) for child in file.children),
    )


async def _answer_for(tx: Transaction, file: HouseholdFile, child: Child, today: date, pointer: str) -> None:
    """Enter that the adults of a new file answer for a child, who lives there if it has no home yet. What is against it is said at the child's place."""
    await lock_child(tx, child.child_id)
    custody = await load_custody(tx, child)
    for adult in file.adults:
        decision = with_tie(
            custody, Tie(adult.adult_id, ResponsibilityRole.GUARDIAN), Grant(Authority.JOINT), today, None
        )
        if isinstance(decision, Refusal):
            raise _at(pointer, decision)
        custody = decision
    if not pointer.startswith(KNOWN_POINTER):
        home = Home(ResidencePattern.SINGLE, (file.household_id,))
        settled = with_home(custody, home, DateRange(today), {file.household_id: Days.between(today)})
        if isinstance(settled, Refusal):
            raise _at(pointer, settled)
        custody = settled
    await save_custody(tx, custody)


def _at(pointer: str, refusal: Refusal) -> Refusal:
    """A refusal about a child of a new file: it concerns none of the days that the rule knows, but the child."""
    return Invalid(*(replace(fault, pointer=pointer) for fault in refusal.fields)) if refusal.fields else refusal


@command
async def join_household(
    tx: Transaction, actor: Actor, household_id: UUID, person_id: UUID, request: MembershipChange
) -> Household:
    """Let somebody belong to a household during some days; where a child lives is entered apart. What is so already changes
    nothing, and is noted nowhere. Raises NotFound, Invalid."""
    today = await tx.today()
    file = await _lock(tx, household_id)
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
    file = await _lock(tx, household_id)
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
    file = await _lock(tx, household_id)
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


async def _lock(tx: Transaction, household_id: UUID) -> HouseholdFile:
    if not await lock_household(tx, household_id) or (file := await load_file(tx, household_id)) is None:
        raise NotFound
    return file


def _during(starts_on: date, ends_on: date | None) -> DateRange:
    if ends_on is not None and ends_on < starts_on:
        raise Invalid(FieldRefusal("/ends_on", "range_reversed", (("starts_on", starts_on),)))
    return DateRange.between(starts_on, ends_on)


def draft_of(request: HouseholdCreate, children: tuple[Child, ...], today: date, now: datetime) -> HouseholdFile:
    """A new file as it was typed, of these children."""
    adults = tuple(_adult(typed) for typed in (request.guardian, request.co_guardian) if typed)
    address = request.address
    from_now_on = DateRange(today)
    return HouseholdFile(
        household_id=new_id(),
        reference="",
        address=Address(address.lines, address.postal_code, address.city, address.country),
        adults=adults,
        children=children,
        adult_members=tuple(Member(adult.adult_id, from_now_on) for adult in adults),
        child_members=tuple(Member(child.child_id, from_now_on) for child in children),
        payers=Timeline.of([(from_now_on, adults[0].adult_id)]),
        created_at=now,
        organization=organization_typed(request.kind, request.organization) if request.organization else None,
    )


def _adult(typed: AdultCreate) -> Adult:
    return Adult(
        adult_id=new_id(),
        civility=typed.civility,
        first_name=typed.first_name,
        last_name=typed.last_name,
        email=typed.email,
        phone=typed.phone,
        is_invited=typed.email is not None,
    )
