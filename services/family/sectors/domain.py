"""Which school an address belongs to, for which levels: segments of streets that do not overlap, and what they leave of a commune. Pure.

A number with `bis` or `ter` belongs where its number does. A segment without a street takes what no other one says of its commune.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Final

from contracts.family.child_events import SectorReason, StreetSide
from contracts.family.school_events import SECTIONS

from ..addresses.domain import NUMBER_MAX, Spot, city_key, street_key
from ..schools.domain import FIRST_AGE

_REMAINDERS: Final = {StreetSide.ODD: 1, StreetSide.EVEN: 0}


class SectorFileReason(StrEnum):
    """What a file of sectors, or a segment, has against it."""

    SECTOR_EMPTY = auto()
    SECTOR_TOO_LARGE = auto()
    SECTOR_TOO_LONG = auto()
    SECTOR_IS_A_WORKBOOK = auto()
    SECTOR_ENCODING_UNKNOWN = auto()
    SECTOR_COLUMNS_UNKNOWN = auto()
    SECTOR_LINE_UNREADABLE = auto()
    SECTOR_LINE_TOO_LONG = auto()
    SECTOR_LINE_WRONG = auto()
    SECTOR_SCHOOL_UNKNOWN = auto()
    SECTOR_LINES_OVERLAP = auto()
    SECTOR_OVERLAPS = auto()
    SECTOR_LEVELS_REVERSED = auto()
    SECTOR_NUMBERS_REVERSED = auto()
    SECTOR_STREET_MISSING = auto()
    SECTOR_NOTHING_BEFORE = auto()


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a sector. `street` is None of what is left of the commune; numbers count with both ends."""

    school: str
    first_level: int
    last_level: int
    city: str
    street: str | None = None
    side: StreetSide = StreetSide.BOTH
    from_number: int | None = None
    until_number: int | None = None

    @property
    def place(self) -> tuple[str, str | None]:
        """Commune and street, as they are compared."""
        return city_key(self.city), street_key(self.street) if self.street else None

    @property
    def is_whole(self) -> bool:
        """Whether every number belongs to it, and who has none."""
        return self.side is StreetSide.BOTH and self.from_number is None and self.until_number is None

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the greatest number."""
        return (self.from_number or 0, NUMBER_MAX if self.until_number is None else self.until_number)

    def has(self, number: int) -> bool:
        """Whether a number of the street belongs to it."""
        first, last = self.bounds
        return first <= number <= last and number % 2 == _REMAINDERS.get(self.side, number % 2)

    def teaches(self, level: int) -> bool:
        """Whether it is for children of a level."""
        return self.first_level <= level <= self.last_level


def is_shared(one: Segment, other: Segment) -> bool:
    """Whether some address belongs to both of two segments of one street, or of one commune, for some level."""
    if one.first_level > other.last_level or other.first_level > one.last_level:
        return False
    first = max(one.bounds[0], other.bounds[0])
    last = min(one.bounds[1], other.bounds[1])
    # Two numbers that follow each other are of both sides.
    return any(one.has(number) and other.has(number) for number in (first, first + 1) if number <= last)


def overlaps(segments: Sequence[Segment]) -> Iterator[tuple[int, int]]:
    """The places of those that share an address with an earlier one: that one's first."""
    known: Mapping[tuple[str, str | None], list[int]] = defaultdict(list)
    for place, segment in enumerate(segments):
        others = known[segment.place]
        if (other := next((item for item in others if is_shared(segments[item], segment)), None)) is not None:
            yield other, place
        others.append(place)


def level_of(birth_year: int, school_year: int) -> int | SectorReason:
    """The place of a child's level by its year of birth, or why it has no sector."""
    place = school_year - birth_year - FIRST_AGE
    if place < 0:
        return SectorReason.TOO_YOUNG
    return place if place < len(SECTIONS) else SectorReason.PAST_PRIMARY


class SectorMap:
    """The segments of a plan, by commune and street."""

    def __init__(self, segments: Iterable[Segment]) -> None:
        self._by_place: dict[tuple[str, str | None], list[Segment]] = defaultdict(list)
        for segment in segments:
            self._by_place[segment.place].append(segment)

    def __bool__(self) -> bool:
        return bool(self._by_place)

    def school(self, city: str, spot: Spot, level: int) -> str | SectorReason:
        """The school of an address for a level, or why none is known."""
        town = city_key(city)
        here = [item for item in self._by_place.get((town, spot.street), ()) if item.teaches(level)]
        if spot.number is None:
            if any(not item.is_whole for item in here):
                # A side or some numbers of the street: whoever has no number may live on the other one.
                return SectorReason.NO_NUMBER
        else:
            here = [item for item in here if item.has(spot.number)]
        rest = (item for item in self._by_place.get((town, None), ()) if item.teaches(level))
        segment = next(iter(here), None) or next(rest, None)
        return segment.school if segment else SectorReason.NO_SECTOR


def moves(schools: Iterable[tuple[str | None, str | None]]) -> tuple[Counter[tuple[str | None, str | None]], int, int]:
    """Of each home of a child, the school that counts and the one that would: how many change from one to another, how many stay, and of how many
    none is known either way."""
    changed: Counter[tuple[str | None, str | None]] = Counter()
    unchanged = unknown = 0
    for former, new in schools:
        if former != new:
            changed[former, new] += 1
        elif new is None:
            unknown += 1
        else:
            unchanged += 1
    return changed, unchanged, unknown
