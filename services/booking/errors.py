"""What the booking service may refuse. A line of a basket has a code of its own: why a day cannot be booked (`calendar/domain.py`), or what is not there (`bookings/domain.py`)."""

from chassis.refusal import Refusal


class BasketRefused(Refusal):
    """Some of these days cannot be booked or given back, so nothing was changed."""


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
