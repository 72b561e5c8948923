"""Household files: a family's own, and all of them for the agents who keep them."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from contracts.family.api import Household, HouseholdCreate, HouseholdSummary
from contracts.http import Page

from ..clients.calling import Caller
from ..services import Services
from .admission import Cursor

SEARCH_LENGTH_MAX = 100

Search = Annotated[str | None, QueryParameter(max_length=SEARCH_LENGTH_MAX, description="Name, e-mail or reference")]


@get("/household", operation_id="my_household", tags=["households"])
async def my_household(caller: NamedDependency[Caller], services: NamedDependency[Services]) -> Household:
    """The household of the parent who is signed in."""
    return await services.family.own_household(caller)


@post("/households", operation_id="open_household", tags=["households"])
async def open_household(
    caller: NamedDependency[Caller],
    claim: NamedDependency[str],
    services: NamedDependency[Services],
    data: JSONBody[HouseholdCreate],
) -> Household:
    """Open a household's file (agents); its adults with an e-mail address are invited to the portal."""
    return await services.family.create_household(caller, data, claim)


@get("/households", operation_id="find_households", tags=["households"])
async def find_households(
    caller: NamedDependency[Caller],
    services: NamedDependency[Services],
    search: Search = None,
    cursor: Cursor = None,
) -> Page[HouseholdSummary]:
    """Household files (agents), by the payer's name."""
    return await services.family.households(caller, search, cursor)


@get("/households/{household_id:uuid}", operation_id="read_household", tags=["households"])
async def read_household(
    household_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
) -> Household:
    """A household, for its guardians and entitled agents."""
    return await services.family.household(caller, household_id)


ROUTES = (my_household, open_household, find_households, read_household)
