"""Telephone numbers, however they are typed: kept as they are dialed from abroad (`+33612345678`), and shown as they are dialed at home (`06 12 34 56 78`).

Sources: the French numbering plan (Arcep, decision 2018-0881 as amended); ITU-T E.164, 15 digits at most, and E.123.
"""

import re
from typing import Final

SEPARATORS: Final = r"[\s./\-\u2010-\u2015]"
"""What people write between the digits, spaces that do not break among it, for they come with what is pasted from a page."""
OVERSEAS: Final = {
    "590": ("590", "690", "691"),
    "594": ("594", "694"),
    "596": ("596", "696", "697"),
    "262": ("262", "263", "269", *(f"639{digit}" for digit in range(8)), "692", "693"),
}
"""The countries, as telephone networks have them, that are dialed like home with nine digits after the nought, and how their numbers begin. 06 39 98 is nobody's, for films."""
SAINT_PIERRE: Final = "508"
"""Saint-Pierre-et-Miquelon: six digits from abroad, and 0508 before them at home."""
HOME_DIGITS: Final = 9
TWO_DIGIT_COUNTRIES: Final = frozenset(
    [
        "20",
        "27",
        "30",
        "31",
        "32",
        "33",
        "34",
        "36",
        "39",
        "40",
        "41",
        "43",
        "44",
        "45",
        "46",
        "47",
        "48",
        "49",
        "51",
        "52",
        "53",
        "54",
        "55",
        "56",
        "57",
        "58",
        "60",
        "61",
        "62",
        "63",
        "64",
        "65",
        "66",
        "81",
        "82",
        "84",
        "86",
        "90",
        "91",
        "92",
        "93",
        "94",
        "95",
        "98",
    ]
)
_HOME: Final = re.compile(r"0([1-9][0-9]{8})")
_FRENCH: Final = re.compile(r"\+33([1-9][0-9]{8})")
_FOREIGN: Final = re.compile(r"\+(?!33)[1-9][0-9]{6,14}")
_TRUNK: Final = re.compile(rf"^(?P<country>(?:\+|00){SEPARATORS}*[1-9][0-9]{{0,2}}){SEPARATORS}*\(0\)")


def kept_number(typed: str) -> str | None:
    """A number as it is kept, such as `+33612345678`; None for what is no number. Ten digits are dialed at home; with its plus sign, or the two noughts that are
    dialed for it, a number is any country's. A nought in brackets is dialed at home alone."""
    digits = re.sub(SEPARATORS, "", _TRUNK.sub(r"\g<country>", typed.strip()))
    digits = f"+{digits[2:]}" if digits.startswith("00") else digits
    if not re.fullmatch(r"\+?[0-9]+", digits):
        return None
    if number := _HOME.fullmatch(digits) or _FRENCH.fullmatch(digits):
        return _from_abroad(number[1])
    return digits if _FOREIGN.fullmatch(digits) else None


def home_number(kept: str) -> str | None:
    """A kept number as it is dialed at home, `0612345678`; None for another country's."""
    if kept.startswith("+33"):
        return f"0{kept[3:]}"
    country, rest = kept[1:4], kept[4:]
    if country == SAINT_PIERRE and len(rest) == HOME_DIGITS - len(SAINT_PIERRE):
        return f"0{SAINT_PIERRE}{rest}"
    return f"0{rest}" if len(rest) == HOME_DIGITS and rest.startswith(OVERSEAS.get(country, ("-",))) else None


def shown_number(kept: str) -> str:
    """A kept number in pairs, as it is dialed at home, or after the code of its country."""
    if home := home_number(kept):
        return _in_pairs(home)
    size = 2 if kept[1] in "17" else 3 if kept[1:3] in TWO_DIGIT_COUNTRIES else 4
    return f"{kept[:size]} {_in_pairs(kept[size:])}"


def _from_abroad(national: str) -> str:
    if national.startswith(SAINT_PIERRE):
        return f"+{national}"
    return next(
        (f"+{code}{national}" for code, begun in OVERSEAS.items() if national.startswith(begun)), f"+33{national}"
    )


def _in_pairs(digits: str) -> str:
    """`0612345678` as `06 12 34 56 78`; three together where the count is odd."""
    odd = 3 if len(digits) % 2 else 0
    pairs = [digits[place : place + 2] for place in range(odd, len(digits), 2)]
    return " ".join([digits[:odd], *pairs] if odd else pairs)
