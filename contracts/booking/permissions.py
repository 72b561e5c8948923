"""What an agent may be allowed to do with activities, enrollments, bookings and attendance."""

from contracts.types import Permission


class BookingPermission(Permission):
    """The permissions of the booking service."""

    MANAGE_ACTIVITIES = "booking.activities.manage", "Add activities to the catalogue."
    OPEN_SLOTS = "booking.slots.open", "Open days, and change how many places they have."
    READ_SLOTS = "booking.slots.read", "See the days of activities, and how many come."
    READ_ENROLLMENTS = "booking.enrollments.read", "See enrollments and requests."
    REQUEST_ENROLLMENTS = "booking.enrollments.request", "Ask for an enrollment on behalf of a family."
    DECIDE_ENROLLMENTS = "booking.enrollments.decide", "Validate and refuse requests."
    READ_BOOKINGS = "booking.bookings.read", "See calendars and bookings of households."
    CHANGE_BOOKINGS = "booking.bookings.change", "Book and give back days on behalf of a family."
    READ_ATTENDANCE = "booking.attendance.read", "See the sheets of days."
    MARK_ATTENDANCE = "booking.attendance.mark", "Note who came."
    CLOSE_ATTENDANCE = "booking.attendance.close", "Close the sheet of a day."
    READ_CARE = (
        "booking.care.read",
        "See what children who come to one's sites today need: allergies, conduct, meal, leaving alone.",
    )
    ISSUE_CERTIFICATES = (
        "booking.certificates.issue",
        "Certify the enrollments and the presence of a child, and see what was certified.",
    )
    READ_HISTORY = "booking.history.read", "See what was done with the enrollments and bookings of a household."
    CHECK_INVARIANTS = (
        "booking.invariants.check",
        "See what always holds of the booking service's rows, and have it checked.",
    )
