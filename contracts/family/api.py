"""What the family service answers: files of households, family quotients."""

from uuid import UUID

from contracts.family.models import Household, HouseholdCreate, HouseholdSummary, QuotientChange
from contracts.family.permissions import FamilyPermission
from contracts.history import HistoryEntry
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SearchText
from contracts.operation import agents, families, get, post, put
from contracts.types import Strength


@post("/households", agents(FamilyPermission.OPEN_HOUSEHOLDS), public=True, is_keyed=True, status=201)
async def open_household(body: HouseholdCreate) -> Household:
    """Open a household's file; its adults who have an e-mail address are invited to the portal."""


@get("/households", agents(FamilyPermission.READ_HOUSEHOLDS), public=True)
async def find_households(
    search: SearchText = "", cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[HouseholdSummary]:
    """Files by name, e-mail address or reference, in the order of the payers' names."""


@get("/households/{household_id}", families(FamilyPermission.READ_HOUSEHOLDS), public=True)
async def read_household(household_id: UUID) -> Household:
    """A household, for its guardians and entitled agents."""


@get("/me/household", families(), public="/household")
async def my_household() -> Household:
    """The household of the parent who is signed in."""


@put("/households/{household_id}/quotient", agents(FamilyPermission.CHANGE_QUOTIENTS), strength=Strength.STRONG)
async def change_quotient(household_id: UUID, body: QuotientChange) -> Household:
    """Record the family quotient of a household from a day on."""


@get("/history", families(FamilyPermission.READ_HISTORY))
async def family_history(household_id: UUID | None = None, cursor: Cursor | None = None) -> Page[HistoryEntry]:
    """What people did with a household's file, the newest first; a family's own by default."""
