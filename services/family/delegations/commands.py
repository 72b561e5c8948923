"""Giving a delegation, ending it, and the jobs that end what stands on nothing any more and forget what ended long ago."""

from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import BY_DELEGATION, Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import NotFound
from contracts.family.delegations import Delegation as Answer
from contracts.family.delegations import DelegationCreate, HeldDelegation
from contracts.family.events import (
    DelegateAsked,
    DelegateState,
    DelegationEnd,
    DelegationEnded,
    DelegationGiven,
    DelegationState,
)

from ..delegates import store as delegates
from ..delegates.domain import Delegate
from ..email_changes.domain import given_lately
from ..errors import RevocationNotYours
from ..households.queries import household_id_for
from ..households.store import lock_household
from ..people.domain import comparable_email, single_spaced
from ..people.store import email_given_revision, load_adult, take_turns
from ..settings import FamilyRules
from . import domain, queries, store
from .domain import Delegation, Wish

PER_RUN_MAX: Final = 100


@command
async def give(tx: Transaction, actor: Actor, claim: Claim, rules: FamilyRules, request: DelegationCreate) -> Answer:
    """Let somebody act for children of a household whom the parent who asks answers for.

    Raises:
        NotFound: the household or a child is not theirs to let somebody act for.
        DelegationsClosed, DelegationsTooMany, DelegationExists, Invalid.
        EmailGivenLately: the town corrected the parent's address, and identity did not know yet when it said who asks.
    """
    if (answer := await claim.replay(tx, Answer)) is not None:
        return answer
    parent_id, today = actor.require_guardian(), await tx.today()
    household_id = await household_id_for(tx, actor, request.household_id, today)
    await lock_household(tx, household_id)
    if refusal := given_lately(await email_given_revision(tx, parent_id), actor.details_revision):
        raise refusal
    await take_turns(tx, [comparable_email(request.email)])
    wish = await _wish(tx, parent_id, household_id, request, today)
    now = await tx.now()
    given_count = await store.given_count(tx, household_id, now - domain.GIVEN_WITHIN)
    ground = await store.load_ground(tx, household_id, parent_id, today)
    days_max = rules.policy.delegation_days_max
    if refusal := domain.check(wish, ground, given_count, today, days_max):
        raise refusal
    known, has_account = await delegates.delegate_at(tx, request.email, wish.first_name, wish.last_name)
    delegate = known or Delegate(new_id(), wish.first_name, wish.last_name, request.email)
    given = Delegation(
        delegation_id=new_id(),
        household_id=household_id,
        parent_id=parent_id,
        delegate_id=delegate.delegate_id,
        first_name=wish.first_name,
        last_name=wish.last_name,
        email=request.email,
        child_ids=wish.child_ids,
        acts=wish.all_acts,
        begins_on=today,
        ends_on=request.ends_on,
        given_at=now,
    )
    is_kept_away = await delegates.is_kept_away(tx, delegate.delegate_id, request.email, wish.child_ids, today)
    if refusal := domain.check_delegate(await store.holds(tx, given), is_kept_away):
        raise refusal
    await delegates.keep_delegate(tx, delegate)
    await store.add_delegation(tx, given)
    tx.note(Act(actor, "delegation_given", given.delegation_id, household_id, after=_words(given)))
    await _tell_given(tx, given, has_account)
    return await claim.keep(tx, await queries.answer(tx, actor, given))


async def _wish(tx: Transaction, parent_id: UUID, household_id: UUID, request: DelegationCreate, today: date) -> Wish:
    parent = await load_adult(tx, parent_id)
    return Wish(
        first_name=single_spaced(request.first_name),
        last_name=single_spaced(request.last_name),
        email=request.email,
        child_ids=tuple(dict.fromkeys(request.child_ids)),
        acts=frozenset(request.acts),
        ends_on=request.ends_on,
        own_email=parent.email if parent else None,
        home_emails=await store.home_emails(tx, household_id, today),
    )


async def _tell_given(tx: Transaction, given: Delegation, has_account: bool) -> None:
    tx.emit(
        DelegationGiven(
            household_id=given.household_id,
            delegation_id=given.delegation_id,
            parent_id=given.parent_id,
            child_ids=given.child_ids,
            ends_on=given.ends_on,
            given_at=given.given_at,
        ),
        given.state(),
    )
    await delegates.publish_delegate(tx, given.delegate_id)
    if has_account:
        ids = {"delegate_id": given.delegate_id, "delegation_id": given.delegation_id}
        tx.emit(DelegateAsked(**ids, ends_on=given.ends_on, asked_at=given.given_at))


@command
async def revoke(tx: Transaction, actor: Actor, delegation_id: UUID) -> Answer:
    """End a delegation of the household of whoever asks; one that ended stays as it ended, and is noted nowhere.

    Raises:
        NotFound: it is of another household.
        RevocationNotYours: neither did they give it, nor do they answer for one of its children.
    """
    parent_id, today = actor.require_guardian(), await tx.today()
    known = await _lock(tx, delegation_id)
    await household_id_for(tx, actor, known.household_id, today)
    if parent_id != known.parent_id:
        ground = await store.load_ground(tx, known.household_id, parent_id, today)
        if not ground.answered_for & set(known.child_ids):
            raise RevocationNotYours
    return await queries.answer(tx, actor, await _end(tx, known, DelegationEnd.REVOKED, actor))


