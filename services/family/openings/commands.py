"""Opening households' files: one at the desk, many of an import together. Every file is decided on before any is written, so that one which is refused takes
nothing with it, and each statement writes all of them."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.days import DateRange, Days
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from chassis.timeline import Timeline
from contracts.family.events import ChildAdded, HouseholdCreated, QuotientState
from contracts.family.models import AdultCreate, Household, HouseholdCreate
from contracts.types import Authority, ResidencePattern, ResponsibilityRole

from ..births.commands import children_typed
from ..births.domain import KNOWN_POINTER, child_pointers, known_pointers
from ..custody.domain import Custody, Grant, Home, Tie, with_home, with_tie
from ..custody.store import load_custody, save_custodies
from ..households import domain
from ..households.domain import Address, HouseholdFile, KnownFiles, Member
from ..households.queries import read_household
from ..households.store import invite
from ..organizations.commands import organization_typed
from ..organizations.domain import kind_fault
from ..people.domain import Adult, Child
from ..people.store import add_adults, add_children, load_children, lock_child
from ..protection.domain import Protection
from ..protection.store import protect
from ..quotients.commands import as_entry
from ..quotients.domain import quotient_fault
from ..quotients.store import add_quotients
from ..settings import FamilyRules
from .domain import AT_THE_DESK, Opening
from .store import add_files, known_files, next_references


@command
async def open_household(
    tx: Transaction, actor: Actor, claim: Claim, rules: FamilyRules, request: HouseholdCreate
) -> Household:
    """Open a file: household, adults, children, who answers for them and quotient together, or nothing."""
    if (answer := await claim.replay(tx, Household)) is not None:
        return answer
    return await claim.keep(tx, await open_file(tx, actor, rules, request))


async def open_file(tx: Transaction, actor: Actor, rules: FamilyRules, request: HouseholdCreate) -> Household:
    """`open_household`, in a transaction that does more."""
    [opened] = await open_files(tx, actor, rules, [(request, AT_THE_DESK)])
    if isinstance(opened, Refusal):
        raise opened
    return await read_household(tx, opened.household_id, await tx.today())


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file that may be opened, with all that is written of it. `known` are those of its people whom another file names already."""

    file: HouseholdFile
    request: HouseholdCreate
    how: Opening
    known: KnownFiles
    new_children: tuple[Child, ...]
    custodies: tuple[Custody, ...] = ()

    @property
    def new_adults(self) -> list[Adult]:
        """Those whom no file names yet."""
        known_ids = {adult.adult_id for adult in self.known.adults.values()}
        return [adult for adult in self.file.adults if adult.adult_id not in known_ids]

    def act(self, actor: Actor) -> Act:
        """What its history says of that."""
        file, key = self.file, self.how.import_key
        after = {"reference": file.reference, "kind": file.kind, "child_count": len(file.children), **self.how.noted}
        if self.known.twin is not None:
            after |= {"twin": self.known.twin, "reason": self.request.twin_reason}
        if self.request.secret_reason is not None:
            after |= {"is_address_protected": True}
        action = "household_imported" if key else "household_opened"
        return Act(actor, action, file.household_id, file.household_id, after=after)


async def open_files(
    tx: Transaction, actor: Actor, rules: FamilyRules, wanted: Sequence[tuple[HouseholdCreate, Opening]]
) -> list[HouseholdFile | Refusal]:
    """Open files that have nobody in common, or say why one cannot be opened, of which nothing is written then."""
    now, today = await tx.now(), await tx.today()
    there = await load_children(tx, {child_id for request, _ in wanted for child_id in request.known_child_ids})
    drafted = [_drafted(request, how, rules, there, (today, now)) for request, how in wanted]
    drafts = [draft for draft in drafted if isinstance(draft, _Opened)]
    known = iter(await known_files(tx, [draft.file for draft in drafts]))
    answers: list[_Opened | Refusal] = []
    for draft in drafted:
        answer = draft if isinstance(draft, Refusal) else _decided(replace(draft, known=next(known)), rules, today)
        answers.append(answer if isinstance(answer, Refusal) else await _answered_for(tx, answer, today))
        await asyncio.sleep(0)  # others of this process come first
    opened = [answer for answer in answers if isinstance(answer, _Opened)]
    references = iter(await next_references(tx, len(opened)))
    answers = [
        answer if isinstance(answer, Refusal) else replace(answer, file=_named(answer, next(references)))
        for answer in answers
    ]
    await _write(tx, actor, rules, [answer for answer in answers if isinstance(answer, _Opened)])
    return [answer if isinstance(answer, Refusal) else answer.file for answer in answers]


