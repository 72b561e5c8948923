"""What a request may say of a person and a month, read as the real interface reads it: the first thing that is wrong is the answer."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

FRANCE: Final = "99100"
COUNTRY: Final = re.compile(r"99\d{3}")
COMMUNE: Final = re.compile(r"([013-9]\d|2[AB1-9])\d{3}")
DEPARTMENT: Final = re.compile(r"\d{2,3}|2[AB]")
FIRST_NAME: Final = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0152\u0153' -]+")
FIRST_NAMES_MAX: Final = 3
OLDEST_YEAR: Final = 1900
YEARS_KEPT: Final = 2
LA_POSTE: Final = "356000000"

Asked = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Month:
    """The month that a quotient applies to."""

    year: int
    month: int


def first(asked: Asked, name: str) -> str:
    """The value of a parameter, empty when it is not there."""
    return (asked.get(name) or [""])[0].strip()


def recipient_fault(asked: Asked) -> str | None:
    """What is wrong with the public body for which it is asked."""
    siret = first(asked, "recipient")
    if not siret:
        return "00203"
    return None if is_siret(siret) else "00210"


def is_siret(number: str) -> bool:
    """Fourteen digits whose key is right (Luhn; of establishments of La Poste, a sum that five divides)."""
    if not re.fullmatch(r"\d{14}", number):
        return False
    if number.startswith(LA_POSTE) and sum(map(int, number)) % 5 == 0:
        return True
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(number)]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0


def month_fault(asked: Asked, today: date) -> str | None:
    """What is wrong with the month."""
    year, month = first(asked, "annee"), first(asked, "mois")
    if year and not (re.fullmatch(r"\d{4}", year) and int(year) <= today.year):
        return "00353"
    if year and int(year) < today.year - YEARS_KEPT:
        return "00356"
    if month and not (re.fullmatch(r"\d{1,2}", month) and 1 <= int(month) <= 12):
        return "00354"
    wanted = month_of(asked, today)
    return "00354" if (wanted.year, wanted.month) > (today.year, today.month) else None


def month_of(asked: Asked, today: date) -> Month:
    """The month that is asked for: the present one, unless it is said."""
    return Month(int(first(asked, "annee") or today.year), int(first(asked, "mois") or today.month))


def identity_fault(asked: Asked, today: date) -> str | None:
    """What is wrong with who is asked about."""
    checks: Sequence[tuple[str, Callable[[], bool]]] = (
        ("00361", lambda: bool(first(asked, "nomNaissance"))),
        ("00367", lambda: _has_first_names(asked)),
        ("00364", lambda: first(asked, "sexeEtatCivil").upper() in ("M", "F")),
        ("00363", lambda: _has_birth(asked, today)),
        ("00400", lambda: bool(COUNTRY.fullmatch(first(asked, "codeCogInseePaysNaissance")))),
        ("00365", lambda: _has_place(asked)),
    )
    return next((code for code, is_right in checks if not is_right()), None)


def _has_first_names(asked: Asked) -> bool:
    names = asked.get("prenoms[]") or ()
    return 1 <= len(names) <= FIRST_NAMES_MAX and all(FIRST_NAME.fullmatch(name) for name in names)


def _has_birth(asked: Asked, today: date) -> bool:
    """A date may be known in part, and be left out."""
    texts = [first(asked, f"{part}DateNaissance") for part in ("annee", "mois", "jour")]
    if not all(re.fullmatch(r"\d{0,4}", text) for text in texts):
        return False
    year, month, day = (int(text or 0) for text in texts)
    if not year:
        return not (month or day)
    try:
        earliest = date(year, month or 1, day or 1)
    except ValueError:
        return False
    return date(OLDEST_YEAR, 1, 1) <= earliest <= today - timedelta(days=1)


def _has_place(asked: Asked) -> bool:
    if first(asked, "codeCogInseePaysNaissance") != FRANCE:
        return True
    if commune := first(asked, "codeCogInseeCommuneNaissance"):
        return bool(COMMUNE.fullmatch(commune))
    department = first(asked, "codeCogInseeDepartementNaissance").upper()
    is_named = bool(first(asked, "nomCommuneNaissance")) and bool(DEPARTMENT.fullmatch(department))
    return is_named and bool(first(asked, "anneeDateNaissance"))
