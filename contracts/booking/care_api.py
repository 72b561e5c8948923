"""What the booking service answers about children in care: what is needed of them today, and who looked at it."""

from uuid import UUID

from contracts.booking.care import ChildCare
from contracts.booking.permissions import BookingPermission
from contracts.history import HistoryEntry
from contracts.http import Cursor, File, FileType, Page
from contracts.operation import agents, families, get


@get("/slots/{slot_id}/care", agents(BookingPermission.READ_CARE), is_noted=True)
async def day_care(slot_id: UUID) -> Page[ChildCare]:
    """What the children of a sheet need, on its day and the day before alone. That an agent looked is noted once a day for each child of whom there was something to
    see, and the family sees it."""


@get(
    "/slots/{slot_id}/care/{child_id}/portraits/{portrait_id}",
    agents(BookingPermission.READ_CARE),
    is_noted=True,
    file_type=FileType.JPEG,
)
async def day_portrait(slot_id: UUID, child_id: UUID, portrait_id: UUID) -> File:
    """The picture of somebody who may collect a child of a sheet, on the same days and noted as the same look."""


@get("/children/{child_id}/care-history", families())
async def child_care_history(child_id: UUID, cursor: Cursor | None = None) -> Page[HistoryEntry]:
    """Which agents on site looked at what a child needs, the newest first, for everybody who answers for the child."""
