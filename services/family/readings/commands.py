"""Asking for a quotient, now or again later, and taking what was found. No transaction is open while the other side is asked."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID, uuid5

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.housekeeping import remove_in_batches
from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from contracts.family.events import Quotient
from contracts.family.reading_words import ReadingStatus
from contracts.family.readings import QuotientAsked, QuotientReading
from contracts.family.resource_words import QuotientWay
from contracts.types import ActorKind, QuotientSource

from ..adapters.api_particulier import QuotientReader
from ..errors import OrganizationHasNoQuotient
from ..households.queries import household_id_for, read_household
from ..households.store import lock_household
from ..permits.commands import NoPermit, close, permit
from ..quotients.commands import note_quotient
from ..quotients.domain import Basis, Entry
from ..settings import FamilyRules
from . import domain, queries, store
from .domain import Answer, Birth, Identity, Outcome
from .store import FORGET_CALLS_SQL, FORGET_READINGS_SQL, Asked

LOOK_SECONDS: Final = 15.0
"""How often it is looked whether a question is to be asked again."""
AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Readings:
    """Whom this process asks, and what the town's rules say of it."""

    reader: QuotientReader
    rules: FamilyRules


async def read_quotient(
    db: Database, actor: Actor, claim: Claim, readings: Readings, household_id: UUID, request: QuotientAsked
) -> QuotientReading:
    """Ask for a quotient; what is found counts when it is taken. The same key again asks nobody.

    Raises:
        NotFound, HouseholdMerged, OrganizationHasNoQuotient, QuotientsNotRead.
        Invalid: something of the identity is missing, or is refused there; or it is of nobody in the household.
        ReadingsTooMany, QuotientUnknown, QuotientsBusy, QuotientsAway, QuotientsClosed.
    """
    reading_id = uuid5(actor.account_id, claim.key)
    asked = await _begin(db, actor, readings.rules, (reading_id, household_id), request)
    if isinstance(asked, QuotientReading):
        return asked
    answer = await _answer(db, readings.reader, asked)
    ended = await _conclude(db, asked, answer, is_later_agreed=request.is_later_agreed)
    if isinstance(ended, Refusal):
        raise ended
    return ended


@command
async def _begin(
    tx: Transaction, actor: Actor, rules: FamilyRules, ids: tuple[UUID, UUID], request: QuotientAsked
) -> Asked | QuotientReading:
    """What is to be asked, noted before it is; the reading, where it was asked already."""
    today, (reading_id, named) = await tx.today(), ids
    household_id = await household_id_for(tx, actor, named, today)
    if not await lock_household(tx, household_id):
        raise NotFound
    if known := await store.find(tx, reading_id):
        return queries.reading_of(known)
    if not rules.policy.api_particulier.is_open:
        raise domain.QuotientsNotRead
    if (await read_household(tx, household_id, today)).organization is not None:
        raise OrganizationHasNoQuotient
    is_by_family = actor.kind is ActorKind.PARENT
    month_on, identity = _month_on(request, today), _identity_of(request)
    if wrong := tuple(domain.faults(identity, month_on, today)):
        raise Invalid(*wrong)
    if is_by_family:
        await _check_family(tx, household_id, identity, is_present=month_on == today.replace(day=1))
    tx.note(Act(actor, "quotient_asked", household_id, household_id, after={"month": month_on.isoformat()}))
    asked = Asked(reading_id, household_id, month_on, identity, actor.account_id, is_by_family)
    await store.add_call(tx, asked)
    return asked


async def _check_family(tx: Transaction, household_id: UUID, identity: Identity, *, is_present: bool) -> None:
    """A family asks about its own adults, about now, and not without end: a page of ours tells nobody what others earn."""
    if not is_present:
        raise Invalid(FieldRefusal("/month", "reading_month_of_agents"))
    now, today = await tx.now(), await tx.today()
    if not domain.is_of(identity, await queries.adults_in(tx, household_id, today)):
        raise Invalid(FieldRefusal("/first_names", "reading_of_others"))
    if await store.count_calls(tx, household_id, now - domain.FAMILY_CALLS_TIME) >= domain.FAMILY_CALLS_MAX:
        raise domain.ReadingsTooMany(count=domain.FAMILY_CALLS_MAX)


def _month_on(request: QuotientAsked, today: date) -> date:
    return date.fromisoformat(f"{request.month}-01") if request.month else today.replace(day=1)


def _identity_of(request: QuotientAsked) -> Identity:
    return Identity(
        birth_name=request.birth_name,
        first_names=domain.first_names_of(request.first_names),
        sex=request.sex,
        birth=Birth.on(request.birth_on),
        country=request.birth_country,
        city=request.birth_city,
        department=request.birth_department,
    )


async def _answer(db: Database, reader: QuotientReader, asked: Asked) -> Answer:
    """What comes of one call, under a permit of all processes; when the other side has too much to do, none of them calls for as long as it says."""
    try:
        async with permit(db, reader.name):
            answer = await reader.read(asked.identity, asked.month_on)
    except NoPermit as full:
        return Answer(Outcome.BUSY, retry_seconds=full.seconds)
    if answer.outcome is Outcome.BUSY:
        await close(db, reader.name, answer.retry_seconds)
    return answer


