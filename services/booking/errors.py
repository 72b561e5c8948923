"""What the booking service may refuse. A line of a basket has a code of its own: why a day cannot be booked (`calendar/domain.py`), or what is not there (`bookings/domain.py`)."""

from chassis.refusal import Refusal


class BasketRefused(Refusal):
    """Some of these days cannot be booked or given back, so nothing was changed."""


class CapacityBelowTaken(Refusal):
    """A day cannot have fewer places than are taken on it."""


class DaysMoveOutdated(Refusal):
    """What the children would take along is not what was shown any more: look at it again."""


class NothingGoesAlong(Refusal):
    """These children have nothing to take along from that day on, or something of it cannot go."""


class AlreadyEnrolled(Refusal):
    """On some of these days the child already has an enrollment in this activity for this household, asked for or validated."""


class AgeNotAccepted(Refusal):
    """This child has not the age of this activity on any day of the period."""


class DocumentMissing(Refusal):
    """The activity asks for `documents` before a child is enrolled, and they are not there for the first day, or do not hold any more."""


class DocumentWaiting(Refusal):
    """The activity asks for `documents` before a child is enrolled: they were sent, and an agent has to validate them first."""


class EnrollmentAlreadyDecided(Refusal):
    """This enrollment was already decided otherwise."""


class DayNotCome(Refusal):
    """Attendance is noted from the day itself on."""


class AttendanceIncomplete(Refusal):
    """Some booked children of this sheet are not marked yet."""


class MarksRefused(Refusal):
    """Some of these marks do not go with what is known of their children by now, so none was noted."""


class AttendanceClosed(Refusal):
    """A day of the enrollment that would be lost took place, its sheet was closed: it ends after that day at the earliest."""


class ChildWasPresent(Refusal):
    """On a day of the enrollment that would be lost the child is marked as there: the mark is corrected first."""


class BookingsRemain(Refusal):
    """The child has days booked in its group that it would leave: they are given back first."""


class PlacedAtAnotherSite(Refusal):
    """Days that this would change are those of a site where this agent does not work."""


class ChildIsBooked(Refusal):
    """The child who these days would be of is somewhere at that time already, on `service_on`: give one of the two back first."""


class DelegationOver(Refusal):
    """What a parent let you do has ended, and nothing is done by it any more; `end` says what ended it. Ask the parent who had let you."""

    status = 403


class ActNotDelegated(Refusal):
    """The parent who let you act for their child did not let you do this. Ask them."""

    status = 403


class CareNotNeeded(Refusal):
    """What a child needs is shown on the day on which it comes and on the day before, to those who have it in care: not for a day that is over, and not
    long ahead."""


class EnrolledNowhere(Refusal):
    """No enrollment of this child was validated for this school year, so that there is nothing to certify."""


class NeverPresent(Refusal):
    """No closed sheet of these days says that this child was there, so that there is nothing to certify."""
