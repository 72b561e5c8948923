"""What may be said of a child's health, which vaccinations are asked of it, and until when a child without a proof is admitted. Pure.

Vaccinations: French public health code, L3111-2 and R3111-2, by birth. Before 2018: diphtheria, tetanus and poliomyelitis. From 2018 on: eleven,
with pertussis, Haemophilus influenzae b, hepatitis B, pneumococcus, meningococcus C, measles, mumps and rubella (law 2017-1836, article 49).
From 2025 on meningococcus ACWY takes the place of C, and B is added (decree 2024-694). Doses are due by the ages of the ministry's calendar of vaccinations.
A child without a proof is admitted for three months: R3111-8.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Final
from uuid import UUID

from chassis.refusal import FieldRefusal, Invalid, Refusal
from contracts.family.child_events import Allergen, Diet, ProofStatus, Vaccine

from ..errors import HealthOutdated
from ..people.domain import text_faults

ELEVEN_FROM: Final = 2018
MENINGOCOCCUS_FROM: Final = 2025
PROVISIONAL_MONTHS: Final = 3

_FIRST = (2, 4, 11)
_BOOSTED = (*_FIRST, 72, 132)
_OLD: Final[Mapping[Vaccine, tuple[int, ...]]] = {
    Vaccine.DIPHTHERIA: _BOOSTED,
    Vaccine.TETANUS: _BOOSTED,
    Vaccine.POLIO: _BOOSTED,
}
_ADDED: Final[Mapping[Vaccine, tuple[int, ...]]] = {
    Vaccine.PERTUSSIS: _FIRST,
    Vaccine.HAEMOPHILUS: _FIRST,
    Vaccine.HEPATITIS_B: _FIRST,
    Vaccine.PNEUMOCOCCUS: _FIRST,
    Vaccine.MEASLES: (12, 18),
    Vaccine.MUMPS: (12, 18),
    Vaccine.RUBELLA: (12, 18),
}
_C: Final[Mapping[Vaccine, tuple[int, ...]]] = {Vaccine.MENINGOCOCCUS_C: (5, 12)}
_ACWY_AND_B: Final[Mapping[Vaccine, tuple[int, ...]]] = {
    Vaccine.MENINGOCOCCUS_ACWY: (6, 12),
    Vaccine.MENINGOCOCCUS_B: (3, 5, 12),
}
"""The ages in months at which the doses of each vaccine are due."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a family says of a child's health."""

    allergens: tuple[Allergen, ...] = ()
    other_allergies: str = ""
    has_pai: bool = False
    pai_ends_on: date | None = None
    conduct: str = ""
    treatments: str = ""
    diet: Diet = Diet.EVERYTHING
    has_own_lunch: bool = False
    doctor_name: str = ""
    doctor_phone: str | None = None


NOTHING: Final = Said()


@dataclass(frozen=True, slots=True)
class Proof:
    """What an agent saw of a child's vaccinations, and until when it counts."""

    status: ProofStatus
    seen_on: date
    seen_by: UUID
    valid_until_on: date | None = None
    provisional_ends_on: date | None = None


def vaccines_of(birth_on: date) -> dict[Vaccine, tuple[date, ...]]:
    """The vaccinations that are asked of a child born on a day, with the days on which their doses are due."""
    asked = dict(_OLD)
    if birth_on.year >= ELEVEN_FROM:
        asked |= {**_ADDED, **(_ACWY_AND_B if birth_on.year >= MENINGOCOCCUS_FROM else _C)}
    return {
        vaccine: tuple(after_months(birth_on, months) for months in asked[vaccine])
        for vaccine in Vaccine
        if vaccine in asked
    }


def after_months(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def proof_seen(status: ProofStatus, valid_until_on: date | None, seen_by: UUID, today: date) -> Proof | Invalid:
    """What is noted of a proof that was seen today."""
    if status is ProofStatus.MISSING:
        if valid_until_on is not None:
            return Invalid(FieldRefusal("/valid_until_on", "proof_is_missing"))
        return Proof(status, today, seen_by, provisional_ends_on=after_months(today, PROVISIONAL_MONTHS))
    if valid_until_on is not None and valid_until_on < today:
        return Invalid(FieldRefusal("/valid_until_on", "proof_over"))
    return Proof(status, today, seen_by, valid_until_on=valid_until_on)


def said_instead(revision: int, known: Said, wanted: Said, seen_revision: int, today: date) -> Said | Refusal:
    """What a family says once it is changed. Whoever asks for what is there already gets it, whatever they had seen."""
    faults = [*_faults(known, wanted, today)]
    if faults:
        return Invalid(*faults)
    return HealthOutdated() if wanted != known and seen_revision != revision else wanted


def _faults(known: Said, wanted: Said, today: date) -> Iterator[FieldRefusal]:
    if len(set(wanted.allergens)) != len(wanted.allergens):
        yield FieldRefusal("/allergens", "code_repeated")
    if wanted.has_pai and not wanted.conduct:
        yield FieldRefusal("/conduct", "conduct_missing")
    if wanted.pai_ends_on is not None and not wanted.has_pai:
        yield FieldRefusal("/pai_ends_on", "without_pai")
    # One that is over stays as it stands: nobody is kept from saying something else of the child.
    elif wanted.pai_ends_on is not None and wanted.pai_ends_on < today and wanted.pai_ends_on != known.pai_ends_on:
        yield FieldRefusal("/pai_ends_on", "pai_over")
    if wanted.has_own_lunch and not wanted.has_pai:
        yield FieldRefusal("/has_own_lunch", "without_pai")
    yield from text_faults(
        chain(
            (
                (f"/{name}", getattr(wanted, name))
                for name in ("other_allergies", "doctor_name")
                if getattr(wanted, name)
            ),
            (
                (f"/{name}", line)
                for name in ("conduct", "treatments")
                for line in getattr(wanted, name).split("\n")
                if line
            ),
        )
    )


def changed_fields(before: Said, after: Said) -> list[str]:
    """The names of what is said otherwise, in one order."""
    return [name for name in Said.__dataclass_fields__ if getattr(before, name) != getattr(after, name)]