@command
async def _conclude(
    tx: Transaction, asked: Asked, answer: Answer, *, is_later_agreed: bool
) -> QuotientReading | Refusal:
    """Keep what was found, or the question where it may be asked again; otherwise the refusal that says why not. The call is written down whatever came of it."""
    await lock_household(tx, asked.household_id)
    await store.end_call(tx, asked, answer)
    if answer.value is not None:
        await store.end_waiting(tx, asked.household_id)
        await store.add_found(tx, asked, answer.value, answer.request_id)
    elif answer.is_worth_asking_again and is_later_agreed:
        pause = domain.pause_after(1, answer.retry_seconds) or domain.PAUSES[-1]
        await store.add_waiting(tx, asked, await tx.now() + pause, answer.request_id)
    else:
        return domain.refusal_of(answer, asked.month_on)
    row = await store.find(tx, asked.reading_id)
    if row is None:
        raise NotFound
    return queries.reading_of(row)


@command
async def take_quotient(tx: Transaction, actor: Actor, rules: FamilyRules, reading_id: UUID) -> QuotientReading:
    """Have a quotient that was found count; one that was taken already stays as it is. Raises NotFound, HouseholdMerged, QuotientNotFound."""
    today = await tx.today()
    household_id = (await queries.find_reading(tx, actor, reading_id, today))["household_id"]
    await lock_household(tx, household_id)
    row = await store.hold(tx, reading_id)
    if row is None:
        raise NotFound
    if row["status"] == ReadingStatus.FOUND:
        quotient = Quotient(
            value_cents=row["value_cents"],
            effective_on=row["month_on"],
            source=QuotientSource(row["source"]),
            ends_on=rules.last_quotient_day(row["month_on"]),
        )
        basis = Basis(f"{row['month_on']:%Y-%m}", provider=row["source"], request_id=row["request_id"])
        await note_quotient(tx, actor, household_id, Entry(quotient, QuotientWay.READ, basis))
        await store.save_taken(tx, reading_id, actor.account_id)
    elif row["status"] != ReadingStatus.TAKEN:
        raise domain.QuotientUnanswered
    return queries.reading_of(await queries.find_reading(tx, actor, reading_id, today))


@command
async def drop_reading(tx: Transaction, actor: Actor, reading_id: UUID) -> None:
    """Ask nothing again, or forget what was found. Raises NotFound, QuotientTaken."""
    row = await queries.find_reading(tx, actor, reading_id, await tx.today())
    await lock_household(tx, row["household_id"])
    held = await store.hold(tx, reading_id)
    if held is None:
        return
    if held["status"] == ReadingStatus.TAKEN:
        raise domain.QuotientTaken
    tx.note(Act(actor, "quotient_reading_dropped", row["household_id"], row["household_id"]))
    await store.drop(tx, reading_id)


@dataclass(frozen=True, slots=True)
class ReadingWork:
    """What time does with readings: what waits is asked again, and what was not taken is forgotten."""

    readings: Readings

    async def ask_again(self, db: Database) -> None:
        """Ask what waits and is due; it stops where the other side has too much to do."""
        for _ in range(AT_ONCE):
            due = await _take_up(db)
            if due is None:
                return
            asked, attempts = due
            if asked is None:
                continue
            answer = await _answer(db, self.readings.reader, asked)
            await _settle(db, asked, answer, attempts)
            if answer.outcome is Outcome.BUSY:
                return

    async def forget(self, db: Database) -> None:
        """Remove what is past its time."""
        now = await db.now()
        await remove_in_batches(db, FORGET_READINGS_SQL, now - domain.KEPT)
        await remove_in_batches(db, FORGET_CALLS_SQL, now - domain.CALLS_KEPT)


@command
async def _take_up(tx: Transaction) -> tuple[Asked | None, int] | None:
    """What is due, written down as a call; what a family agreed to is dropped once it is about none of its adults any more."""
    due = await store.take_up(tx)
    asked, attempts = due or (None, 0)
    if asked is None:
        return due
    adults = await queries.adults_in(tx, asked.household_id, await tx.today())
    if asked.is_by_family and not domain.is_of(asked.identity, adults):
        await store.drop(tx, asked.reading_id)
        return None, attempts
    await store.add_call(tx, asked)
    return asked, attempts


@command
async def _settle(tx: Transaction, asked: Asked, answer: Answer, attempts: int) -> None:
    """Write what came of an attempt; whoever withdrew the question meanwhile has it withdrawn."""
    await lock_household(tx, asked.household_id)
    await store.end_call(tx, asked, answer)
    row = await store.hold(tx, asked.reading_id)
    if row is None or row["status"] != ReadingStatus.WAITING:
        return
    pause = domain.pause_after(attempts, answer.retry_seconds) if answer.is_worth_asking_again else None
    if pause is not None:
        await store.put_off(tx, asked, pause, answer.request_id)
    else:
        await store.settle(tx, asked, domain.status_of(answer), answer)
