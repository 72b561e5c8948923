"""Correcting a civil status, having a child added, and deciding what a family asked for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.days import DateRange, Days
from chassis.housekeeping import remove_in_batches
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from contracts.family.changes import ChangeAsked, ChangeDecision, ChildWanted, StatusChange
from contracts.family.child_events import ChangeStatus, FieldRule
from contracts.family.events import ChangeRefused, ChildAdded
from contracts.family.registrations import RegistrationLetter
from contracts.types import ActorKind, Authority, ResidencePattern, ResponsibilityRole

from ..births.domain import with_birth
from ..care.store import publish_care, publish_care_around
from ..contact_changes.commands import carry_out
from ..contacts.commands import lock_adult
from ..custody.domain import Grant, Home, Tie, with_home, with_tie
from ..custody.store import load_custody, save_custody
from ..errors import ChangeDecided, ChangeOutdated, ChangeWaits, OrganizationHasNoChildren
from ..households.domain import HouseholdFile, joined
from ..households.queries import household_id_for, own_households
from ..households.store import households_of_person, load_file, lock_household, publish, save_members
from ..people.domain import Adult, Child
from ..people.store import add_children, load_adult, lock_child, save_child
from ..registrations.commands import LetterSeal
from ..settings import FamilyRules
from . import domain, queries, store
from .domain import Change, Values


@command
async def change_civil_status(
    tx: Transaction, actor: Actor, rules: FamilyRules, person_id: UUID, request: StatusChange
) -> ChangeAsked:
    """Correct a civil status, or ask for it. What is so already changes nothing. Raises NotFound, ChangeOutdated, ChangeWaits, Invalid."""
    await queries.person_for(tx, actor, person_id)
    household_ids = await _hold(tx, person_id)
    person = await queries.person_for(tx, actor, person_id)
    sorted_ = domain.sort(person, request.model_dump(exclude={"version"}), queries.rules_of(actor, person, rules))
    if isinstance(sorted_, Refusal):
        raise sorted_
    if not sorted_.at_once and not sorted_.requested:
        return ChangeAsked(change_id=None, is_done=False)
    if request.version != domain.version(person):
        raise ChangeOutdated
    await _wanted(tx, person, {**sorted_.at_once, **sorted_.requested})
    change_id = None
    if sorted_.requested:
        household_id = await _asked_for(tx, actor, household_ids)
        known = domain.values_of(person)
        kind = "child" if isinstance(person, Child) else "adult"
        before = {name: known[name] for name in sorted_.requested}
        change = Change(
            *(new_id(), household_id, person_id, kind, ChangeStatus.WAITING),
            *(before, sorted_.requested, actor.require_guardian()),
        )
        await store.ask_change(tx, actor, change)
        change_id = change.change_id
    if sorted_.at_once:
        await _correct(tx, actor, person, sorted_.at_once, household_ids)
    return ChangeAsked(change_id=change_id, is_done=bool(sorted_.at_once))


async def _hold(tx: Transaction, person_id: UUID) -> list[UUID]:
    """Hold somebody and their households, which are these."""
    return await lock_adult(tx, person_id)


async def _asked_for(tx: Transaction, actor: Actor, household_ids: list[UUID]) -> UUID:
    """The household of the person that the asker belongs to, too: today, or else until now, of an adult who asks for themselves."""
    present = {own.household_id for own in await own_households(tx, actor, await tx.today())}
    shared = set(household_ids) & {*present, *await households_of_person(tx, actor.require_guardian())}
    return min(shared, key=lambda household_id: (household_id not in present, household_id))


async def _wanted(tx: Transaction, person: Adult | Child, values: Values) -> Adult | Child:
    """Somebody by other values. Raises Invalid."""
    if isinstance(person, Child):
        wanted: Adult | Child | Invalid = domain.corrected_child(person, values, await tx.today())
    else:
        wanted = domain.corrected_adult(person, values)
    if isinstance(wanted, Refusal):
        raise wanted
    return wanted


async def _correct(
    tx: Transaction, actor: Actor, person: Adult | Child, values: Values, household_ids: list[UUID]
) -> None:
    """Write another civil status, note it for each household, and publish it. Documents that were issued stay as they are."""
    wanted = await _wanted(tx, person, values)
    known = domain.values_of(person)
    before = {name: str(known[name]) for name in values}
    after = {name: str(value) for name, value in values.items()}
    person_id = person.child_id if isinstance(person, Child) else person.adult_id
    for household_id in household_ids:
        tx.note(Act(actor, "civil_status_changed", person_id, household_id, before=before, after=after))
    if isinstance(person, Child) and isinstance(wanted, Child):
        await lock_child(tx, person_id)
        custody = await load_custody(tx, person)
        await save_child(tx, wanted)
        tx.emit(wanted.state())
        if wanted.birth_on != person.birth_on:
            await save_custody(tx, with_birth(custody, wanted))
            await publish_care(tx, person_id)
    elif isinstance(wanted, Adult):
        await store.save_adult(tx, wanted)
    await publish(tx, household_ids, await tx.today())
    if isinstance(wanted, Adult):
        await publish_care_around(tx, person_id)


@command
async def ask_child(
    tx: Transaction, actor: Actor, claim: Claim, rules: FamilyRules, request: ChildWanted
) -> ChangeAsked:
    """Have a child added. Raises NotFound, HouseholdAmbiguous, OrganizationHasNoChildren, ChangeWaits, Invalid."""
    if (known := await claim.replay(tx, ChangeAsked)) is not None:
        return known
    rule = rules.policy.fields.add_child if actor.kind is ActorKind.PARENT else FieldRule.AT_ONCE
    if rule not in (FieldRule.AT_ONCE, FieldRule.REQUEST):
        raise Invalid(FieldRefusal("/first_name", "field_kept_by_town"))
    household_id = await household_id_for(tx, actor, request.household_id, await tx.today())
    typed = request.model_dump(include={"first_name", "last_name", "birth_on"})
    if request.is_expected:
        typed |= {"is_expected": True, "first_name": request.first_name or rules.policy.unborn_name or None}
    change = Change(
        *(new_id(), household_id, new_id(), "new_child", ChangeStatus.WAITING),
        *({}, domain.typed(typed), actor.guardian_id or actor.account_id),
    )
    guardian_ids = await _answering(tx, actor, change, request.guardian_ids)
    child = await _check_new(tx, change, await tx.today())
    if rule is FieldRule.AT_ONCE:
        await add_child(tx, actor, change, guardian_ids)
        return await claim.keep(tx, ChangeAsked(change_id=None, is_done=True))
    waiting = await store.new_children(tx, household_id)
    if any(domain.is_same_child(child, domain.asked_child(other)) for other in waiting):
        raise Invalid(FieldRefusal("/first_name", "child_asked"))
    if len(waiting) >= domain.OPEN_MAX:
        raise ChangeWaits
    await store.ask_change(tx, actor, change)
    return await claim.keep(tx, ChangeAsked(change_id=change.change_id, is_done=False))


async def _answering(tx: Transaction, actor: Actor, change: Change, guardian_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Who answers for a new child of a household, which is held. Raises NotFound, Invalid."""
    file, today = await held_file(tx, change.household_id), await tx.today()
    adult_ids = [member.person_id for member in file.adult_members if today in member.during]
    answering = domain.answering(guardian_ids, actor.guardian_id, adult_ids)
    if isinstance(answering, Refusal):
        raise answering
    return answering


