"""What the family service answers about a household as a whole, to the agent whose screen shows it."""

from uuid import UUID

from contracts.family.circle import Circle, HealthFlags, HouseholdTimeline
from contracts.family.permissions import FamilyPermission
from contracts.operation import agents, get
from contracts.types import StepUp


@get("/households/{household_id}/circle", agents(FamilyPermission.READ_CUSTODY), step_up=StepUp.CUSTODY)
async def household_circle(household_id: UUID) -> Circle:
    """Where the children of a household live, and who is around them."""


@get(
    "/households/{household_id}/health-flags",
    agents(FamilyPermission.READ_HEALTH),
    step_up=StepUp.HEALTH,
    is_noted=True,
)
async def health_flags(household_id: UUID) -> HealthFlags:
    """Of which children of a household there is a plan of individual care or an allergy. That an agent was told is noted, once a day for each child, and the
    family sees it."""


@get("/households/{household_id}/timeline", agents(FamilyPermission.READ_HOUSEHOLDS))
async def household_timeline(household_id: UUID) -> HouseholdTimeline:
    """Who belonged to a household and who paid for it from when until when, and its quotients."""
