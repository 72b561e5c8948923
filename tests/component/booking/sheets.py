"""A day's sheet, as the agent on site works with it."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

import httpx2

from chassis.clock import instant
from contracts.booking.events import AttendanceRecorded
from tests.factories.booking import ZONE, BookingTown, Family


class Sheet:
    """A day with two booked children, seen by the agent on site."""

    def __init__(self, town: BookingTown, slot_id: UUID, families: list[Family], bookings: list[str]) -> None:
        self.town, self.slot_id, self.families, self.bookings = town, slot_id, families, bookings

    @property
    def children(self) -> list[str]:
        """The first child of each family."""
        return [str(family.child_id) for family in self.families]

    async def read(self) -> dict[str, Any]:
        answer = await self.town.client.get(self._path, headers=self.town.site_agent)
        document: dict[str, Any] = answer.json()
        return document

    async def mark(self, *marks: tuple[str, str], **fields: str | int | None) -> httpx2.Response:
        """Mark children, each mark with these fields besides."""
        body = {"marks": [{"child_id": child_id, "attendance": mark, **fields} for child_id, mark in marks]}
        return await self.town.client.put(self._path, json=body, headers=self.town.site_agent)

    async def close(self) -> httpx2.Response:
        return await self.town.client.post(f"{self._path}/closure", headers=self.town.site_agent)

    async def recorded(self) -> list[tuple[str, str]]:
        """The children of whom a mark was published, with it."""
        return [(str(event.child_id), event.attendance) for event in await self.events()]

    async def events(self) -> list[AttendanceRecorded]:
        events = await self.town.service.outbox()
        return [event for event in events if isinstance(event, AttendanceRecorded)]

    @property
    def _path(self) -> str:
        return f"/slots/{self.slot_id}/attendance"


UNTIL_MIDNIGHT = {"days_before": 0, "at": "23:59:59"}
"""A cutoff that lets a family act on the day itself."""


async def today(town: BookingTown, *families: Family) -> Sheet:
    """A sheet of today, on which families may still book, with nobody on it; the children of these are enrolled."""
    activity_id = await town.activity(cutoff=UNTIL_MIDNIGHT)
    (slot_id,) = await town.open(activity_id, 0)
    for family in families:
        await town.enroll(family, activity_id)
    return Sheet(town, slot_id, list(families), [])


async def book(sheet: Sheet) -> None:
    """Every family of a sheet books it."""
    for family in sheet.families:
        booked = await sheet.town.book(family, sheet.slot_id)
        assert booked.status_code == 201, booked.text
        sheet.bookings.append(booked.json()["bookings"][0]["booking_id"])


async def at(town: BookingTown, hour: str, offset: int = 0) -> str:
    """An instant of today, or so many days from it, by the town's clock."""
    return instant(await town.day(offset), time.fromisoformat(hour), ZONE).isoformat()


async def set_to_noon(town: BookingTown) -> None:
    """It is noon of the day that it is."""
    town.service.advance(
        seconds=(datetime.fromisoformat(await at(town, "12:00")) - await town.service.db.now()).total_seconds()
    )
