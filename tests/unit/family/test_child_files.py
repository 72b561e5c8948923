"""A child's file: which vaccinations are asked by birth, until when a child without a proof is admitted, and what counts of what parents say."""

from datetime import UTC, date, datetime, time
from uuid import UUID

import pytest

from chassis.days import DateRange
from chassis.refusal import Invalid
from contracts.family.child_events import Allergen, AuthorizationKind, Consent, Outcome, ProofStatus, Vaccine
from services.family.authorizations.domain import (
    Answered,
    Answers,
    answered,
    carried_over,
    check_year,
    counting,
)
from services.family.errors import HealthOutdated
from services.family.health.domain import NOTHING, Said, proof_seen, said_instead, vaccines_of
from services.family.schools.domain import days_of, school_year_of

ONE, OTHER, AGENT = UUID(int=1), UUID(int=2), UUID(int=3)
TODAY, AT = date(2026, 9, 1), datetime(2026, 9, 1, 8, tzinfo=UTC)
YES, NO = Answered(Consent.GIVEN, AT), Answered(Consent.REFUSED, AT)


@pytest.mark.parametrize(
    ("birth_on", "count", "has", "has_not"),
    [
        (date(2017, 12, 31), 3, Vaccine.POLIO, Vaccine.MEASLES),
        (date(2018, 1, 1), 11, Vaccine.MENINGOCOCCUS_C, Vaccine.MENINGOCOCCUS_B),
        (date(2024, 12, 31), 11, Vaccine.MENINGOCOCCUS_C, Vaccine.MENINGOCOCCUS_ACWY),
        (date(2025, 1, 1), 12, Vaccine.MENINGOCOCCUS_ACWY, Vaccine.MENINGOCOCCUS_C),
    ],
)
def test_vaccinations_are_those_of_the_birth(birth_on: date, count: int, has: Vaccine, has_not: Vaccine) -> None:
    asked = vaccines_of(birth_on)
    assert len(asked) == count
    assert has in asked
    assert has_not not in asked
    assert all(list(days) == sorted(days) and days[0] > birth_on for days in asked.values())


def test_doses_are_due_by_age() -> None:
    assert vaccines_of(date(2025, 12, 31))[Vaccine.MENINGOCOCCUS_B] == (
        date(2026, 3, 31),
        date(2026, 5, 31),
        date(2026, 12, 31),
    )
    assert vaccines_of(date(2023, 12, 31))[Vaccine.TETANUS][0] == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("today", "until"), [(date(2026, 9, 1), date(2026, 12, 1)), (date(2026, 11, 30), date(2027, 2, 28))]
)
def test_a_child_without_a_proof_is_admitted_for_three_months(today: date, until: date) -> None:
    proof = proof_seen(ProofStatus.MISSING, None, AGENT, today)
    assert not isinstance(proof, Invalid)
    assert (proof.provisional_ends_on, proof.valid_until_on, proof.seen_by) == (until, None, AGENT)


def test_a_proof_that_is_over_or_missing_has_no_such_end() -> None:
    over = proof_seen(ProofStatus.COMPLETE, date(2026, 8, 31), AGENT, TODAY)
    missing = proof_seen(ProofStatus.MISSING, TODAY, AGENT, TODAY)
    assert [isinstance(proof, Invalid) for proof in (over, missing)] == [True, True]
    assert not isinstance(proof_seen(ProofStatus.COMPLETE, TODAY, AGENT, TODAY), Invalid)


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        (Said(has_pai=True), ["conduct_missing"]),
        (Said(has_own_lunch=True), ["without_pai"]),
        (Said(pai_ends_on=date(2027, 1, 1)), ["without_pai"]),
        (Said(has_pai=True, conduct="112", pai_ends_on=date(2026, 8, 31)), ["pai_over"]),
        (Said(allergens=(Allergen.MILK, Allergen.MILK)), ["code_repeated"]),
        (Said(other_allergies="ki\u200bwi"), ["unprintable_character"]),
        (Said(conduct="une ligne\n\nune autre"), []),
        (Said(has_pai=True, conduct="112", has_own_lunch=True, pai_ends_on=TODAY), []),
    ],
)
def test_what_may_be_said_of_health(wanted: Said, codes: list[str]) -> None:
    decided = said_instead(0, NOTHING, wanted, 0, TODAY)
    assert [field.code for field in decided.fields] == codes if isinstance(decided, Invalid) else not codes


