"""On which days a decision keeps an adult from a child, whatever an adult is to the child on overlapping days."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chassis.days import DateRange
from contracts.types import Authority, ResponsibilityRole
from services.billing.directory.domain import Bond, kept_apart

FIRST = date(2026, 9, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(30)]
ADULTS = [UUID(int=1), UUID(int=2)]


@st.composite
def bonds(draw: st.DrawFn) -> Bond:
    """What an adult is to the child, from a day until a day or for good."""
    first = draw(st.sampled_from(DAYS))
    last = draw(st.one_of(st.just(date.max), st.sampled_from([day for day in DAYS if day >= first])))
    role = draw(st.sampled_from([*ResponsibilityRole, "something_new"]))
    return Bond(draw(st.sampled_from(ADULTS)), role, draw(st.sampled_from(list(Authority))), DateRange(first, last))


@given(st.lists(bonds(), max_size=8))
def test_an_adult_is_kept_apart_where_authority_was_taken_and_none_is_left(known: list[Bond]) -> None:
    apart = kept_apart(known)
    for adult_id in ADULTS:
        for day in DAYS:
            today = [bond for bond in known if bond.adult_id == adult_id and day in bond.during]
            taken = any(bond.role == "guardian" and bond.authority == "none" for bond in today)
            left = any(bond.role in ("guardian", "caretaker") and bond.authority != "none" for bond in today)
            is_apart = adult_id in apart and any(day in during for during in apart[adult_id].ranges)
            assert is_apart == (taken and not left)


def test_who_never_had_authority_is_not_kept_apart() -> None:
    assert kept_apart([Bond(ADULTS[0], "authorized_pickup", "none", DateRange(FIRST))]) == {}