def _named(opened: _Opened, reference: str) -> HouseholdFile:
    """The file as it is written: one whose address is secret never has it, so that nothing that is told of the file can say it."""
    address = None if opened.request.secret_reason is not None else opened.file.address
    return replace(opened.file, reference=reference, address=address)


def check_kind(request: HouseholdCreate, rules: FamilyRules) -> None:
    """Refuse a file of a kind that the town does not take, or that is not said whole. Raises Invalid."""
    if fault := kind_fault(request.kind, request.organization is not None, rules.kinds):
        raise Invalid(fault)
    if request.organization is not None and request.quotient is not None:
        raise Invalid(FieldRefusal("/quotient", "quotient_of_organization"))


def typing_refusal(request: HouseholdCreate, now: datetime, today: date) -> Refusal | None:
    """Why no file can be opened with what was typed, whatever the other files say; None when one may be."""
    children = children_typed(request, unborn_name="")
    return domain.check_opening(draft_of(request, children, today, now), children, KnownFiles(), today)


def draft_of(request: HouseholdCreate, children: tuple[Child, ...], today: date, now: datetime) -> HouseholdFile:
    """A new file as it was typed, of these children."""
    adults = tuple(_adult(typed) for typed in (request.guardian, request.co_guardian) if typed)
    from_now_on = DateRange(today)
    return HouseholdFile(
        household_id=new_id(),
        reference="",
        address=_address(request),
        adults=adults,
        children=children,
        adult_members=tuple(Member(adult.adult_id, from_now_on) for adult in adults),
        child_members=tuple(Member(child.child_id, from_now_on) for child in children),
        payers=Timeline.of([(from_now_on, adults[0].adult_id)]),
        created_at=now,
        organization=organization_typed(request.kind, request.organization) if request.organization else None,
    )


def _address(request: HouseholdCreate) -> Address:
    typed = request.address
    return Address(typed.lines, typed.postal_code, typed.city, typed.country)


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


def _drafted(
    request: HouseholdCreate,
    how: Opening,
    rules: FamilyRules,
    there: Mapping[UUID, Child],
    when: tuple[date, datetime],
) -> _Opened | Refusal:
    """A file as it was typed, of children some of whom are there already."""
    try:
        check_kind(request, rules)
    except Invalid as refusal:
        return refusal
    if not there.keys() >= set(request.known_child_ids):
        return NotFound()
    new_children = children_typed(request, rules.policy.unborn_name)
    known_children = [there[child_id] for child_id in sorted(set(request.known_child_ids))]
    draft = draft_of(request, (*new_children, *known_children), *when)
    draft = replace(draft, adults=how.of_file(draft.adults), former_keys=how.former_keys)
    return _Opened(draft, request, how, KnownFiles(), new_children)


def _decided(draft: _Opened, rules: FamilyRules, today: date) -> _Opened | Refusal:
    """The file as it is kept, or why there is to be none."""
    request, known = draft.request, draft.known
    has_reason = request.twin_reason is not None
    if refusal := domain.check_opening(draft.file, draft.new_children, known, today, has_reason=has_reason):
        return refusal
    if request.quotient and (
        fault := quotient_fault(
            as_entry(rules, request.quotient).quotient, rules.accepted_quotient_days(today), "/quotient"
        )
    ):
        return Invalid(fault)
    return replace(draft, file=domain.with_known_adults(domain.as_kept(draft.file), known.adults))


