"""Which telephone numbers are one: French ones of ten digits, and those of other countries with their plus sign."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.http import Phone

PHONE: TypeAdapter[str] = TypeAdapter(Phone)
PAIR = st.integers(0, 99).map("{:02}".format)
SEPARATOR = st.sampled_from(("", " ", ".", "-"))


@given(st.integers(1, 9), st.lists(PAIR, min_size=4, max_size=4), SEPARATOR, st.sampled_from(("0", "+33", "+33 ")))
def test_a_french_number_is_taken_as_it_is_typed(first: int, pairs: list[str], separator: str, prefix: str) -> None:
    number = separator.join((f"{prefix}{first}", *pairs))
    assert PHONE.validate_python(f" {number} ") == number


@given(st.integers(1, 9), st.lists(PAIR, max_size=9).filter(lambda pairs: len(pairs) != 4))
def test_a_french_number_has_ten_digits(first: int, pairs: list[str]) -> None:
    with pytest.raises(ValidationError):
        PHONE.validate_python(" ".join((f"0{first}", *pairs)))


@pytest.mark.parametrize("number", ["+1 202-555-0143", "+32 470 12 34 56", "+442079460958", "+590 590 00 00 00"])
def test_numbers_of_other_countries_begin_with_their_code(number: str) -> None:
    assert PHONE.validate_python(number) == number


@pytest.mark.parametrize(
    "number", ["", "+", "0612345678x", "+33 06 12 34 56 78", "0033612345678", "+999", "06\u00a012"]
)
def test_anything_else_is_no_number(number: str) -> None:
    with pytest.raises(ValidationError):
        PHONE.validate_python(number)
