"""What a town holds on its first day, as its `seed.toml` says it; days and ages are relative to the town's today, so that no file
grows old. A body that a service takes is written as that service takes it."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from contracts.event import Model
from contracts.types import ResidencePattern

AHEAD = timedelta(days=210)
SCHOOL_YEAR_MONTH = 9
SUMMER_MONTH = 7
ONE_DAY = timedelta(days=1)
Body = Mapping[str, Any]


class TariffPlan(Model):
    """A tariff; the last of its brackets has no maximum."""

    code: str
    label: str
    brackets: tuple[Body, ...]


class ActivityPlan(Model):
    """An activity of the season, and the days on which it is open: `weekdays` from 0, Monday, each with so many places."""

    body: Body
    weekdays: tuple[Annotated[int, Field(ge=0, le=6)], ...]
    capacity: int

    @property
    def label(self) -> str:
        return str(self.body["label"])


class ChildPlan(Model):
    """A child, born on a day or, since children grow out of a file, `age` years old today with its birthday on a month and a day."""

    first_name: str
    last_name: str
    birth_on: date | None = None
    age: Annotated[int, Field(ge=0, le=17)] = 0
    birthday: Annotated[str, Field(pattern=r"^\d\d-\d\d$")] = "01-01"

    def born_on(self, today: date) -> date:
        if self.birth_on is not None:
            return self.birth_on
        birthday = date.fromisoformat(f"{today.year}-{self.birthday}")
        return birthday.replace(year=today.year - self.age - (birthday > today))


class SharedChild(Model):
    """A child of another household of the plan, who lives at both by turns: there first."""

    child: str
    household: str
    pattern: ResidencePattern
    evidence: str


class EnrollmentPlan(Model):
    """An enrollment that is asked for; an agent decided it when `is_validated` is said, for `reason` if it was refused."""

    child: str
    activity: str
    site_code: str | None = None
    group: str | None = None
    is_validated: bool | None = None
    reason: str | None = None


class DaysPlan(Model):
    """So many days of a child in an activity, in one of its units where it has several."""

    child: str
    activity: str
    unit: str | None = None
    days: Annotated[int, Field(ge=1, le=20)]


class SchoolPlan(Model):
    """A school, by the code of the site where its activities are held, if any are, and its classes."""

    code: str
    label: str
    levels: tuple[str, ...]
    classes: tuple[Body, ...] = ()


class CircularPlan(Model):
    """A procedure that is sent to the pupils of a school, to be answered within so many days."""

    code: str
    school_code: str
    days: Annotated[int, Field(ge=1, le=60)]


class PupilPlan(Model):
    """A child who is in a school, in its class of the level of children of that year of birth; or in none yet."""

    child: str
    school_code: str
    has_class: bool = True


class ExpectedChildPlan(Model):
    """A child who is to be born in so many days, called by no first name yet."""

    last_name: str
    in_days: Annotated[int, Field(ge=0, le=240)]


class CorrectionPlan(Model):
    """A last name that a family asks to be corrected: of a child, by its first name."""

    child: str
    last_name: str


class DerogationPlan(Model):
    """Another school than the sector's that a family asks for, this school year."""

    child: str
    school: str
    reason: str


class DocumentPlan(Model):
    """A document of the household, by the code of its kind: it waits for an agent, or was refused for a reason, with words."""

    kind: str
    refused_for: str | None = None
    words: str = ""


class HouseholdPlan(Model):
    """A household. Who pays signs in with `login`, a user name or their address, if they have followed their invitation.

    `booked` are its next days that can be booked, `attended` days of last month on which its children came. `twin_reason` says why there is a
    second file of the same people, `protection` why the address is shown to nobody. Children who `left` belonged to it until yesterday; one who is
    `wanted` is in no file, and the family asks for it to be added; a `correction` and a `derogation` are asked for, and nobody decided.
    """

    key: str
    login: str | None = None
    guardian: Body
    co_guardian: Body | None = None
    address: Body
    children: tuple[ChildPlan, ...] = ()
    shared: tuple[SharedChild, ...] = ()
    expected: tuple[ExpectedChildPlan, ...] = ()
    left: tuple[str, ...] = ()
    wanted: ChildPlan | None = None
    correction: CorrectionPlan | None = None
    derogation: DerogationPlan | None = None
    documents: tuple[DocumentPlan, ...] = ()
    twin_reason: str | None = None
    protection: str | None = None
    quotient: Body | None = None
    pupils: tuple[PupilPlan, ...] = ()
    enrollments: tuple[EnrollmentPlan, ...] = ()
    booked: tuple[DaysPlan, ...] = ()
    attended: tuple[DaysPlan, ...] = ()

    def enrollment(self, row: "DaysPlan") -> EnrollmentPlan:
        """The enrollment that a row of days belongs to."""
        rows = (asked for asked in self.enrollments if (asked.child, asked.activity) == (row.child, row.activity))
        return next(rows)


class TownPlan(Model):
    """Everything; later parts name what earlier ones make. `address_base` is the file of addresses that `make up` loads before anybody lives
    there, by its path in this tree: no service takes it over the network."""

    address_base: str | None = None
    agents: tuple[Body, ...]
    sites: tuple[Body, ...]
    schools: tuple[SchoolPlan, ...] = ()
    sectors: tuple[Body, ...] = ()
    circulars: tuple[CircularPlan, ...] = ()
    tariffs: tuple[TariffPlan, ...]
    activities: tuple[ActivityPlan, ...]
    households: tuple[HouseholdPlan, ...]

    @classmethod
    def read(cls, folder: Path) -> "TownPlan":
        return cls.model_validate(tomllib.loads((folder / "seed.toml").read_text("utf-8")))

    def activity(self, label: str) -> ActivityPlan:
        return next(activity for activity in self.activities if activity.label == label)

    @property
    def attended(self) -> Iterator[tuple[HouseholdPlan, DaysPlan]]:
        """Every row of days on which somebody came."""
        return ((household, row) for household in self.households for row in household.attended)


@dataclass(frozen=True, slots=True)
class Days:
    """The days around the town's today. A season is a school year, and begins with last month at the latest: there always is a month
    to invoice."""

    today: date

    @property
    def last_month(self) -> tuple[date, date]:
        """Its first and its last day."""
        last = self.today.replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last

    @property
    def monday(self) -> date:
        """The first day of this week."""
        return self.today - timedelta(days=self.today.weekday())

    @property
    def season(self) -> tuple[date, date]:
        """Its first and its last day."""
        year = self.today.year if self.today.month >= SUMMER_MONTH else self.today.year - 1
        return min(date(year, SCHOOL_YEAR_MONTH, 1), self.last_month[0]), date(year + 1, SUMMER_MONTH, 6)

    def open_days(self, activity: ActivityPlan, *, is_past: bool) -> list[date]:
        """The days of an activity from today on, and those of last month if anybody came."""
        spans = [(self.today, min(self.today + AHEAD, self.season[1]))] + ([self.last_month] if is_past else [])
        return sorted(day for span in spans for day in _each_day(*span) if day.weekday() in activity.weekdays)

    def attended(self, activity: ActivityPlan, count: int) -> list[date]:
        """The last days of last month on which it was open."""
        days = [day for day in _each_day(*self.last_month) if day.weekday() in activity.weekdays]
        return days[-count:]


def _each_day(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
