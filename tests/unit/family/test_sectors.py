"""Segments of streets: every number belongs to one sector, whatever its side and suffix; what is left of a commune; levels by year of birth."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.family.school_events import SECTIONS, SchoolLevel
from contracts.family.sector_words import SectorReason, StreetSide
from services.family.addresses.domain import Spot, spot_of
from services.family.sectors.domain import SectorMap, Segment, is_shared, level_of, moves, overlaps

CP = SECTIONS.index(SchoolLevel.CP)
CM2 = SECTIONS.index(SchoolLevel.CM2)
NUMBERS = range(1, 41)


def segment(
    school: str, street: str | None = "Rue des Lilas", side: StreetSide = StreetSide.BOTH, until: int | None = None
) -> Segment:
    return Segment(school, CP, CM2, "Valmont", street, side, until_number=until)


sides = st.sampled_from(StreetSide)
bounds = st.none() | st.integers(1, 40)


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    first, last = draw(bounds), draw(bounds)
    if first is not None and last is not None and first > last:
        first, last = last, first
    low, high = sorted((draw(st.integers(0, 8)), draw(st.integers(0, 8))))
    street = draw(st.sampled_from(["Rue des Lilas", "r. des LILAS", "Rue Haute"]))
    school = draw(st.sampled_from(["nord", "sud"]))
    return Segment(school, low, high, "Valmont", street, draw(sides), first, last)


@given(segments(), segments())
def test_two_segments_share_an_address_if_some_number_and_level_is_of_both(one: Segment, other: Segment) -> None:
    """The fast comparison is the slow one; and it does not depend on the order."""
    levels = set(range(one.first_level, one.last_level + 1)) & set(range(other.first_level, other.last_level + 1))
    numbers = [number for number in range(120_000 // 1000) if one.has(number) and other.has(number)]
    assert is_shared(one, other) == is_shared(other, one) == bool(levels and numbers)


@given(st.lists(segments(), max_size=8))
def test_every_number_is_of_one_sector_where_nothing_overlaps(drawn: list[Segment]) -> None:
    """Whatever plan is accepted, a number with any suffix has one segment at most, and its school is that one's."""
    repeated = {place for _, place in overlaps(drawn)}
    plan = [item for place, item in enumerate(drawn) if place not in repeated]
    assert list(overlaps(plan)) == []
    sectors = SectorMap(plan)
    for number in NUMBERS:
        spot = Spot(number, "", "rue lilas")
        for level in (0, CP, CM2):
            schools = [
                item.school
                for item in plan
                if item.place[1] == spot.street and item.teaches(level) and item.has(number)
            ]
            assert len(schools) <= 1
            expected = schools[0] if schools else SectorReason.NO_SECTOR
            for line in (f"{number} rue des Lilas", f"{number} bis rue des Lilas", f"{number}T, r. des lilas"):
                assert sectors.school("VALMONT", spot_of([line]), level) == expected


@given(st.lists(segments(), max_size=8))
def test_an_overlap_is_found_if_there_is_one(drawn: list[Segment]) -> None:
    pairs = any(is_shared(one, other) for one, other in combinations(drawn, 2) if one.place == other.place)
    assert bool(list(overlaps(drawn))) == pairs


def test_both_sides_of_a_street_are_two_sectors() -> None:
    sectors = SectorMap([segment("nord", side=StreetSide.ODD), segment("sud", side=StreetSide.EVEN, until=20)])
    assert sectors.school("Valmont", spot_of(["13 bis rue des Lilas"]), CP) == "nord"
    assert sectors.school("Valmont", spot_of(["12 ter rue des Lilas"]), CP) == "sud"
    assert sectors.school("Valmont", spot_of(["22 rue des Lilas"]), CP) is SectorReason.NO_SECTOR
    assert sectors.school("Valmont", spot_of(["rue des Lilas"]), CP) is SectorReason.NO_NUMBER
    assert sectors.school("Valmont", spot_of(["13 rue des Lilas"]), 0) is SectorReason.NO_SECTOR
    assert sectors.school("Ailleurs", spot_of(["13 rue des Lilas"]), CP) is SectorReason.NO_SECTOR


def test_a_whole_street_needs_no_number_and_the_commune_takes_the_rest() -> None:
    sectors = SectorMap([segment("nord"), segment("sud", street=None)])
    assert sectors.school("Valmont", spot_of(["rue des Lilas"]), CP) == "nord"
    assert sectors.school("Valmont", spot_of(["7 rue Haute"]), CP) == "sud"
    assert sectors.school("Valmont", spot_of(["Le Moulin"]), CP) == "sud"


def test_two_segments_without_a_street_are_one_too_many() -> None:
    assert list(overlaps([segment("nord", street=None), segment("sud", street=None), segment("sud")])) == [(0, 1)]


@pytest.mark.parametrize(
    ("birth_year", "level"),
    [
        (2025, SectorReason.TOO_YOUNG),
        (2024, SchoolLevel.TPS),
        (2023, SchoolLevel.PS),
        (2020, SchoolLevel.CP),
        (2016, SchoolLevel.CM2),
        (2015, SectorReason.PAST_PRIMARY),
    ],
)
def test_the_year_of_birth_says_the_level(birth_year: int, level: SchoolLevel | SectorReason) -> None:
    place = level_of(birth_year, 2026)
    assert (SECTIONS[place] if isinstance(place, int) else place) == level


def test_moves_are_counted_by_school() -> None:
    changed, unchanged, unknown = moves(
        [("nord", "sud"), ("nord", "sud"), ("nord", "nord"), (None, None), (None, "sud")]
    )
    assert changed == {("nord", "sud"): 2, (None, "sud"): 1}
    assert (unchanged, unknown) == (1, 1)
