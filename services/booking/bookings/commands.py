"""Booking baskets, many in one transaction, and giving a booking back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.actor import Actor
from chassis.batching import Batcher, MayFollow
from chassis.clock import deadline
from chassis.data.database import Database, Transaction, command
from chassis.data.idempotency import Claim, KeptAnswer
from chassis.identifiers import new_id
from chassis.refusal import IdempotencyKeyReused, NotFound, Refusal
from contracts.booking.api import COUNTER
from contracts.booking.models import Basket, BasketBooked, Booking
from contracts.types import ActorKind, BookingStatus

from ..directory.queries import require_access
from . import queries, store
from .domain import BasketDecision, BookingFacts, Snapshot, WishedBasket, cancel, decide


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """A basket that somebody asks for. `trace` leads back to their request."""

    actor: Actor
    basket: Basket
    claim: Claim
    trace: Mapping[str, str]


Outcome = BasketBooked | Refusal
BookingDesk = Batcher[BookingRequest, BasketBooked]


def booking_desk(zone: ZoneInfo) -> BookingDesk:
    """Where concurrent requests for places queue up to be decided together."""

    async def run(db: Database, requests: Sequence[BookingRequest], may_follow: MayFollow) -> Sequence[Outcome]:
        return await book(db, requests, zone, may_follow)

    return Batcher(run)


@command
async def book(
    tx: Transaction, requests: Sequence[BookingRequest], zone: ZoneInfo, may_follow: MayFollow = lambda: None
) -> list[Outcome]:
    """Decide baskets in order of arrival; each is booked whole or refused. The outcomes are in the same order.

    A key that was answered before, or that is in the batch twice, gets one and the same answer. Once the places are locked
    those who came later `may_follow`: they queue up behind the locks.
    """
    first: dict[Claim, BookingRequest] = {}
    for request in requests:
        first.setdefault(request.claim, request)
    new = list(first.values())
    lines = [_wished_lines(request) for request in new]
    every_line = [line for basket in lines for line in basket]
    days = iter(await store.load_days(tx, every_line, zone))
    baskets = [
        WishedBasket(new_id(), request.actor.guardian_id, tuple(next(days) for _ in basket))
        for request, basket in zip(new, lines, strict=True)
    ]
    places = await store.lock_places(tx, list({line.slot_id for line in every_line}))
    may_follow()
    kept, booked = await store.known_of(tx, [request.claim for request in new], every_line)
    outcomes = _replay(new, kept)
    waiting = [(request, basket) for request, basket in zip(new, baskets, strict=True) if request.claim not in outcomes]
    decisions = decide(Snapshot(await tx.now(), places, booked), [basket for _, basket in waiting])
    accepted: list[tuple[BookingRequest, BasketDecision, BasketBooked]] = []
    for (request, _), decision in zip(waiting, decisions, strict=True):
        if isinstance(decision, BasketDecision):
            outcomes[request.claim] = answer = _answer(decision)
            accepted.append((request, decision, answer))
        else:
            outcomes[request.claim] = decision
    if accepted:
        await _save(tx, accepted)
    return [outcomes[request.claim] for request in requests]


async def _save(tx: Transaction, accepted: Sequence[tuple[BookingRequest, BasketDecision, BasketBooked]]) -> None:
    await store.insert_bookings(tx, [(decision, request.actor.account_id) for request, decision, _ in accepted])
    tx.keep([KeptAnswer(request.claim, answer.model_dump_json()) for request, _, answer in accepted])
    for request, decision, _ in accepted:
        tx.emit(*decision.events(), trace=request.trace)


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
            outcomes[claim] = BasketBooked.model_validate_json(answers[claim])
    return outcomes


def _wished_lines(request: BookingRequest) -> list[store.WishedLine]:
    return [
        store.WishedLine(new_id(), request.actor.guardian_id, line.child_id, line.slot_id)
        for line in request.basket.lines
    ]


def _answer(decision: BasketDecision) -> BasketBooked:
    return BasketBooked(
        basket_id=decision.basket_id,
        bookings=tuple(
            Booking(
                booking_id=day.booking_id,
                basket_id=decision.basket_id,
                household_id=decision.household_id,
                child_id=day.child.child_id,
                child_first_name=day.child.first_name,
                activity_id=day.slot.activity_id,
                activity_label=day.slot.activity_label,
                slot_id=day.slot.slot_id,
                service_on=day.slot.service_on,
                status=BookingStatus.CONFIRMED,
                attendance=None,
                confirmed_at=decision.confirmed_at,
                cancelled_at=None,
            )
            for day in decision.days
        ),
    )


@command
async def cancel_booking(tx: Transaction, actor: Actor, booking_id: UUID, zone: ZoneInfo) -> Booking:
    """Give a booked day back; giving it back again changes nothing.

    Raises:
        NotFound: it is not a booking of this guardian's household.
        CutoffPassed, SlotClosed: the family cannot do so by itself any more.
    """
    may_book(actor)
    row = await store.lock_booking(tx, booking_id)
    if row is None:
        raise NotFound
    await require_access(tx, actor, row["household_id"])
    outcome = cancel(
        BookingFacts(
            booking_id=booking_id,
            household_id=row["household_id"],
            child_id=row["child_id"],
            activity_id=row["activity_id"],
            slot_id=row["slot_id"],
            service_on=row["service_on"],
            status=BookingStatus(row["status"]),
            cutoff=deadline(row["service_on"], row["cutoff_days_before"], row["cutoff_at"], zone),
            is_closed=row["is_closed"],
        ),
        await tx.now(),
    )
    if isinstance(outcome, Refusal):
        raise outcome
    if outcome is not None:
        await store.save_cancellation(tx, outcome, actor.account_id)
        tx.emit(outcome)
    return await queries.booking(tx, booking_id)


def may_book(actor: Actor) -> None:
    """Refuse with `Forbidden` who is neither a guardian nor an agent of the counter."""
    if actor.kind is ActorKind.PARENT:
        actor.require_guardian()
    else:
        actor.require_agent(*COUNTER)
