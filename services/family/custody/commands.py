"""Entering who answers for a child and where the child lives; telling households of a coming of age."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.days import DateRange
from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from chassis.timeline import Timeline
from contracts.family.custody import (
    ChildFile,
    EvidenceShown,
    HomeDaysChange,
    ResidenceChange,
    ResponsibilityChange,
    ResponsibilityEnd,
)
from contracts.family.events import ChildCameOfAge, HolidayTurns

from ..care.store import publish_care
from ..exports.store import forget_of_child
from ..households.store import households_of_person
from ..people.domain import noted_days
from ..people.store import load_adult, lock_child
from ..settings import FamilyRules
from . import domain, queries
from .domain import Custody, Evidence, Grant, Home, Tie, Turns
from .store import load_custody, memberships_of, save_custody, take_comings_of_age

COMINGS_OF_AGE_MAX = 100


@command
async def change_responsibility(
    tx: Transaction, actor: Actor, child_id: UUID, adult_id: UUID, request: ResponsibilityChange
) -> ChildFile:
    """Enter what an adult is to a child, from a day on. Raises NotFound, Invalid."""
    custody = await _lock(tx, child_id)
    if await load_adult(tx, adult_id) is None:
        raise NotFound
    tie, grant = Tie(adult_id, request.role), Grant(request.authority, await _shown(tx, request))
    decision = domain.with_tie(custody, tie, grant, request.starts_on, request.ends_on)
    return await _save(
        tx, custody, decision, Act(actor, "responsibility_changed", child_id, after=_words(request, adult_id))
    )


@command
async def end_responsibility(
    tx: Transaction, actor: Actor, child_id: UUID, adult_id: UUID, request: ResponsibilityEnd
) -> ChildFile:
    """Enter the last day on which an adult is this to a child. Raises NotFound, Invalid."""
    custody = await _lock(tx, child_id)
    decision = domain.without_tie(custody, Tie(adult_id, request.role), request.ends_on)
    return await _save(
        tx, custody, decision, Act(actor, "responsibility_ended", child_id, after=_words(request, adult_id))
    )


@command
async def change_residence(
    tx: Transaction, actor: Actor, rules: FamilyRules, child_id: UUID, request: ResidenceChange
) -> ChildFile:
    """Enter where a child lives, from a day on. Raises NotFound, Invalid."""
    custody = await _lock(tx, child_id)
    turns = Turns(request.change_weekday, request.change_hour, request.second_home_days, _holidays(request, rules))
    evidence = await _shown(tx, request)
    home = Home(request.pattern, request.household_ids, request.anchor_on, evidence, turns)
    during = _during(request.starts_on, request.ends_on)
    decision = domain.with_home(custody, home, during, await memberships_of(tx, child_id))
    return await _save(tx, custody, decision, Act(actor, "residence_changed", child_id, after=_words(request)))


@command
async def change_home_days(tx: Transaction, actor: Actor, child_id: UUID, request: HomeDaysChange) -> ChildFile:
    """Enter at which home a child is on some days, or that the pattern counts for them again. Raises NotFound, Invalid."""
    custody = await _lock(tx, child_id)
    during = _during(request.starts_on, request.ends_on)
    decision = domain.with_swap(custody, request.household_id, during, await memberships_of(tx, child_id))
    return await _save(tx, custody, decision, Act(actor, "home_days_changed", child_id, after=_words(request)))


def _during(starts_on: date, ends_on: date | None) -> DateRange:
    """The days of an entry. Raises Invalid: they are reversed."""
    if ends_on is not None and ends_on < starts_on:
        raise Invalid(FieldRefusal("/ends_on", "range_reversed", (("starts_on", starts_on),)))
    return DateRange.between(starts_on, ends_on)


async def _shown(tx: Transaction, request: EvidenceShown) -> Evidence:
    """What was shown for an entry. Raises Invalid."""
    evidence = Evidence(request.evidence_kind, request.evidence_on, request.evidence)
    if faults := list(domain.evidence_faults(evidence, await tx.today())):
        raise Invalid(*faults)
    return evidence


def _holidays(request: ResidenceChange, rules: FamilyRules) -> HolidayTurns | None:
    """Who begins holidays, by the town's calendar. Raises Invalid: the town has none."""
    if request.holidays_even_first_id is None:
        return None
    if rules.school_zone is None:
        raise Invalid(FieldRefusal("/holidays_even_first_id", "no_school_zone"))
    return HolidayTurns(zone=rules.school_zone, even_first_id=request.holidays_even_first_id)


