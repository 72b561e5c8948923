"""The calendar of a household, and the days it books and gives back."""

from datetime import date
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from contracts.booking.api import Basket, BasketBooked, Booking, Calendar
from contracts.http import Page

from ..clients.calling import Caller
from ..services import Services
from .admission import Cursor


@get("/calendar", operation_id="household_calendar", tags=["bookings"])
async def household_calendar(
    caller: NamedDependency[Caller],
    services: NamedDependency[Services],
    from_on: FromQuery[date],
    to_on: FromQuery[date],
    household_id: FromQuery[UUID | None] = None,
) -> Calendar:
    """What a household may book between two dates, both included; an agent names the household."""
    return await services.booking.calendar(caller, from_on, to_on, household_id)


@get("/bookings", operation_id="list_bookings", tags=["bookings"])
async def list_bookings(
    caller: NamedDependency[Caller],
    services: NamedDependency[Services],
    from_on: FromQuery[date],
    to_on: FromQuery[date],
    household_id: FromQuery[UUID | None] = None,
    cursor: Cursor = None,
) -> Page[Booking]:
    """A household's bookings between two dates, both included; an agent names the household."""
    return await services.booking.bookings(caller, from_on, to_on, household_id, cursor)


@post("/bookings", operation_id="book_basket", tags=["bookings"])
async def book_basket(
    caller: NamedDependency[Caller],
    claim: NamedDependency[str],
    services: NamedDependency[Services],
    data: JSONBody[Basket],
) -> BasketBooked:
    """Book every day of a basket, or none."""
    return await services.booking.book(caller, data, claim)


@post("/bookings/{booking_id:uuid}/cancellation", status_code=200, operation_id="cancel_booking", tags=["bookings"])
async def cancel_booking(
    booking_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
) -> Booking:
    """Give a booked day back before its cutoff."""
    return await services.booking.cancel_booking(caller, booking_id)


ROUTES = (household_calendar, list_bookings, book_basket, cancel_booking)
