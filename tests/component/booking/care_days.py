"""A child who is expected at a sheet, with needs that a site should know."""

import json
from typing import Any
from uuid import UUID

from joserfc.jwk import OKPKey

from chassis.actor import Actor
from chassis.sealing import seal
from contracts.booking.events import CareKeyState
from contracts.family.care import Care
from contracts.family.events import CareState
from tests.component.booking.sheets import UNTIL_MIDNIGHT
from tests.factories.booking import BookingTown, Family
from tests.support.roles import Role, agent_of

CANARY = "quetzalcanari"
NEEDS = Care(
    is_known=True,
    allergens=("peanuts", "of_a_later_release"),
    other_allergies=f"{CANARY}1",
    has_pai=True,
    pai_ends_on=None,
    conduct=f"{CANARY}2",
    diet="no_pork",
    has_own_lunch=True,
    leaving=(),
    people=(),
)


class CareDay:
    """A child who is expected at a sheet, some days from today."""

    def __init__(self, town: BookingTown, family: Family, activity_id: UUID, slot_id: UUID) -> None:
        self.town, self.service, self.family = town, town.service, family
        self.activity_id, self.slot_id = activity_id, slot_id
        self.agent = agent_of(Role.SITE)

    async def public_key(self) -> OKPKey:
        """The key that the child's care is to be sealed with, as it was published last."""
        (*_, state) = (await self.service.emitted(kind=CareKeyState))[1]
        assert isinstance(state, CareKeyState)
        assert "d" not in json.loads(state.public_key), "the private part never travels"
        return OKPKey.import_key(json.loads(state.public_key))

    async def sealed(self, care: Care, key: OKPKey | None = None) -> CareState:
        key = key or await self.public_key()
        sealed = seal(care.model_dump_json(), key)
        return CareState(child_id=self.family.child_id, sealed_for=key.thumbprint(), sealed=sealed)

    async def say(self, care: Care) -> None:
        await self.service.run_job("care_keys")
        await self.service.deliver(await self.sealed(care))

    async def look(self, agent: Actor | None = None) -> Any:
        headers = self.service.as_actor(agent or self.agent)
        return await self.service.client.get(f"/slots/{self.slot_id}/care", headers=headers)

    async def child(self) -> Any:
        answer = await self.look()
        assert answer.status_code == 200, answer.text
        (child,) = answer.json()["items"]
        return child

    async def looks(self, guardian_id: UUID | None = None) -> Any:
        headers = self.service.as_parent(guardian_id or self.family.guardian_id)
        return await self.service.client.get(f"/children/{self.family.child_id}/care-history", headers=headers)


async def care_day(town: BookingTown, offset: int = 0, guardians: int = 1) -> CareDay:
    family = await town.family(guardians=guardians)
    activity_id = await town.activity(cutoff=UNTIL_MIDNIGHT)
    (slot_id,) = await town.open(activity_id, offset)
    await town.enroll(family, activity_id)
    assert (await town.book(family, slot_id)).status_code == 201
    return CareDay(town, family, activity_id, slot_id)
