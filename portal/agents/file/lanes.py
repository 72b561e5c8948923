"""Lanes side by side over time: what holds from a day until a day, cut into periods in which nothing changes. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

ONE_DAY: Final = timedelta(days=1)
WIDTH: Final = 1000
GUTTER: Final = 110
TRACK: Final = 26
BETWEEN: Final = 10
LETTER: Final = 6.6
YEAR_MIN: Final = 34
"""Measures of the drawing: a lane's name stands in the gutter, a bar on a track."""


@dataclass(frozen=True, slots=True)
class Span:
    """Something that holds from a day until a day, both counted; one without an end goes on. What only happens on a day is an `event`: it begins no
    period of its own."""

    label: str
    starts_on: date
    ends_on: date | None
    is_event: bool = False

    def meets(self, first: date, last: date) -> bool:
        """Whether it holds on one of these days."""
        return self.starts_on <= last and (self.ends_on is None or self.ends_on >= first)


@dataclass(frozen=True, slots=True)
class Lane:
    """Spans of one kind, by the kind's name."""

    name: str
    spans: Sequence[Span]


@dataclass(frozen=True, slots=True)
class Period:
    """Days in a row in which nothing changes, and what each lane says of them, in the order of the lanes."""

    starts_on: date
    ends_on: date
    cells: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Bar:
    """A span as it is drawn."""

    x: int
    y: int
    width: int
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Bars by lane with the place of each lane's name, the first of January of each year, and the height of it all."""

    lanes: Sequence[tuple[str, int, Sequence[Bar]]]
    years: Sequence[tuple[int, int]]
    height: int


def periods(lanes: Sequence[Lane], first: date, last: date) -> list[Period]:
    """The days from the first to the last, cut wherever something begins or ends; the latest first."""
    cuts = {first} | {day for lane in lanes for span in lane.spans for day in _cuts(span) if first < day <= last}
    starts = sorted(cuts)
    ends = [day - ONE_DAY for day in starts[1:]] + [last]
    rows = [
        Period(begins, ends_on, [[span.label for span in lane.spans if span.meets(begins, ends_on)] for lane in lanes])
        for begins, ends_on in zip(starts, ends, strict=True)
    ]
    return rows[::-1]


def _cuts(span: Span) -> Iterator[date]:
    if not span.is_event:
        yield span.starts_on
        if span.ends_on is not None and span.ends_on < date.max:
            yield span.ends_on + ONE_DAY


def reach(lanes: Iterable[Lane], today: date) -> tuple[date, date]:
    """The first and the last day that the lanes speak of; today is one of them."""
    spans = [span for lane in lanes for span in lane.spans]
    starts = [span.starts_on for span in spans]
    ends = [span.ends_on or span.starts_on for span in spans]
    return min([*starts, today]), max([*ends, *starts, today])


def drawing(lanes: Sequence[Lane], first: date, last: date) -> Drawing:
    """The lanes drawn: each span on the first track of its lane that is free."""
    scale = (WIDTH - GUTTER) / ((last - first).days + 1)

    def place(day: date) -> int:
        return round(GUTTER + (min(max(day, first), last + ONE_DAY) - first).days * scale)

    drawn, top = [], TRACK
    for lane in lanes:
        tracks: list[int] = []
        bars = []
        for span in sorted(lane.spans, key=lambda item: item.starts_on):
            if not span.meets(first, last):
                continue
            left = place(span.starts_on)
            right = place((span.ends_on or last) + ONE_DAY) if span.ends_on != date.max else place(last + ONE_DAY)
            width = max(right - left - 2, 6)
            number = next((number for number, end in enumerate(tracks) if end <= left), len(tracks))
            tracks[number : number + 1] = [left + width]
            bars.append(Bar(left, top + number * TRACK, width, _fitting(span.label, width)))
        drawn.append((lane.name, top, bars))
        top += max(len(tracks), 1) * TRACK + BETWEEN
    return Drawing(drawn, list(_years(first, last, place)), top)


def _years(first: date, last: date, place: Callable[[date], int]) -> Iterator[tuple[int, int]]:
    """Where each year begins, those whose name has room before the next."""
    years = range(first.year, last.year + 1)
    for year in years:
        begins = place(date(year, 1, 1))
        if year == years[-1] or place(date(year + 1, 1, 1)) - begins >= YEAR_MIN:
            yield year, begins


def _fitting(label: str, width: int) -> str:
    room = int((width - 8) / LETTER)
    if len(label) <= room:
        return label
    return f"{label[: room - 1]}…" if room > 3 else ""
