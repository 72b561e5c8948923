"""What the booking service may refuse. A line of a basket has a code of its own, listed in `calendar/domain.py`."""

from chassis.refusal import Refusal


class BasketRefused(Refusal):
    """Some days of this basket cannot be booked, so none of it was."""


class CutoffPassed(Refusal):
    """The time until which a family may act by itself on this day is over."""


class SlotClosed(Refusal):
    """The attendance sheet of this day is closed: its bookings do not change any more."""


class CapacityBelowTaken(Refusal):
    """A day cannot have fewer places than are taken on it."""


class AlreadyEnrolled(Refusal):
    """This child already has an enrollment in this activity, asked for or validated."""


class AgeNotAccepted(Refusal):
    """This child has not the age of this activity on any day of the period."""


class EnrollmentAlreadyDecided(Refusal):
    """This enrollment was already decided otherwise."""


class DayNotCome(Refusal):
    """Attendance is noted from the day itself on."""


class AttendanceIncomplete(Refusal):
    """Some booked children of this sheet are not marked yet."""
