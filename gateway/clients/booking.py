"""Calls of the booking service."""

from datetime import date
from typing import Any
from uuid import UUID

from contracts.booking.api import (
    Activity,
    AttendanceSheet,
    BasketBooked,
    Booking,
    Calendar,
    Enrollment,
    Slot,
)
from contracts.http import Page
from contracts.types import EnrollmentStatus

from .calling import Caller, ServiceClient

ActivityPage = Page[Activity]
SlotPage = Page[Slot]
EnrollmentPage = Page[Enrollment]
BookingPage = Page[Booking]


class BookingClient(ServiceClient):
    """The catalogue, enrollments, the calendar, bookings and attendance."""

    async def activities(self, caller: Caller, cursor: str | None = None) -> ActivityPage:
        """The town's activities."""
        return await self.read(caller, "/activities", ActivityPage, cursor=cursor)

    async def slots(
        self,
        caller: Caller,
        from_on: date,
        to_on: date,
        *,
        activity_id: UUID | None = None,
        cursor: str | None = None,
    ) -> SlotPage:
        """The days of activities between two dates."""
        return await self.read(
            caller, "/slots", SlotPage, from_on=from_on, to_on=to_on, activity_id=activity_id, cursor=cursor
        )

    async def open_slots(self, caller: Caller, activity_id: UUID, body: Any) -> SlotPage:
        """Open days of an activity."""
        return await self.send(caller, "POST", f"/activities/{activity_id}/slots", SlotPage, body)

    async def enroll(self, caller: Caller, body: Any, key: str) -> Enrollment:
        """Ask for a child to be enrolled."""
        return await self.send(caller, "POST", "/enrollments", Enrollment, body, key=key)

    async def enrollments(
        self,
        caller: Caller,
        status: EnrollmentStatus | None = None,
        household_id: UUID | None = None,
        cursor: str | None = None,
    ) -> EnrollmentPage:
        """Enrollments: a parent's own, or those an agent looks for."""
        return await self.read(
            caller, "/enrollments", EnrollmentPage, status=status, household_id=household_id, cursor=cursor
        )

    async def decide_enrollment(self, caller: Caller, enrollment_id: UUID, body: Any) -> Enrollment:
        """Validate or refuse an enrollment."""
        return await self.send(caller, "POST", f"/enrollments/{enrollment_id}/decision", Enrollment, body)

    async def calendar(self, caller: Caller, from_on: date, to_on: date, household_id: UUID | None = None) -> Calendar:
        """What a household may book between two dates."""
        return await self.read(caller, "/calendar", Calendar, from_on=from_on, to_on=to_on, household_id=household_id)

    async def book(self, caller: Caller, body: Any, key: str) -> BasketBooked:
        """Book a basket of days, together or not at all."""
        return await self.send(caller, "POST", "/bookings", BasketBooked, body, key=key)

    async def bookings(
        self,
        caller: Caller,
        from_on: date,
        to_on: date,
        household_id: UUID | None = None,
        cursor: str | None = None,
    ) -> BookingPage:
        """Bookings between two dates: a parent's own, or a household's for an agent."""
        return await self.read(
            caller, "/bookings", BookingPage, from_on=from_on, to_on=to_on, household_id=household_id, cursor=cursor
        )

    async def cancel_booking(self, caller: Caller, booking_id: UUID) -> Booking:
        """Give a place back."""
        return await self.send(caller, "POST", f"/bookings/{booking_id}/cancellation", Booking)

    async def attendance(self, caller: Caller, slot_id: UUID) -> AttendanceSheet:
        """The attendance sheet of a day."""
        return await self.read(caller, f"/slots/{slot_id}/attendance", AttendanceSheet)

    async def mark_attendance(self, caller: Caller, slot_id: UUID, body: Any) -> AttendanceSheet:
        """Note who came."""
        return await self.send(caller, "PUT", f"/slots/{slot_id}/attendance", AttendanceSheet, body)

    async def close_attendance(self, caller: Caller, slot_id: UUID) -> AttendanceSheet:
        """Close the sheet of a day."""
        return await self.send(caller, "POST", f"/slots/{slot_id}/attendance/closure", AttendanceSheet)