def test_a_plan_that_is_over_keeps_nobody_from_saying_something_else() -> None:
    known = Said(has_pai=True, conduct="112", pai_ends_on=date(2026, 8, 31))
    wanted = Said(has_pai=True, conduct="112", pai_ends_on=date(2026, 8, 31), doctor_name="Dr Roux")
    assert said_instead(1, known, wanted, 1, TODAY) == wanted


def test_what_was_said_since_is_not_undone_unseen() -> None:
    known = Said(allergens=(Allergen.NUTS,))
    assert isinstance(said_instead(2, known, NOTHING, 1, TODAY), HealthOutdated)
    assert said_instead(2, known, known, 1, TODAY) == known, "whoever says what is there gets it"


@pytest.mark.parametrize(
    ("one", "other", "holding", "outcome"),
    [
        (None, None, {ONE, OTHER}, Outcome.UNANSWERED),
        (YES, None, {ONE, OTHER}, Outcome.AWAITED),
        (YES, YES, {ONE, OTHER}, Outcome.GIVEN),
        (YES, NO, {ONE, OTHER}, Outcome.REFUSED),
        (None, NO, {ONE, OTHER}, Outcome.REFUSED),
        (YES, None, {ONE}, Outcome.GIVEN),
        (YES, NO, {ONE}, Outcome.GIVEN),
        (NO, YES, {OTHER}, Outcome.GIVEN),
    ],
)
def test_a_picture_needs_all_who_exercise_authority_and_a_refusal_of_one_counts(
    one: Answered | None, other: Answered | None, holding: set[UUID], outcome: Outcome
) -> None:
    image = AuthorizationKind.IMAGE
    answers = {adult: Answers({image: answer}) for adult, answer in ((ONE, one), (OTHER, other)) if answer}
    counted = counting(image, answers, holding)
    assert counted.outcome is outcome
    assert counted.missing == ((OTHER,) if outcome is Outcome.AWAITED else ())


def test_one_parent_lets_a_usual_thing_and_the_later_hour_counts() -> None:
    leaving = AuthorizationKind.LEAVING_ALONE
    early, late = (Answers({leaving: Answered(Consent.GIVEN, AT, time(hour))}) for hour in (16, 17))
    assert counting(leaving, {ONE: early}, {ONE, OTHER}).leaves_from == time(16)
    assert counting(leaving, {ONE: early, OTHER: late}, {ONE, OTHER}).leaves_from == time(17)
    refused = counting(leaving, {ONE: early, OTHER: Answers({leaving: NO})}, {ONE, OTHER})
    assert (refused.outcome, refused.leaves_from) == (Outcome.REFUSED, None)


def test_an_hour_is_needed_to_leave_alone_and_what_stays_keeps_its_instant() -> None:
    leaving, swimming = AuthorizationKind.LEAVING_ALONE, AuthorizationKind.SWIMMING
    assert isinstance(answered(Answers(), {leaving: Consent.GIVEN}, None, AT), Invalid)
    later = datetime(2026, 9, 2, 8, tzinfo=UTC)
    known = Answers({swimming: YES})
    again = answered(known, {swimming: Consent.GIVEN, leaving: Consent.REFUSED}, time(16), later)
    assert again == Answers({swimming: YES, leaving: Answered(Consent.REFUSED, later)})


def test_what_was_said_the_year_before_is_carried_over_where_nothing_is_said_yet() -> None:
    image, swimming, outings = AuthorizationKind.IMAGE, AuthorizationKind.SWIMMING, AuthorizationKind.OUTINGS
    later = datetime(2027, 8, 30, 8, tzinfo=UTC)
    former, present = Answers({image: NO, swimming: YES}), Answers({swimming: NO})
    carried = carried_over(former, present, later)
    assert carried.by_kind == {image: Answered(Consent.REFUSED, later), swimming: NO}
    assert carried.of(outings) is None


def test_a_school_year_begins_in_september_and_is_answered_from_june_on() -> None:
    assert [school_year_of(day) for day in (date(2026, 8, 31), date(2026, 9, 1))] == [2025, 2026]
    assert days_of(2026) == DateRange(date(2026, 9, 1), date(2027, 8, 31))
    for day, years in ((date(2026, 5, 31), [2025]), (date(2026, 6, 1), [2025, 2026]), (date(2026, 9, 1), [2026])):
        assert [year for year in range(2023, 2029) if check_year(year, day) is None] == years
