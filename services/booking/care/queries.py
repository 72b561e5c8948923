"""What children need on a day, and who looked at it."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.clock import age_on
from chassis.data.database import Database, Queries
from chassis.data.history import history_of
from chassis.refusal import NotFound
from contracts.booking.care import ChildCare, SheetInsurance, SheetPerson
from contracts.booking.care_events import CareKnown, Leaving
from contracts.family.care import Care, CarePerson
from contracts.history import HistoryEntry
from contracts.http import Page

from ..access import ANSWERED_CHILD
from . import store
from .domain import Guardian, LeavingAnswer, leaving_on

CARE_ACTS: Final = ("care_seen",)


async def care_on(db: Queries, child_ids: Sequence[UUID], day: date) -> tuple[ChildCare, ...]:
    """What these children need on a day, in their order."""
    known = await store.load_care(db, child_ids)
    guardians = await store.guardians_on(db, child_ids, day)
    return tuple(_care(child_id, known.get(child_id), guardians[child_id], day) for child_id in child_ids)


def _care(child_id: UUID, care: Care | None, guardians: Sequence[Guardian], day: date) -> ChildCare:
    if care is None:
        return ChildCare(child_id=child_id, known=CareKnown.NOT_YET)
    answers = [LeavingAnswer(**answer.model_dump()) for answer in care.leaving]
    leaving, leaves_from = leaving_on(day, answers, guardians)
    return ChildCare(
        child_id=child_id,
        known=CareKnown.SAID if care.is_known else CareKnown.UNSAID,
        allergens=care.allergens,
        other_allergies=care.other_allergies,
        has_pai=care.has_pai,
        pai_ends_on=care.pai_ends_on,
        is_pai_over=care.pai_ends_on is not None and care.pai_ends_on < day,
        conduct=care.conduct,
        diet=care.diet,
        has_own_lunch=care.has_own_lunch,
        leaving=leaving,
        leaves_from=leaves_from,
        people=tuple(
            SheetPerson(
                kind=person.kind,
                name=person.name,
                relation=person.relation,
                phone=person.phone,
                ends_on=person.ends_on,
                age=age_on(person.birth_on, day) if person.birth_on else None,
                decision=person.decision,
                decided_on=person.decided_on,
                portrait_id=person.contact_id if person.portrait else None,
            )
            for person in _people_on(care, day)
        ),
        doctor_name=care.doctor_name,
        doctor_phone=care.doctor_phone,
        insurance=_insurance(care, day),
    )


def _people_on(care: Care, day: date) -> list[CarePerson]:
    """Who is around a child on a day."""
    return [
        person
        for person in care.people
        if person.starts_on <= day and (person.ends_on is None or day <= person.ends_on)
    ]


def _insurance(care: Care, day: date) -> SheetInsurance | None:
    """The contract of the school year of a day: the last one that began by then, unless a whole year passed since."""
    begun = [
        item for item in care.insurances if item.starts_on <= day < item.starts_on.replace(item.starts_on.year + 1)
    ]
    if not begun:
        return None
    item = begun[-1]
    return SheetInsurance(
        company=item.company,
        contract_number=item.contract_number,
        ends_on=item.ends_on,
        is_over=item.ends_on < day,
    )


async def portrait_on(db: Queries, child_id: UUID, portrait_id: UUID, day: date) -> bytes | None:
    """The picture of somebody who is around a child on a day."""
    care = (await store.load_care(db, [child_id])).get(child_id)
    people = _people_on(care, day) if care else []
    return next((person.portrait for person in people if person.contact_id == portrait_id), None)


def shows_something(child: ChildCare) -> bool:
    """Whether whoever looks learns something of a child that its family said."""
    is_answered = child.leaving is not Leaving.UNANSWERED or child.insurance is not None
    return child.known is CareKnown.SAID or is_answered or bool(child.people)


ANSWERS_FOR_SQL = reaching(" select {is_reached}", is_reached=ANSWERED_CHILD.of("$4::uuid"))


async def care_history(db: Database, actor: Actor, child_id: UUID, cursor: str | None) -> Page[HistoryEntry]:
    """Which agents looked at what a child needs. Raises NotFound, Invalid."""
    if not await db.fetchval(ANSWERS_FOR_SQL, *reach_of(actor, await db.today()), child_id):
        raise NotFound
    return await history_of(db, None, cursor, [child_id], CARE_ACTS)
