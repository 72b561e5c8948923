"""Who insures a child for a school year: what may be said of it, and whether the child is insured on a day. Pure.

A school asks for it before outings that are not part of its lessons, and a town for its own care and activities; each decides by itself whether it asks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from chassis.refusal import FieldRefusal, Invalid, Refusal
from contracts.family.insurance import InsuranceStatus

from ..authorizations.domain import check_year
from ..errors import ChangeOutdated
from ..people.domain import single_spaced, text_faults
from ..schools.domain import days_of

KEPT_YEARS: Final = 2
"""For how many school years after its own a contract is kept: who was hurt claims by it (Code des assurances, L114-1)."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract that insures a child; `ends_on` is its last day."""

    company: str
    contract_number: str
    ends_on: date

    def tidied(self) -> "Contract":
        """It as typed but for repeated spaces."""
        return replace(self, company=single_spaced(self.company), contract_number=single_spaced(self.contract_number))


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a child and school year; `revision` is 0 while nobody said anything."""

    revision: int = 0
    contract: Contract | None = None


def said_instead(
    school_year: int, known: Kept, wanted: Contract, seen_revision: int, today: date
) -> Contract | Refusal:
    """The contract once it is said. Whoever asks for what is there already gets it, whatever they had seen."""
    if refusal := check_year(school_year, today):
        return refusal
    if wanted == known.contract:
        return wanted
    if faults := tuple(_faults(school_year, wanted, today)):
        return Invalid(*faults)
    return ChangeOutdated() if seen_revision != known.revision else wanted


def _faults(school_year: int, wanted: Contract, today: date) -> Iterator[FieldRefusal]:
    yield from text_faults(iter([("/company", wanted.company), ("/contract_number", wanted.contract_number)]))
    first_on = max(days_of(school_year).first, today)
    if wanted.ends_on < first_on:
        yield FieldRefusal("/ends_on", "insurance_over", (("first_on", first_on.isoformat()),))


def status_on(day: date, ends: list[date]) -> InsuranceStatus:
    """Whether a child is insured on a day, by the last days of all that insures it."""
    if not ends:
        return InsuranceStatus.MISSING
    return InsuranceStatus.VALID if max(ends) >= day else InsuranceStatus.EXPIRED


def day_asked(school_year: int, today: date) -> date:
    """The day for which it is asked whether a child is insured: today, or the nearest one of the school year."""
    days = days_of(school_year)
    return min(max(today, days.first), days.last)
