"""What the booking service answers: the catalogue, enrollments, the calendar, bookings, attendance."""

from datetime import date
from uuid import UUID

from contracts.booking.catalog import Activity, ActivityCreate, ActivityOffer, Site, Slot, SlotsOpen
from contracts.booking.models import (
    AttendanceMarks,
    AttendanceSheet,
    Booking,
    BookingChanges,
    BookingChangesMade,
    Calendar,
    Enrollment,
    EnrollmentCreate,
    EnrollmentDecision,
    EnrollmentEnd,
    PlacementChange,
)
from contracts.booking.permissions import BookingPermission
from contracts.history import HistoryEntry
from contracts.http import Cursor, Page
from contracts.invariants import InvariantCheck
from contracts.operation import EVERYBODY, agents, families, get, post, put
from contracts.types import EnrollmentStatus, StepUp


@post("/sites", agents(BookingPermission.MANAGE_ACTIVITIES), status=201, public=True)
async def create_site(body: Site) -> Site:
    """Name a place where children are received; naming it again changes nothing but its label."""


@get("/sites", agents(BookingPermission.READ_SLOTS), public=True)
async def list_sites(cursor: Cursor | None = None) -> Page[Site]:
    """The places where children are received, those of the agent's sites."""


@post("/activities", agents(BookingPermission.MANAGE_ACTIVITIES), status=201, public=True)
async def create_activity(body: ActivityCreate) -> Activity:
    """Add an activity to the catalogue."""


@get("/activities", EVERYBODY, public=True)
async def list_activities(cursor: Cursor | None = None) -> Page[Activity]:
    """The town's activities."""


@post("/activities/{activity_id}/slots", agents(BookingPermission.OPEN_SLOTS), public=True)
async def open_slots(activity_id: UUID, body: SlotsOpen) -> Page[Slot]:
    """Open days of an activity, or change how many places they have."""


@get("/slots", agents(BookingPermission.READ_SLOTS), public=True)
async def list_slots(
    from_on: date, to_on: date, activity_id: UUID | None = None, cursor: Cursor | None = None
) -> Page[Slot]:
    """Days between two dates, both included, of one activity or of all."""


@get("/children/{child_id}/activities", families(BookingPermission.REQUEST_ENROLLMENTS))
async def list_offers(
    child_id: UUID, household_id: UUID | None = None, cursor: Cursor | None = None
) -> Page[ActivityOffer]:
    """Every activity, and whether this child may ask to join it, for the household named."""


@post(
    "/enrollments",
    families(BookingPermission.REQUEST_ENROLLMENTS),
    public=True,
    is_keyed=True,
    status=201,
    step_up=StepUp.BOOKINGS,
)
async def request_enrollment(body: EnrollmentCreate) -> Enrollment:
    """Ask for a child to be enrolled in an activity."""


@get("/enrollments", families(BookingPermission.READ_ENROLLMENTS), public=True)
async def list_enrollments(
    status: EnrollmentStatus | None = None, household_id: UUID | None = None, cursor: Cursor | None = None
) -> Page[Enrollment]:
    """A family's own enrollments; for an agent those of one household or of all."""


@post("/enrollments/{enrollment_id}/decision", agents(BookingPermission.DECIDE_ENROLLMENTS), public=True)
async def decide_enrollment(enrollment_id: UUID, body: EnrollmentDecision) -> Enrollment:
    """Validate or refuse an enrollment; a refusal says why."""


@post("/enrollments/{enrollment_id}/end", agents(BookingPermission.DECIDE_ENROLLMENTS), public=True)
async def end_enrollment(enrollment_id: UUID, body: EnrollmentEnd) -> Enrollment:
    """End or shorten an enrollment from a day on; the bookings of the days that it loses are cancelled."""


@post("/enrollments/{enrollment_id}/placement", agents(BookingPermission.DECIDE_ENROLLMENTS), public=True)
async def change_placement(enrollment_id: UUID, body: PlacementChange) -> Enrollment:
    """Place an enrolled child in another group of its activity, from a day on."""


@get("/calendar", families(BookingPermission.READ_BOOKINGS), public=True)
async def household_calendar(from_on: date, to_on: date, household_id: UUID | None = None) -> Calendar:
    """What a household may book between two dates, both included; an agent names the household."""


@post(
    "/bookings",
    families(BookingPermission.CHANGE_BOOKINGS),
    public=True,
    is_keyed=True,
    status=201,
    step_up=StepUp.BOOKINGS,
)
async def change_bookings(body: BookingChanges) -> BookingChangesMade:
    """Book days and give booked days back before their cutoff: all of it, or nothing."""


@get("/bookings", families(BookingPermission.READ_BOOKINGS), public=True)
async def list_bookings(
    from_on: date, to_on: date, household_id: UUID | None = None, cursor: Cursor | None = None
) -> Page[Booking]:
    """A household's bookings between two dates, both included; an agent names the household."""


@get("/slots/{slot_id}/attendance", agents(BookingPermission.READ_ATTENDANCE), public=True)
async def show_attendance(slot_id: UUID) -> AttendanceSheet:
    """The sheet of a day."""


@put("/slots/{slot_id}/attendance", agents(BookingPermission.MARK_ATTENDANCE), public=True)
async def mark_attendance(slot_id: UUID, body: AttendanceMarks) -> AttendanceSheet:
    """Note who came; the other marks stay as they are."""


@post("/slots/{slot_id}/attendance/closure", agents(BookingPermission.CLOSE_ATTENDANCE), public=True)
async def close_attendance(slot_id: UUID) -> AttendanceSheet:
    """Close a sheet on which every booked child is marked."""


@get("/history", families(BookingPermission.READ_HISTORY))
async def booking_history(household_id: UUID | None = None, cursor: Cursor | None = None) -> Page[HistoryEntry]:
    """What people did with a household's enrollments and bookings, the newest first; a family's own by default."""


@get("/invariants", agents(BookingPermission.CHECK_INVARIANTS))
async def booking_invariants() -> Page[InvariantCheck]:
    """What the last check of each invariant of the booking service found."""


@post("/invariants/checks", agents(BookingPermission.CHECK_INVARIANTS), is_noted=False)
async def check_booking_invariants() -> None:
    """Have every invariant of the booking service checked now; what is found is there some moments later."""
