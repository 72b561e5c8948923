"""How somebody stops belonging to a household: the co-parent who is taken off a file, and the household that is erased."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from contracts.family.events import ChildState, HouseholdState, ResponsibilityState
from contracts.family.models import Household
from tests.component.gateway.town import Town
from tests.support.roles import Role

REPLICAS: Final = ("identity", "booking", "billing", "notifications")
FORGET_SQL: Final = (
    "delete from quotients where household_id = $1",
    "delete from responsibilities r using household_members m where m.person_id = r.child_id and m.household_id = $1",
    "delete from residences r using household_members m where m.person_id = r.child_id and m.household_id = $1",
    "delete from children c using household_members m where m.person_id = c.child_id and m.household_id = $1",
    "delete from household_payers where household_id = $1",
    "delete from adults a using household_members m where m.person_id = a.adult_id and m.household_id = $1",
    "delete from household_members where household_id = $1",
    "delete from households where household_id = $1",
)
"""No command erases a household yet: its own database is told."""


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
    child_ids = {str(child.child_id) for child in household.children}
    keys = {HouseholdState: {str(household.household_id)}, ChildState: child_ids, ResponsibilityState: child_ids}
    family = town.services["family"]
    for kind, erased in keys.items():
        _, states = await family.emitted(kind=kind)
        newest = {state.key: state for state in states if state.key in erased}
        for name in REPLICAS:
            service = town.services[name]
            if kind.topic in service.service.subscriptions.topics:
                await service.deliver(*(replace(service.envelope(state), payload=None) for state in newest.values()))
    for statement in FORGET_SQL:
        await family.db.execute(statement, household.household_id)
