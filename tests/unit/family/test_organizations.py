"""Numbers of registers: what a SIRET and an RNA number must be like, and for whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.family.events import HouseholdKind
from services.family.organizations.domain import Organization, is_siret, number_typed, organization_faults

PROFESSIONAL, ASSOCIATION = HouseholdKind.PROFESSIONAL, HouseholdKind.ASSOCIATION
GOOD = "73282932000074"
"""The example of INSEE's documents."""


def codes(kind: HouseholdKind, siret: str | None = None, rna: str | None = None, **known: str) -> list[tuple[str, str]]:
    organization = Organization(kind, "Les Tilleuls", number_typed(siret), number_typed(rna))
    return [(fault.pointer.rpartition("/")[2], fault.code) for fault in organization_faults(organization, known)]


@pytest.mark.parametrize("siret", [GOOD, "35600000000048", "35600000049837", "35600000009075", "44306184100047"])
def test_real_numbers_fit(siret: str) -> None:
    """Those of La Poste are told apart: the key of all but its seat is a sum that five divides."""
    assert is_siret(siret)


@given(st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_is_seen(place: int, change: int) -> None:
    digit = (int(GOOD[place]) + change) % 10
    assert not is_siret(f"{GOOD[:place]}{digit}{GOOD[place + 1 :]}")


def test_the_exception_is_of_la_poste_alone() -> None:
    assert not is_siret("35600000000005")
    assert not is_siret("35600100000014")


@pytest.mark.parametrize(
    "typed", ["732 829 320 00074", "732.829.320-00074", " 73282932000074 ", "732\u00a0829\u202f320 00074"]
)
def test_what_people_write_between_digits_does_not_count(typed: str) -> None:
    assert number_typed(typed) == GOOD


def test_what_each_kind_is_known_by() -> None:
    assert codes(PROFESSIONAL, GOOD) == codes(ASSOCIATION, GOOD) == codes(ASSOCIATION, rna="w 751 234 567") == []
    assert codes(PROFESSIONAL) == [("siret", "siret_needed")]
    assert codes(ASSOCIATION) == [("siret", "siret_or_rna_needed")]
    assert codes(PROFESSIONAL, GOOD, "W751234567") == [("rna", "rna_of_association")]
    assert codes(ASSOCIATION, "7328293200007") == [("siret", "siret_malformed")]
    assert codes(ASSOCIATION, "73282932000075", "751234567") == [("siret", "siret_wrong"), ("rna", "rna_malformed")]
    assert codes(PROFESSIONAL, "٧٣٢٨٢٩٣٢٠٠٠٠٧٤") == [("siret", "siret_malformed")]
    assert codes(PROFESSIONAL, GOOD, **{GOOD: "F-000007"}) == [("siret", "organization_known")]
