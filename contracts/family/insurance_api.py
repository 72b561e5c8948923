"""What the family service answers about the insurance of children."""

from uuid import UUID

from contracts.family.authorizations import SchoolYear
from contracts.family.insurance import Insurance, InsuranceChange, Insurances
from contracts.family.permissions import FamilyPermission
from contracts.operation import agents, families, get, put


@get("/children/{child_id}/insurance/{school_year}", families(FamilyPermission.KEEP_HOUSEHOLDS))
async def read_insurance(child_id: UUID, school_year: SchoolYear) -> Insurance:
    """Who insures a child for a school year. There is none in a town that does not ask."""


@put("/children/{child_id}/insurance/{school_year}", families(FamilyPermission.KEEP_HOUSEHOLDS))
async def change_insurance(child_id: UUID, school_year: SchoolYear, body: InsuranceChange) -> Insurance:
    """Say who insures a child for a school year; a change that was made from what is not there any more is refused."""


@get("/households/{household_id}/insurances", agents(FamilyPermission.KEEP_HOUSEHOLDS))
async def household_insurances(household_id: UUID) -> Insurances:
    """The insurance of the children of a household, for the agent whose screen shows it."""
