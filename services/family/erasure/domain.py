"""When a household's file may be erased: nothing is owed either way, nobody uses it, and the time for which it is kept is over. Pure.

The law counts from the last act of the family with the town, not from the day on which an agent put the file aside.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from chassis.refusal import Refusal
from contracts.family.erasure_words import ErasureObstacle, ErasureObstacleKind
from contracts.types import Cents

from ..errors import HouseholdKept, HouseholdOwes, HouseholdStillUsed


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the accounts say of a file: what is not paid, not invoiced yet, owed to its payers, or under way at the provider."""

    unpaid_count: int = 0
    unpaid_cents: Cents = 0
    uninvoiced_count: int = 0
    uninvoiced_cents: Cents = 0
    credit_cents: Cents = 0
    payment_count: int = 0

    @property
    def is_settled(self) -> bool:
        return not any((self.unpaid_count, self.uninvoiced_count, self.credit_cents, self.payment_count))

    def obstacles(self) -> Iterator[ErasureObstacle]:
        """What they have against an erasure."""
        if self.unpaid_count:
            yield ErasureObstacle(
                kind=ErasureObstacleKind.UNPAID, count=self.unpaid_count, amount_cents=self.unpaid_cents
            )
        if self.uninvoiced_count:
            count, amount_cents = self.uninvoiced_count, self.uninvoiced_cents
            yield ErasureObstacle(kind=ErasureObstacleKind.UNINVOICED, count=count, amount_cents=amount_cents)
        if self.credit_cents:
            yield ErasureObstacle(kind=ErasureObstacleKind.CREDIT, amount_cents=self.credit_cents)
        if self.payment_count:
            yield ErasureObstacle(kind=ErasureObstacleKind.PAYMENT, count=self.payment_count)


@dataclass(frozen=True, slots=True)
class FileUse:
    """What is known here of a file with those that became part of it. `open_enrollment_count` counts those that last, or ended so lately that their days may
    not be invoiced yet, until `enrolled_until`."""

    reference: str
    is_aside: bool
    last_act_on: date
    unpaid_count: int
    unpaid_cents: Cents
    open_enrollment_count: int
    enrolled_until: date | None

    def kept_until(self, years: int) -> date:
        """The last day on which the file is kept."""
        return years_after(self.last_act_on, years)

    def obstacles(self, today: date, years: int) -> Iterator[ErasureObstacle]:
        """What stands against its erasure, what is owed first."""
        yield from Accounts(self.unpaid_count, self.unpaid_cents).obstacles()
        if self.open_enrollment_count:
            count, until_on = self.open_enrollment_count, self.enrolled_until
            yield ErasureObstacle(kind=ErasureObstacleKind.ENROLLMENT, count=count, until_on=until_on)
        if not self.is_aside:
            yield ErasureObstacle(kind=ErasureObstacleKind.IN_USE)
        if today <= (until_on := self.kept_until(years)):
            yield ErasureObstacle(kind=ErasureObstacleKind.RETENTION, until_on=until_on)

    def refusal(self, today: date, years: int) -> Refusal | None:
        """Why it is not erased today; what is owed is said before anything else."""
        first = next(self.obstacles(today, years), None)
        match first.kind if first else None:
            case None:
                return None
            case ErasureObstacleKind.UNPAID:
                return HouseholdOwes(reference=self.reference, amount_cents=self.unpaid_cents, count=self.unpaid_count)
            case ErasureObstacleKind.RETENTION:
                return HouseholdKept(reference=self.reference, until_on=self.kept_until(years))
            case _:
                return HouseholdStillUsed(reference=self.reference)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; the last of February for a day that is not in every year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def is_reference(typed: str, reference: str) -> bool:
    """Whether somebody typed the reference of a file, whatever the case and the gaps."""
    return "".join(typed.split()).upper() == reference.upper()