async def held_file(tx: Transaction, household_id: UUID) -> HouseholdFile:
    """A household, held, which takes children. Raises NotFound, OrganizationHasNoChildren."""
    if not await lock_household(tx, household_id) or (file := await load_file(tx, household_id)) is None:
        raise NotFound
    if file.organization is not None:
        raise OrganizationHasNoChildren(legal_name=file.organization.legal_name)
    return file


async def _check_new(tx: Transaction, change: Change, today: date) -> Child:
    """A new child of a household, which is held, judged as on a day. Raises NotFound, OrganizationHasNoChildren, Invalid."""
    file = await held_file(tx, change.household_id)
    child = domain.new_child(change.subject_id, change.after, file.children, today)
    if isinstance(child, Refusal):
        raise child
    return child


async def add_child(tx: Transaction, actor: Actor, change: Change, guardian_ids: Sequence[UUID]) -> None:
    """Add a child, whom these adults answer for, and who lives in the household. Raises NotFound, Invalid."""
    today, now = await tx.today(), await tx.now()
    # A day that passed while an agent was waited for is no fault of whoever expected the child then.
    expected_on = change.after["birth_on"] if change.after.get("is_expected") else today
    child = await _check_new(tx, change, min(today, expected_on))
    if (file := await load_file(tx, change.household_id)) is None:
        raise NotFound
    tx.note(Act(actor, "child_added", child.child_id, change.household_id))
    await add_children(tx, [child], now, actor.account_id)
    members = joined(file.child_members, child.child_id, DateRange(today))
    await save_members(tx, replace(file, child_members=members))
    await lock_child(tx, child.child_id)
    custody = await load_custody(tx, child)
    for adult_id in guardian_ids:
        tie = Tie(adult_id, ResponsibilityRole.GUARDIAN)
        granted = with_tie(custody, tie, Grant(Authority.JOINT), today, None)
        if isinstance(granted, Refusal):
            raise granted
        custody = granted
    home = Home(ResidencePattern.SINGLE, (change.household_id,))
    settled = with_home(custody, home, DateRange(today), {change.household_id: Days.between(today)})
    if isinstance(settled, Refusal):
        raise settled
    tx.emit(child.state())
    await save_custody(tx, settled)
    tx.emit(ChildAdded(household_id=change.household_id, child_id=child.child_id, added_at=now))
    await publish(tx, [change.household_id], today)