def _words(request: BaseModel, adult_id: UUID | None = None) -> dict[str, Any]:
    named = {"adult_id": str(adult_id)} if adult_id else {}
    return request.model_dump(mode="json") | named


async def _lock(tx: Transaction, child_id: UUID) -> Custody:
    child = await lock_child(tx, child_id)
    if child is None:
        raise NotFound
    return await load_custody(tx, child)


async def _save(tx: Transaction, before: Custody, decision: Custody | Refusal, act: Act) -> ChildFile:
    """Keep what was decided, unless it is so already; it is noted for each household of the child."""
    if isinstance(decision, Refusal):
        raise decision
    if decision != before:
        former = _former(before, decision)
        for household_id in sorted(await households_of_person(tx, before.child.child_id)):
            tx.note(replace(act, household_id=household_id, before={"former": former} if former else None))
        await save_custody(tx, decision)
        await forget_of_child(tx, before.child.child_id)
        await publish_care(tx, before.child.child_id)
    return await queries.child_file(tx, before.child.child_id, await tx.today())


def _former(before: Custody, after: Custody) -> list[dict[str, Any]]:
    """What stood where something else stands now, range by range: it is in no table any more."""
    ties = [
        {
            "adult_id": tie.adult_id,
            "role": tie.role,
            **noted_days(change.during),
            "authority": change.before.authority,
            **_evidence_words(change.before.evidence),
        }
        for tie, grants in before.ties.items()
        for change in grants.changes_to(after.ties.get(tie, Timeline()))
        if change.before is not None
    ]
    homes = [
        {**noted_days(change.during), **_home_words(change.before)}
        for change in before.homes.changes_to(after.homes)
        if change.before is not None
    ]
    swaps = [
        {**noted_days(change.during), "household_ids": [change.before]}
        for change in before.swaps.changes_to(after.swaps)
        if change.before is not None
    ]
    return [*ties, *homes, *swaps]


def _evidence_words(evidence: Evidence) -> dict[str, Any]:
    return {"evidence_kind": evidence.kind, "evidence_on": evidence.dated_on, "evidence": evidence.reference}


def _home_words(home: Home) -> dict[str, Any]:
    turns = home.turns
    return {
        "pattern": home.pattern,
        "household_ids": home.household_ids,
        "anchor_on": home.anchor_on,
        "change_weekday": turns.change_weekday,
        "change_hour": turns.change_hour,
        "second_home_days": turns.second_home_days,
        "holidays_even_first_id": turns.holidays.even_first_id if turns.holidays else None,
        **_evidence_words(home.evidence),
    }


async def tell_comings_of_age(db: Database) -> None:
    """Tell the households of children who came of age that nobody answers for them any longer; each once."""
    while await _tell_some(db) == COMINGS_OF_AGE_MAX:
        pass


@command
async def _tell_some(tx: Transaction) -> int:
    now = await tx.now()
    today = await tx.today()
    children = await take_comings_of_age(tx, domain.born_by(today), COMINGS_OF_AGE_MAX, now)
    for child in children:
        for household_id in sorted(await households_of_person(tx, child.child_id)):
            tx.emit(
                ChildCameOfAge(
                    household_id=household_id,
                    child_id=child.child_id,
                    last_day_on=domain.last_day_of_minority(child),
                    noted_at=now,
                )
            )
    return len(children)
