"""The history of a household's family quotient: each value counts from its day until the next one starts."""

from dataclasses import dataclass
from datetime import date

from chassis.refusal import FieldRefusal
from contracts.family.events import Quotient


@dataclass(frozen=True, slots=True)
class AcceptedDays:
    """The days on which a new quotient may start to count."""

    first: date
    last: date

    @classmethod
    def around(cls, today: date, years_back: int, years_ahead: int) -> "AcceptedDays":
        """Whole calendar years before and after this one."""
        return cls(date(today.year - years_back, 1, 1), date(today.year + years_ahead, 12, 31))


def day_fault(quotient: Quotient, accepted: AcceptedDays, pointer: str) -> FieldRefusal | None:
    """What is wrong with the day from which a quotient is said to count; `pointer` is where the quotient stands."""
    if accepted.first <= quotient.effective_on <= accepted.last:
        return None
    limits = (("first_on", accepted.first.isoformat()), ("last_on", accepted.last.isoformat()))
    return FieldRefusal(f"{pointer}/effective_on", "quotient_day_out_of_range", limits)


def with_quotient(history: tuple[Quotient, ...], quotient: Quotient) -> tuple[Quotient, ...]:
    """The history, oldest first, with a quotient that replaces the one of the same day."""
    others = [known for known in history if known.effective_on != quotient.effective_on]
    return tuple(sorted((*others, quotient), key=lambda known: known.effective_on))


def in_force(history: tuple[Quotient, ...], day: date) -> Quotient | None:
    """The quotient that counts on a day, or None when none had started."""
    started = [known for known in history if known.effective_on <= day]
    return max(started, key=lambda known: known.effective_on, default=None)
