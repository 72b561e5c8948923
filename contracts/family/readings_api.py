"""What the family service answers about quotients that are read from API Particulier."""

from uuid import UUID

from contracts.family.permissions import FamilyPermission
from contracts.family.readings import QuotientAsked, QuotientReading, QuotientReadings
from contracts.operation import delete, families, get, post
from contracts.types import StepUp

OF_HOUSEHOLD = "/households/{household_id}/quotient-readings"
ONE = "/quotient-readings/{reading_id}"


@get(OF_HOUSEHOLD, families(FamilyPermission.CHANGE_QUOTIENTS))
async def quotient_readings(household_id: UUID) -> QuotientReadings:
    """What was read of a household's quotient, or waits to be."""


@post(
    OF_HOUSEHOLD,
    families(FamilyPermission.CHANGE_QUOTIENTS),
    is_keyed=True,
    is_slow=True,
    status=201,
    step_up=StepUp.QUOTIENTS,
)
async def read_quotient(household_id: UUID, body: QuotientAsked) -> QuotientReading:
    """Ask the CAF and the MSA, through API Particulier, for a household's quotient: what is found counts when it is taken."""


@post(f"{ONE}/taking", families(FamilyPermission.CHANGE_QUOTIENTS), is_repeatable=True, step_up=StepUp.QUOTIENTS)
async def take_quotient(reading_id: UUID) -> QuotientReading:
    """Have a quotient that was found count from the first day of its month."""


@delete(ONE, families(FamilyPermission.CHANGE_QUOTIENTS))
async def drop_reading(reading_id: UUID) -> None:
    """Have a quotient not asked for again, or what was found forgotten; one that was taken stays as the proof of it."""
