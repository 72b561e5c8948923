"""The private HTTP interface of household files."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from contracts.family.api import Household, HouseholdCreate, HouseholdSummary
from contracts.http import PAGE_SIZE_MAX, Page

from ..settings import FamilyRules
from . import commands, queries

PAGE_SIZE = 25
SEARCH_LENGTH_MAX = 100
CURSOR_LENGTH_MAX = 2000

Search = Annotated[str, QueryParameter(max_length=SEARCH_LENGTH_MAX)]
Cursor = Annotated[str | None, QueryParameter(max_length=CURSOR_LENGTH_MAX)]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_SIZE_MAX)]


@post("/households", status_code=201, operation_id="open_household", tags=["households"])
async def open_household(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    claim: NamedDependency[Claim],
    rules: NamedDependency[FamilyRules],
    data: JSONBody[HouseholdCreate],
) -> Household:
    """Open a household's file; its adults who have an e-mail address are invited to the portal."""
    return await commands.open_household(db, actor, claim, rules, data)


@get("/households", operation_id="find_households", tags=["households"])
async def find_households(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    search: Search = "",
    cursor: Cursor = None,
    limit: Limit = PAGE_SIZE,
) -> Page[HouseholdSummary]:
    """Files by name, e-mail address or reference, in the order of the payers' names."""
    return await queries.find_households(db, actor, search, cursor, limit)


@get("/households/{household_id:uuid}", operation_id="read_household", tags=["households"])
async def read_household(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    rules: NamedDependency[FamilyRules],
    household_id: FromPath[UUID],
) -> Household:
    """A household, for its guardians and entitled agents."""
    return await queries.household_for(db, actor, household_id, rules.today(await db.now()))


@get("/me/household", operation_id="my_household", tags=["households"])
async def my_household(
    db: NamedDependency[Database], actor: NamedDependency[Actor], rules: NamedDependency[FamilyRules]
) -> Household:
    """The household of the guardian who asks."""
    return await queries.own_household(db, actor, rules.today(await db.now()))
