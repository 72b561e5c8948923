"""What ends a delegation, in which order, and which acts go with which."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.family.events import DelegatedAct, DelegationEnd
from portal.family.delegations.pages import proposed_end
from services.family.delegations.domain import Delegation, Ground, Wish, as_of, check, ending

TODAY = date(2026, 11, 29)
CHILD, OTHER = UUID(int=1), UUID(int=2)
WHOLE = Ground(is_member=True, child_ids=frozenset({CHILD, OTHER}), answered_for=frozenset({CHILD, OTHER}))
GIVEN = Delegation(
    delegation_id=UUID(int=10),
    household_id=UUID(int=11),
    parent_id=UUID(int=12),
    delegate_id=UUID(int=13),
    first_name="Jeanne",
    last_name="Lefort",
    email="jeanne@aide.example",
    child_ids=(CHILD,),
    acts=(DelegatedAct.READ_CALENDAR,),
    begins_on=TODAY,
    ends_on=TODAY,
    given_at=datetime(2026, 11, 1, tzinfo=UTC),
)
WISH = Wish(
    first_name="Jeanne",
    last_name="Lefort",
    email="jeanne@aide.example",
    child_ids=(CHILD,),
    acts=frozenset({DelegatedAct.BOOK_DAYS}),
    ends_on=TODAY,
    own_email=None,
    home_emails=frozenset(),
)


@pytest.mark.parametrize(
    ("ground", "today", "end"),
    [
        (WHOLE, TODAY, None),
        (WHOLE, TODAY + timedelta(days=1), DelegationEnd.EXPIRED),
        (replace(WHOLE, is_member=False), TODAY, DelegationEnd.PARENT_LEFT),
        (replace(WHOLE, child_ids=frozenset({OTHER})), TODAY, DelegationEnd.CHILDREN_LEFT),
        (replace(WHOLE, answered_for=frozenset({OTHER})), TODAY, DelegationEnd.AUTHORITY_LOST),
        (Ground(False, frozenset(), frozenset()), TODAY + timedelta(days=9), DelegationEnd.EXPIRED),
        (replace(WHOLE, is_joined=True), TODAY, DelegationEnd.DELEGATE_JOINED),
        (replace(WHOLE, kept_away=frozenset({CHILD})), TODAY, DelegationEnd.KEPT_AWAY),
        (replace(WHOLE, kept_away=frozenset({OTHER})), TODAY, None),
    ],
)
def test_a_delegation_falls_with_what_it_stands_on(ground: Ground, today: date, end: DelegationEnd | None) -> None:
    assert ending(GIVEN, ground, today) is end
    assert ending(replace(GIVEN, end=DelegationEnd.REVOKED), ground, today) is DelegationEnd.REVOKED, (
        "the first end stays"
    )


def test_a_child_from_whom_the_delegate_is_kept_away_leaves_and_the_others_stay() -> None:
    both, now = replace(GIVEN, child_ids=(CHILD, OTHER)), datetime(2026, 11, 29, 12, tzinfo=UTC)
    narrowed = as_of(both, replace(WHOLE, kept_away=frozenset({CHILD})), TODAY, now)
    assert (narrowed.child_ids, narrowed.left_child_ids, narrowed.end) == ((OTHER,), (CHILD,), None)
    assert as_of(narrowed, WHOLE, TODAY, now) == narrowed, "it does not come back by itself"
    over = as_of(both, replace(WHOLE, kept_away=frozenset({CHILD, OTHER})), TODAY, now)
    assert (over.child_ids, over.end, over.ended_at) == (both.child_ids, DelegationEnd.KEPT_AWAY, now)
    unanswered = replace(WHOLE, answered_for=frozenset({CHILD}), kept_away=frozenset({CHILD}))
    assert as_of(both, unanswered, TODAY, now).end is DelegationEnd.KEPT_AWAY, "none is left whom anybody may entrust"


@given(
    st.frozensets(st.sampled_from([CHILD, OTHER])),
    st.frozensets(st.sampled_from([CHILD, OTHER, UUID(int=3)]), min_size=1),
    st.booleans(),
)
def test_nobody_gives_what_they_do_not_have(
    answered_for: frozenset[UUID], wished: frozenset[UUID], is_member: bool
) -> None:
    ground = Ground(is_member, frozenset({CHILD, OTHER}), answered_for)
    refused = check(replace(WISH, child_ids=tuple(wished)), ground, 0, TODAY, 365)
    assert (refused is None) == (is_member and wished <= answered_for)


def test_whoever_books_sees_the_calendar_and_nothing_else_is_added() -> None:
    assert WISH.all_acts == (DelegatedAct.READ_CALENDAR, DelegatedAct.BOOK_DAYS)
    assert replace(WISH, acts=frozenset({DelegatedAct.READ_CALENDAR})).all_acts == (DelegatedAct.READ_CALENDAR,)


@pytest.mark.parametrize(
    ("today", "days_max", "end"),
    [
        (TODAY, 365, date(2027, 8, 31)),
        (date(2027, 8, 31), 365, date(2027, 8, 31)),
        (date(2027, 9, 1), 365, date(2028, 8, 31)),
        (TODAY, 30, TODAY + timedelta(days=30)),
    ],
)
def test_the_end_that_is_proposed_is_the_school_years_or_the_towns(today: date, days_max: int, end: date) -> None:
    assert proposed_end(today, days_max) == end
