"""Delegations as the family service publishes them, and somebody who acts by one at the booking service."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2

from chassis.actor import Actor
from contracts.family.events import DelegationState
from contracts.types import ActorKind
from tests.factories.booking import BookingTown, Family


@dataclass(frozen=True)
class Grandmother:
    """Somebody whom a family lets act, as the booking service sees her."""

    town: BookingTown
    family: Family
    state: DelegationState
    kind: ActorKind = ActorKind.DELEGATE

    @property
    def headers(self) -> dict[str, str]:
        """Who asks."""
        return self.town.service.as_actor(Actor(uuid4(), self.kind, guardian_id=self.state.delegate_id))

    async def becomes(self, **fields: Any) -> "Grandmother":
        """The same delegation after a newer state."""
        state = self.state.model_copy(update=fields)
        await self.town.service.deliver(state)
        return Grandmother(self.town, self.family, state, self.kind)

    async def calendar(self, first: int = 0, last: int = 60, headers: dict[str, str] | None = None) -> httpx2.Response:
        """The calendar between two offsets from today."""
        query = {"from_on": str(await self.town.day(first)), "to_on": str(await self.town.day(last))}
        path = f"/delegations/{self.state.delegation_id}/calendar"
        return await self.town.client.get(path, params=query, headers=headers or self.headers)

    async def cells(self, first: int = 0, last: int = 60) -> list[dict[str, Any]]:
        """Every cell of the calendar."""
        answer = await self.calendar(first, last)
        assert answer.status_code == 200, answer.text
        return [cell for row in answer.json()["rows"] for cell in row["cells"]]

    async def book(self, *slot_ids: UUID, child_id: UUID | None = None, **others: Any) -> httpx2.Response:
        """Days for the first child of the family, or another."""
        child_id = child_id or self.family.child_id
        return await self.change([(child_id, slot_id) for slot_id in slot_ids], **others)

    async def change(
        self,
        lines: Sequence[tuple[UUID, UUID]] = (),
        cancellations: Sequence[UUID | str] = (),
        household_id: UUID | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """Days booked and given back in one act."""
        body: dict[str, Any] = {
            "lines": [{"child_id": str(child_id), "slot_id": str(slot_id)} for child_id, slot_id in lines],
            "cancellations": [await self.town.booking(booking_id) for booking_id in cancellations],
        }
        if household_id:
            body["household_id"] = str(household_id)
        path = f"/delegations/{self.state.delegation_id}/bookings"
        given = self.headers | self.town.service.key() | (headers or {})
        return await self.town.client.post(path, json=body, headers=given)


async def delegated(
    town: BookingTown, family: Family, kind: ActorKind = ActorKind.DELEGATE, **fields: Any
) -> Grandmother:
    """Somebody whom the first guardian lets see and book the first child's days, for 100 days unless the fields say else."""
    values: dict[str, Any] = {
        "delegation_id": uuid4(),
        "household_id": family.household_id,
        "parent_id": family.guardian_id,
        "delegate_id": uuid4(),
        "child_ids": (family.child_id,),
        "acts": ("calendar.read", "days.book"),
        "begins_on": await town.day(0),
        "ends_on": await town.day(100),
        "end": None,
        "ended_at": None,
    }
    state = DelegationState.model_validate(values | fields)
    await town.service.deliver(state)
    return Grandmother(town, family, state, kind)
