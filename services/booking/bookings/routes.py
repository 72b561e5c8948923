"""HTTP for bookings."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.telemetry import current_trace
from contracts.booking.api import Basket, BasketBooked, Booking
from contracts.http import Page

from ..directory.queries import household_for
from . import commands, queries


@post("/bookings", status_code=201, operation_id="book_basket", tags=["bookings"])
async def book_basket(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    claim: NamedDependency[Claim],
    desk: NamedDependency[commands.BookingDesk],
    data: JSONBody[Basket],
) -> BasketBooked:
    """Book every day of a basket, or none."""
    commands.may_book(actor)
    return await desk.submit(db, commands.BookingRequest(actor, data, claim, current_trace()))


@get("/bookings", operation_id="list_bookings", tags=["bookings"])
async def list_bookings(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    from_on: FromQuery[date],
    to_on: FromQuery[date],
    household_id: FromQuery[UUID | None] = None,
    cursor: FromQuery[UUID | None] = None,
) -> Page[Booking]:
    """A household's bookings between two dates, both included."""
    household = await household_for(db, actor, household_id)
    return await queries.bookings(db, queries.BookingFilter(household, from_on, to_on, cursor))


@post("/bookings/{booking_id:uuid}/cancellation", status_code=200, operation_id="cancel_booking", tags=["bookings"])
async def cancel_booking(
    booking_id: FromPath[UUID],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    zone: NamedDependency[ZoneInfo],
) -> Booking:
    """Give a booked day back before its cutoff."""
    return await commands.cancel_booking(db, actor, booking_id, zone)


ROUTES = (book_basket, list_bookings, cancel_booking)
