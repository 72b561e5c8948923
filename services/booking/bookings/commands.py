"""Booking days and giving booked days back: baskets of both, batched into one transaction (group commit)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.access import sites_of
from chassis.actor import Actor
from chassis.batching import Batcher
from chassis.data.database import Database, Transaction, command
from chassis.data.history import BY_DELEGATION, Act
from chassis.data.idempotency import Claim, KeptAnswer
from chassis.identifiers import new_id
from chassis.refusal import IdempotencyKeyReused, NotFound, Refusal
from contracts.booking.models import Booking, BookingChanges, BookingChangesMade

from ..delegations.domain import DelegatedAct, Delegation, refusal
from ..delegations.store import load_delegations
from ..documents.domain import DocumentRules
from ..places.domain import NEW, BookingFacts, SlotFacts, given_back
from ..places.store import lock_places
from . import store
from .domain import BasketDecision, BookedDay, Snapshot, WishedBasket, WishedDay, decide, unreached


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """Changes that somebody asks for, by a delegation or in their own name. `trace` leads back to their request."""

    actor: Actor
    changes: BookingChanges
    claim: Claim
    trace: Mapping[str, str]
    delegation_id: UUID | None = None


Outcome = BookingChangesMade | Refusal
BookingBatcher = Batcher[BookingRequest, BookingChangesMade]


def booking_batcher(zone: ZoneInfo, documents: DocumentRules) -> BookingBatcher:
    """The batcher of concurrent requests for places: what arrives while a batch is under way is decided together."""

    async def run(db: Database, requests: Sequence[BookingRequest]) -> Sequence[Outcome]:
        return await book(db, requests, zone, documents)

    return Batcher(run)


@command
async def book(
    tx: Transaction, requests: Sequence[BookingRequest], zone: ZoneInfo, documents: DocumentRules
) -> list[Outcome]:
    """Decide baskets in order of arrival; each is carried out whole or refused. The outcomes are in the same order.

    A key that was answered before, or that is in the batch twice, gets one and the same answer, as long as what it is about is there
    for whoever asks.
    """
    first: dict[Claim, BookingRequest] = {}
    for request in requests:
        first.setdefault(request.claim, request)
    wishes = [line for request in first.values() for line in request.changes.lines]
    named = [(key.service_on, key.booking_id) for request in first.values() for key in request.changes.cancellations]
    children, slots = {line.child_id for line in wishes}, {line.slot_id for line in wishes}
    places = await lock_places(tx, [*children], [*slots], named)
    delegations, outcomes = await _delegations(tx, first.values())
    new = [request for request in first.values() if request.claim not in outcomes]
    lines = [_wished_lines(request, delegations.get(request.claim)) for request in new]
    wished = await store.load_days(tx, [line for basket in lines for line in basket], zone, documents)
    bookings = await store.load_bookings(tx, named, places, zone)
    kept, stays = await store.known_of(
        tx,
        [request.claim for request in new],
        ((day.child.child_id, day.slot.service_on) for day in wished if day.child and day.slot),
    )
    days = iter(wished)
    baskets = [
        _wished_basket(request, [next(days) for _ in basket], delegations.get(request.claim))
        for request, basket in zip(new, lines, strict=True)
    ]
    snapshot = Snapshot(await tx.now(), places, stays, bookings)
    outcomes |= _replay(new, kept)
    for request, basket in zip(new, baskets, strict=True):
        if request.claim in outcomes and (missing := unreached(snapshot, basket)):
            outcomes[request.claim] = missing
    waiting = [(request, basket) for request, basket in zip(new, baskets, strict=True) if request.claim not in outcomes]
    decisions = decide(snapshot, [basket for _, basket in waiting])
    accepted: list[tuple[BookingRequest, BasketDecision, BookingChangesMade]] = []
    for (request, _), decision in zip(waiting, decisions, strict=True):
        if isinstance(decision, BasketDecision):
            outcomes[request.claim] = answer = _answer(decision)
            accepted.append((request, decision, answer))
        else:
            outcomes[request.claim] = decision
    if accepted:
        await _save(tx, accepted)
    return [outcomes[request.claim] for request in requests]


async def _save(tx: Transaction, accepted: Sequence[tuple[BookingRequest, BasketDecision, BookingChangesMade]]) -> None:
    decisions = [(decision, request.actor.account_id) for request, decision, _ in accepted]
    await store.cancel_bookings(
        tx, [(booking, account_id) for decision, account_id in decisions for booking in decision.freed]
    )
    await store.insert_bookings(tx, decisions)
    tx.keep([KeptAnswer(request.claim, answer.model_dump_json()) for request, _, answer in accepted])
    for request, decision, _ in accepted:
        tx.note(_act(request.actor, decision))
        tx.emit(*decision.events(), trace=request.trace)


def _act(actor: Actor, decision: BasketDecision) -> Act:
    """One row for a basket: the days that it booked and those that it gave back."""
    given_back = [_noted(item.child_id, item.slot) for item in decision.given_back]
    booked = [_noted(day.child.child_id, day.slot) for day in decision.days]
    after: dict[str, Any] = {"days": booked} if booked else {}
    if decision.delegation_id is not None:
        after[BY_DELEGATION] = str(decision.delegation_id)
    return Act(
        actor,
        "bookings_changed",
        decision.basket_id,
        decision.household_id,
        before={"days": given_back} if given_back else None,
        after=after or None,
    )


def _noted(child_id: UUID, slot: SlotFacts) -> dict[str, Any]:
    return {
        "child_id": child_id,
        "activity_id": slot.activity_id,
        "activity": slot.activity_label,
        "service_on": slot.service_on,
    }


def _replay(requests: Sequence[BookingRequest], kept: Sequence[KeptAnswer]) -> dict[Claim, Outcome]:
    """The outcomes of requests that need no decision: answered before, or with a key that stands for another request."""
    answers = {answer.claim: answer.response for answer in kept}
    first = {(claim.actor, claim.key): claim for claim in answers}
    outcomes: dict[Claim, Outcome] = {}
    for request in requests:
        claim = request.claim
        if first.setdefault((claim.actor, claim.key), claim) != claim:
            outcomes[claim] = IdempotencyKeyReused()
        elif claim in answers:
            outcomes[claim] = BookingChangesMade.model_validate_json(answers[claim])
    return outcomes


async def _delegations(
    tx: Transaction, requests: Iterable[BookingRequest]
) -> tuple[dict[Claim, Delegation], dict[Claim, Outcome]]:
    """What those who act by a delegation act by, and the refusals of those whose delegation does not let them do this now."""
    delegated = [request for request in requests if request.delegation_id is not None]
    ids, today = {request.delegation_id for request in delegated if request.delegation_id}, await tx.today()
    known = await load_delegations(tx, ids, today)
    delegations: dict[Claim, Delegation] = {}
    outcomes: dict[Claim, Outcome] = {}
    for request in delegated:
        delegation = known.get(request.delegation_id) if request.delegation_id else None
        refused = refusal(delegation, request.actor.require_holder(), DelegatedAct.BOOK_DAYS, today)
        if delegation is None or refused is not None:
            outcomes[request.claim] = refused or NotFound()
        elif request.changes.household_id not in (None, delegation.household_id):
            outcomes[request.claim] = NotFound()
        else:
            delegations[request.claim] = delegation
    return delegations, outcomes


def _wished_lines(request: BookingRequest, delegation: Delegation | None) -> list[store.WishedLine]:
    """Lines as asked for. Whoever acts by a delegation acts as its parent, for its household."""
    guardian_id = delegation.parent_id if delegation else request.actor.guardian_id
    household_id = delegation.household_id if delegation else request.changes.household_id
    sites = None if delegation else sites_of(request.actor)
    return [
        store.WishedLine(new_id(), guardian_id, household_id, line.child_id, line.slot_id, sites)
        for line in request.changes.lines
    ]


def _wished_basket(request: BookingRequest, days: Sequence[WishedDay], delegation: Delegation | None) -> WishedBasket:
    given_back = tuple(named.booking_id for named in request.changes.cancellations)
    if delegation is not None:
        # A child who is not entrusted is not there.
        entrusted = (
            day if day.child and day.child.child_id in delegation.child_ids else replace(day, child=None)
            for day in days
        )
        about = (tuple(entrusted), given_back, delegation.household_id)
        return WishedBasket(new_id(), delegation.parent_id, *about, delegation=delegation)
    sites = sites_of(request.actor)
    return WishedBasket(
        new_id(),
        request.actor.guardian_id,
        tuple(days),
        given_back,
        request.changes.household_id,
        None if sites is None else frozenset(sites),
    )


def _answer(decision: BasketDecision) -> BookingChangesMade:
    return BookingChangesMade(
        basket_id=decision.basket_id if decision.days else None,
        bookings=tuple(_booked(decision, day) for day in decision.days),
        cancelled=tuple(_cancelled(decision, booking) for booking in decision.given_back),
    )


def _booked(decision: BasketDecision, day: BookedDay) -> Booking:
    return Booking(
        booking_id=day.booking_id,
        basket_id=decision.basket_id,
        household_id=decision.household_id,
        child_id=day.child.child_id,
        child_first_name=day.child.first_name,
        activity_id=day.slot.activity_id,
        activity_label=day.slot.activity_label,
        unit_code=day.slot.unit.code,
        unit_label=day.slot.unit.label,
        slot_id=day.slot.slot_id,
        service_on=day.slot.service_on,
        status=NEW,
        attendance=None,
        confirmed_at=decision.decided_at,
        cancelled_at=None,
    )


def _cancelled(decision: BasketDecision, booking: BookingFacts) -> Booking:
    return Booking(
        booking_id=booking.booking_id,
        basket_id=booking.basket_id,
        household_id=booking.household_id,
        child_id=booking.child_id,
        child_first_name=booking.first_name,
        activity_id=booking.slot.activity_id,
        activity_label=booking.slot.activity_label,
        unit_code=booking.slot.unit.code,
        unit_label=booking.slot.unit.label,
        slot_id=booking.slot.slot_id,
        service_on=booking.slot.service_on,
        status=given_back(booking.status),
        attendance=None,
        confirmed_at=booking.confirmed_at,
        cancelled_at=booking.cancelled_at or decision.decided_at,
    )