@command
async def withdraw(tx: Transaction, actor: Actor, change_id: UUID) -> None:
    """Take one's own request back. Raises NotFound, ChangeDecided."""
    change = await store.lock_change(tx, change_id)
    if change is None or change.asked_by != actor.guardian_id:
        raise NotFound
    if change.status is ChangeStatus.WITHDRAWN:
        return
    if change.status is not ChangeStatus.WAITING:
        raise ChangeDecided
    await store.save_change(tx, actor, replace(change, status=ChangeStatus.WITHDRAWN))
    tx.note(Act(actor, "change_withdrawn", change.subject_id, change.household_id))


@command
async def decide(tx: Transaction, actor: Actor, letters: LetterSeal, change_id: UUID, decision: ChangeDecision) -> None:
    """Carry a change out, or refuse it and have the reason mailed. Raises NotFound, ChangeDecided, ChangeOutdated, Invalid."""
    change = await store.lock_change(tx, change_id)
    if change is None:
        raise NotFound
    if change.status is not ChangeStatus.WAITING:
        raise ChangeDecided
    if not decision.is_accepted:
        if not decision.reason:
            raise Invalid(FieldRefusal("/reason", "missing"))
        await _refuse(tx, actor, letters, replace(change, status=ChangeStatus.REFUSED, reason=decision.reason))
        return
    await lock_household(tx, change.household_id)
    household_ids = await _hold(tx, change.subject_id)
    person = await queries.person_of(tx, change)
    known = await queries.known_values(tx, change, person)
    if domain.is_stale(change, known, is_asker_there=await store.is_asker_there(tx, change)):
        raise ChangeOutdated
    if change.kind == "contact":
        await carry_out(tx, actor, change)
    elif person is not None:
        await _correct(tx, actor, person, change.after, household_ids)
    else:
        await add_child(tx, actor, change, [change.asked_by])
    await store.save_change(tx, actor, replace(change, status=ChangeStatus.ACCEPTED))


async def forget_decided(db: Database) -> None:
    """Forget requests that were decided or withdrawn long ago."""
    await remove_in_batches(db, store.FORGET_DECIDED_SQL, await db.now() - domain.DECIDED_KEPT)


async def _refuse(tx: Transaction, actor: Actor, letters: LetterSeal, change: Change) -> None:
    await store.save_change(tx, actor, change)
    tx.note(Act(actor, "change_refused", change.subject_id, change.household_id))
    adult = await load_adult(tx, change.asked_by)
    if adult is not None and adult.email:
        letter = letters.close(RegistrationLetter(email=adult.email, reason=change.reason))
        tx.emit(ChangeRefused(change_id=change.change_id, sealed=letter, refused_at=await tx.now()))