async def _answered_for(tx: Transaction, opened: _Opened, today: date) -> _Opened | Refusal:
    """The file whose adults answer for its children, or what is against that."""
    new_ids = {child.child_id for child in opened.new_children}
    custodies = [
        Custody(child, {}, Timeline()) if child.child_id in new_ids else await _held(tx, child)
        for child in opened.file.children
    ]
    settled = list(_settled(opened.file, custodies, child_pointers(opened.new_children), today))
    refusal = next((custody for custody in settled if isinstance(custody, Refusal)), None)
    return refusal or replace(opened, custodies=tuple(item for item in settled if isinstance(item, Custody)))


async def _held(tx: Transaction, child: Child) -> Custody:
    await lock_child(tx, child.child_id)
    return await load_custody(tx, child)


def _settled(
    file: HouseholdFile, custodies: Sequence[Custody], new_pointers: Sequence[str], today: date
) -> Iterator[Custody | Refusal]:
    """Who answers for each child of a new file, which is where a child lives who has no home yet. What is against it is said at the child's place."""
    # The children of a file are the new ones, then those that are known already.
    pointers = (*new_pointers, *known_pointers(len(custodies) - len(new_pointers)))
    for pointer, known in zip(pointers, custodies, strict=True):
        custody: Custody | Refusal = known
        for adult in file.adults:
            tie = Tie(adult.adult_id, ResponsibilityRole.GUARDIAN)
            if isinstance(custody, Custody):
                custody = with_tie(custody, tie, Grant(Authority.JOINT), today, None)
        if isinstance(custody, Custody) and not pointer.startswith(KNOWN_POINTER):
            home = Home(ResidencePattern.SINGLE, (file.household_id,))
            custody = with_home(custody, home, DateRange(today), {file.household_id: Days.between(today)})
        yield _at(pointer, custody) if isinstance(custody, Refusal) else custody


def _at(pointer: str, refusal: Refusal) -> Refusal:
    """A refusal about a child of a new file: it concerns none of the days that the rule knows, but the child."""
    return Invalid(*(replace(fault, pointer=pointer) for fault in refusal.fields)) if refusal.fields else refusal


async def _write(tx: Transaction, actor: Actor, rules: FamilyRules, opened: Sequence[_Opened]) -> None:
    """Write new files with those of their people whom no file names yet, and publish them."""
    now, today = await tx.now(), await tx.today()
    for item in opened:
        tx.note(item.act(actor))
    await add_adults(tx, [adult for item in opened for adult in item.new_adults], now, actor.account_id)
    await add_children(tx, [child for item in opened for child in item.new_children], now, actor.account_id)
    await add_files(tx, [item.file for item in opened], actor.account_id, today)
    for item in opened:
        if (reason := item.request.secret_reason) is not None:
            address, protection = _address(item.request).as_kept(), Protection(reason, today, None)
            await protect(tx, item.file.household_id, address, protection, actor.account_id)
    await save_custodies(tx, [custody for item in opened for custody in item.custodies])
    entries = {item.file.household_id: as_entry(rules, q) for item in opened if (q := item.request.quotient)}
    await add_quotients(tx, entries, now, actor.account_id)
    for item in opened:
        _publish(tx, item)
        if entry := entries.get(item.file.household_id):
            tx.emit(QuotientState(household_id=item.file.household_id, quotients=(entry.quotient,)))
        await asyncio.sleep(0)
        if item.how.is_inviting:
            await invite(tx, [adult.adult_id for adult in item.known.adults.values() if not adult.is_invited], today)


def _publish(tx: Transaction, opened: _Opened) -> None:
    file, added_at = opened.file, opened.file.created_at
    tx.emit(
        file.state(),
        *(child.state() for child in opened.new_children),
        *(custody.state() for custody in opened.custodies),
        HouseholdCreated(household_id=file.household_id, created_at=added_at),
        *(
            ChildAdded(household_id=file.household_id, child_id=child.child_id, added_at=added_at)
            for child in file.children
        ),
    )
