"""When an address may be protected, and whether that is overdue. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from chassis.refusal import FieldRefusal


@dataclass(frozen=True, slots=True)
class Protection:
    """Why an address is protected, and for which days a decision asks that: both days count, and without the latter no end is in sight."""

    reason: str
    starts_on: date
    ends_on: date | None

    def is_overdue(self, today: date) -> bool:
        """Whether the decision asks for it no longer. The address stays protected: a day that passed, or was mistyped, shows it to nobody."""
        return self.ends_on is not None and self.ends_on < today

    def faults(self, today: date) -> Iterator[FieldRefusal]:
        """What is wrong with the days. One to come would show the address until then, and one that passed protects from nothing."""
        if self.starts_on > today:
            yield FieldRefusal("/starts_on", "protection_to_come")
        if self.ends_on is not None and self.ends_on < self.starts_on:
            yield FieldRefusal("/ends_on", "range_reversed", (("starts_on", self.starts_on),))
        elif self.is_overdue(today):
            yield FieldRefusal("/ends_on", "protection_over")
