"""How somebody stops belonging to a household: the co-parent who is taken off a file, and the household that is erased."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.event import Envelope
from contracts.family.models import Household
from services.family.erasure.commands import erase_household
from tests.component.gateway.town import Town
from tests.support.roles import Role
from tests.support.services import RunningService

TOMBSTONES_SQL: Final = """
select id, event_id, event_type, topic, key, sequence from outbox where payload is null and id > $1 order by id
"""


async def take_off(town: Town, household: Household) -> None:
    """The co-parent is taken off the file of a household."""
    leaves = household.adults[1]
    family = town.services["family"]
    answer = await family.client.post(
        f"/households/{household.household_id}/members/{leaves.adult_id}/end",
        json={"ends_on": str(leaves.starts_on - timedelta(days=1))},
        headers=family.as_agent(Role.FRONT_DESK),
    )
    assert answer.status_code == 200, answer.text
    await town.settle()


async def erase(town: Town, household: Household) -> None:
    """A household is erased with its children, everywhere."""
    await without_asking(town.services["family"], household.household_id)
    await tell_erasures(town)


async def without_asking(family: RunningService, household_id: UUID) -> None:
    """A household is erased as if the accounts had just had nothing against it."""
    async with family.db.transaction() as tx:
        await erase_household(tx, household_id)


async def tell_erasures(town: Town) -> None:
    """Hand over the tombstones of every service, until nobody erases anything more."""
    marks = dict.fromkeys(town.services, 0)
    while await _tell_some(town, marks):
        await town.settle()


async def _tell_some(town: Town, marks: dict[str, int]) -> int:
    count = 0
    for name, service in town.services.items():
        rows = await service.db.fetch(TOMBSTONES_SQL, marks[name])
        marks[name] = max((row["id"] for row in rows), default=marks[name])
        for row in rows:
            envelope = Envelope(
                event_id=row["event_id"],
                event_type=row["event_type"],
                source="/test",
                topic=row["topic"],
                key=row["key"],
                sequence=row["sequence"],
                time=datetime.now(UTC),
                payload=None,
            )
            for other in town.services.values():
                if row["topic"] in other.service.subscriptions.topics:
                    await other.deliver(envelope)
        count += len(rows)
    return count
