"""What the family service answers about adults who come to a file that exists."""

from contracts.family.models import Household
from contracts.family.newcomers import NewAdult
from contracts.family.permissions import FamilyPermission
from contracts.operation import agents, post


@post("/adults", agents(FamilyPermission.KEEP_HOUSEHOLDS), is_keyed=True, status=201)
async def add_adult(body: NewAdult) -> Household:
    """Add an adult, who belongs to the household from today on; who bears the name and the address of a known one is that person."""