@command
async def end_for_town(tx: Transaction, actor: Actor, delegation_id: UUID, reason: str) -> Answer:
    """End a delegation for a family, with a reason that it reads. Raises NotFound."""
    known = await _lock(tx, delegation_id)
    return await queries.answer(tx, actor, await _end(tx, known, DelegationEnd.ENDED_BY_TOWN, actor, reason))


async def end_given(tx: Transaction, actor: Actor, parent_id: UUID) -> None:
    """End what a parent gave whose address the town corrects, and whose households are held: whoever read the former one may have let themself
    act."""
    for delegation_id in await store.given_by(tx, parent_id):
        await _end(tx, await _lock(tx, delegation_id), DelegationEnd.ADDRESS_CORRECTED, actor)


@command
async def give_up(tx: Transaction, actor: Actor, delegation_id: UUID) -> HeldDelegation:
    """End a delegation that whoever asks holds. Raises NotFound."""
    known = await _lock(tx, delegation_id)
    if known.delegate_id != actor.require_holder():
        raise NotFound
    return await queries.held_answer(tx, await _end(tx, known, DelegationEnd.GIVEN_UP, actor))


async def _lock(tx: Transaction, delegation_id: UUID) -> Delegation:
    """A delegation as it stands today, held."""
    known = await store.lock_delegation(tx, delegation_id)
    if known is None:
        raise NotFound
    return known


async def _end(
    tx: Transaction, known: Delegation, end: DelegationEnd, actor: Actor | None = None, reason: str | None = None
) -> Delegation:
    """A delegation that ended: now, unless something ended it before. `actor` is None where nobody did."""
    if known.end is not None:
        return known
    now = await tx.now()
    ended = replace(known, end=end, ended_at=now, end_reason=reason)
    await store.save_end(tx, ended)
    if actor is not None:
        after = {"end": end.value, **({"reason": reason} if reason else {})}
        if end is DelegationEnd.GIVEN_UP:
            after[BY_DELEGATION] = str(ended.delegation_id)
        tx.note(
            Act(actor, "delegation_ended", ended.delegation_id, ended.household_id, before=_words(known), after=after)
        )
    ids = {"household_id": ended.household_id, "delegation_id": ended.delegation_id}
    tx.emit(DelegationEnded(**ids, end=end.value, ended_at=now), ended.state())
    return ended


def _words(delegation: Delegation) -> dict[str, Any]:
    return {
        "delegate": f"{delegation.first_name} {delegation.last_name}",
        "child_ids": [str(child_id) for child_id in delegation.child_ids],
        "acts": [act.value for act in delegation.acts],
        "ends_on": delegation.ends_on,
    }


async def follow_people(db: Database) -> None:
    """Let who has a file by now hold what they held before it, and end or narrow what stands on less than it did. Who decides by a delegation does
    not wait for this: its last day and its parent are looked at each time."""
    today = await db.today()
    for delegate in await delegates.delegates_with_a_file(db, today, PER_RUN_MAX):
        await _join_file(db, delegate)
    for delegation_id in await store.fallen(db, today, PER_RUN_MAX):
        await _follow(db, delegation_id)


@command
async def _follow(tx: Transaction, delegation_id: UUID) -> None:
    known, today = await store.lock_delegation(tx, delegation_id), await tx.today()
    if known is None:
        return
    by_now = domain.as_of(known, await store.load_standing(tx, known, today), today, await tx.now())
    if by_now.end is not None:
        await _end(tx, known, by_now.end)
    elif by_now != known:
        await store.save_children(tx, by_now)
        tx.emit(by_now.state())


@command
async def _join_file(tx: Transaction, delegate: Delegate) -> None:
    delegate_id, email = delegate.delegate_id, delegate.email or ""
    await take_turns(tx, [comparable_email(email)])
    adult, _ = await delegates.delegate_at(tx, email, delegate.first_name, delegate.last_name)
    if adult is None or adult.delegate_id == delegate_id:
        return
    for delegation_id in await store.twice_held(tx, delegate_id, adult.delegate_id):
        await _end(tx, await _lock(tx, delegation_id), DelegationEnd.DOUBLED)
    await delegates.keep_delegate(tx, adult)
    held = await store.move_delegations(tx, delegate_id, adult.delegate_id)
    await delegates.remove_delegate(tx, delegate_id)
    tx.emit(*(delegation.state() for delegation in held))
    await delegates.publish_delegate(tx, adult.delegate_id)
    tx.erase(DelegateState, str(delegate_id))


async def forget_ended(db: Database) -> None:
    """Take the accounts away of those whom nobody lets act any more, and forget what ended long ago."""
    while await _forget_some(db) == PER_RUN_MAX:
        continue


@command
async def _forget_some(tx: Transaction) -> int:
    now = await tx.now()
    left = await delegates.let_leave(tx, now - domain.ACCOUNT_KEPT, now, PER_RUN_MAX)
    for delegate_id in left:
        tx.erase(DelegateState, str(delegate_id))
    gone = await store.remove_old(tx, now - domain.DELEGATION_KEPT, PER_RUN_MAX)
    await delegates.remove_idle(tx)
    for row in gone:
        tx.erase(DelegationState, str(row["delegation_id"]))
    for delegate_id in sorted({row["delegate_id"] for row in gone} - set(left)):
        await delegates.publish_delegate(tx, delegate_id)
    return max(len(left), len(gone))
