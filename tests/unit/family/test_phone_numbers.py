"""Telephone numbers: which ones are one, how they are kept, and how they are shown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.http import Phone
from contracts.telephones import SEPARATORS, home_number, kept_number, shown_number

PHONE: TypeAdapter[str] = TypeAdapter(Phone)
PAIR = st.integers(0, 99).map("{:02}".format)
SEPARATOR = st.sampled_from(("", " ", ".", "-", "/", "\u00a0", "\u202f", "\u2011", " - "))
PREFIX = st.sampled_from(("0", "+33", "+33 ", "0033", "+33 (0)", "+33(0)", "00 33 (0) "))


@given(st.integers(1, 9), st.lists(PAIR, min_size=4, max_size=4), SEPARATOR, PREFIX)
def test_a_number_is_one_number_however_it_is_typed(first: int, pairs: list[str], separator: str, prefix: str) -> None:
    """As it is typed at home or abroad, pasted with spaces that do not break, or with a nought in brackets."""
    digits = f"0{first}{''.join(pairs)}"
    kept = PHONE.validate_python(f" {separator.join((f'{prefix}{first}', *pairs))} ")
    assert kept == kept_number(digits)
    assert home_number(kept) == digits
    assert PHONE.validate_python(kept) == kept


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True) | st.from_regex(r"0[1-9][0-9]{8}", fullmatch=True))
def test_a_number_that_is_shown_is_read_again(typed: str) -> None:
    kept = kept_number(typed)
    if kept is not None:
        assert kept_number(shown_number(kept)) == kept
        assert re.fullmatch(r"\+[1-9][0-9]{6,14}", kept)


@given(st.text(alphabet="0123456789+() .-/\u00a0", max_size=20))
def test_what_is_kept_is_a_number_for_every_network(typed: str) -> None:
    """Digits that were typed are neither lost nor made up, but for the nought or the two that were dialed."""
    kept = kept_number(typed)
    if kept is not None:
        digits = re.sub(rf"{SEPARATORS}|[+()]", "", typed)
        assert digits.endswith(kept[-6:])
        assert 8 <= len(kept) <= 16


@given(st.integers(1, 9), st.lists(PAIR, max_size=9).filter(lambda pairs: len(pairs) != 4))
def test_a_french_number_has_ten_digits(first: int, pairs: list[str]) -> None:
    with pytest.raises(ValidationError):
        PHONE.validate_python(" ".join((f"0{first}", *pairs)))


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("06 12 34 56 78", "+33612345678", "06 12 34 56 78"),
        ("+33 (0)6 12 34 56 78", "+33612345678", "06 12 34 56 78"),
        ("06\u00a012\u00a034\u00a056\u00a078", "+33612345678", "06 12 34 56 78"),
        ("06\u202f12\u202f34\u202f56\u202f78", "+33612345678", "06 12 34 56 78"),
        ("06/12/34/56/78", "+33612345678", "06 12 34 56 78"),
        ("0690 12 34 56", "+590690123456", "06 90 12 34 56"),
        ("+590 690 12 34 56", "+590690123456", "06 90 12 34 56"),
        ("0262 12 34 56", "+262262123456", "02 62 12 34 56"),
        ("0639 12 34 56", "+262639123456", "06 39 12 34 56"),
        ("06 39 98 00 42", "+33639980042", "06 39 98 00 42"),
        ("0508 41 12 34", "+508411234", "05 08 41 12 34"),
        ("+1 202-555-0143", "+12025550143", "+1 20 25 55 01 43"),
        ("+32 470 12 34 56", "+32470123456", "+32 470 12 34 56"),
        ("+44 (0)20 7946 0958", "+442079460958", "+44 20 79 46 09 58"),
        ("+687 12.34.56", "+687123456", "+687 12 34 56"),
    ],
)
def test_numbers_are_kept_as_from_abroad_and_shown_in_pairs(typed: str, kept: str, shown: str) -> None:
    assert PHONE.validate_python(typed) == kept
    assert shown_number(kept) == shown


@pytest.mark.parametrize(
    "number",
    [
        *("", "+", "0612345678x", "+33 06 12 34 56 78", "+999", "06\u00a012", "36 46", "12 34 56 78", "3646"),
        *(
            "+33 6 12 34 56 7",
            "+33 6 12 34 56 789",
            "+1234567890123456",
            "(0)6 12 34 56 78",
            "0000000000",
            "06\n12345678",
        ),
    ],
)
def test_anything_else_is_no_number(number: str) -> None:
    with pytest.raises(ValidationError):
        PHONE.validate_python(number)
