"""The homes of a child as a page shows them: each with its mark, and the weeks to come as a small calendar."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from contracts.family.custody import ChildFile, ChildStay
from portal.kit.days import monday

MARKS = "ABCDEFGH"
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class HomeMark:
    """A home, its mark in the calendar, and what it is called."""

    mark: str
    household_id: UUID
    reference: str
    payer_name: str

    @property
    def name(self) -> str:
        """Mark, file and payer, in one line."""
        return f"{self.mark} · {self.reference} · {self.payer_name}"


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the calendar: for each of its days, the mark of the home; empty for a day that is not shown, a dash where nothing says."""

    starts_on: date
    days: Mapping[str, str]


def marks(file: ChildFile) -> dict[UUID, HomeMark]:
    """The homes of a child, each once."""
    homes = {home.household_id: home for home in file.homes}
    return {
        household_id: HomeMark(mark, household_id, home.reference, home.payer_name)
        for mark, (household_id, home) in zip(MARKS, homes.items(), strict=False)
    }


def weeks(stays: Sequence[ChildStay], homes: Mapping[UUID, HomeMark]) -> list[Week]:
    """The days that these stays tell, week by week."""
    at = {day: stay.household_id for stay in stays for day in _days(stay)}
    if not at:
        return []
    first, last = monday(min(at)), max(at)
    return [
        Week(
            begins,
            {str(number): _mark(at, begins + timedelta(days=number), homes) for number in range(WEEK_DAYS)},
        )
        for begins in (first + timedelta(weeks=number) for number in range((last - first).days // WEEK_DAYS + 1))
    ]


def _days(stay: ChildStay) -> Iterator[date]:
    return (stay.starts_on + timedelta(days=number) for number in range((stay.ends_on - stay.starts_on).days + 1))


def _mark(at: Mapping[date, UUID | None], day: date, homes: Mapping[UUID, HomeMark]) -> str:
    if day not in at:
        return ""
    household_id = at[day]
    home = homes.get(household_id) if household_id else None
    return home.mark if home else "–"
