"""What the family service answers: files of households, family quotients."""

from uuid import UUID

from contracts.family.models import (
    ChildFile,
    Contact,
    ContactChange,
    Household,
    HouseholdCreate,
    HouseholdReference,
    HouseholdSummary,
    MembershipChange,
    MembershipEnd,
    PayerChange,
    QuotientChange,
    ResidenceChange,
    ResponsibilityChange,
    ResponsibilityEnd,
)
from contracts.family.permissions import FamilyPermission
from contracts.history import HistoryEntry
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SearchText
from contracts.invariants import InvariantCheck
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
async def my_household(household_id: UUID | None = None) -> Household:
    """The household of the adult who is signed in; who has several names one."""


@get("/me/households", families(), public=True)
async def my_households() -> Page[HouseholdReference]:
    """The households of the adult who is signed in."""


@put("/households/{household_id}/members/{person_id}", agents(FamilyPermission.KEEP_HOUSEHOLDS), public=True)
async def join_household(household_id: UUID, person_id: UUID, body: MembershipChange) -> Household:
    """Let somebody whom a file names belong to this household too, from a day on."""


@post(
    "/households/{household_id}/members/{person_id}/end",
    agents(FamilyPermission.KEEP_HOUSEHOLDS),
    is_repeatable=True,
    public=True,
)
async def leave_household(household_id: UUID, person_id: UUID, body: MembershipEnd) -> Household:
    """Say on which day somebody belongs to this household for the last time."""


@put("/households/{household_id}/payer", agents(FamilyPermission.KEEP_HOUSEHOLDS), public=True)
async def change_payer(household_id: UUID, body: PayerChange) -> Household:
    """Say who pays for the household's days from a day on."""


@get("/adults/{adult_id}/contact", families(FamilyPermission.READ_HOUSEHOLDS), public=True)
async def read_contact(adult_id: UUID) -> Contact:
    """How the town reaches an adult: for themselves and entitled agents."""


@put("/adults/{adult_id}/contact", families(FamilyPermission.CHANGE_CONTACTS), public=True)
async def change_contact(adult_id: UUID, body: ContactChange) -> Contact:
    """Correct how the town reaches an adult: their telephone number, a home's address, and as an agent the e-mail address."""


@get("/children/{child_id}/custody", agents(FamilyPermission.READ_CUSTODY), strength=Strength.STRONG, public=True)
async def read_custody(child_id: UUID) -> ChildFile:
    """Who answers for a child, and where the child lives."""


@put(
    "/children/{child_id}/responsibilities/{adult_id}",
    agents(FamilyPermission.CHANGE_CUSTODY),
    strength=Strength.STRONG,
    public=True,
)
async def change_responsibility(child_id: UUID, adult_id: UUID, body: ResponsibilityChange) -> ChildFile:
    """Say what an adult is to a child, from a day on."""


@post(
    "/children/{child_id}/responsibilities/{adult_id}/end",
    agents(FamilyPermission.CHANGE_CUSTODY),
    strength=Strength.STRONG,
    is_repeatable=True,
    public=True,
)
async def end_responsibility(child_id: UUID, adult_id: UUID, body: ResponsibilityEnd) -> ChildFile:
    """Say on which day an adult is this to a child for the last time."""


@put("/children/{child_id}/residence", agents(FamilyPermission.CHANGE_CUSTODY), strength=Strength.STRONG, public=True)
async def change_residence(child_id: UUID, body: ResidenceChange) -> ChildFile:
    """Say where a child lives, from a day on."""


@put("/households/{household_id}/quotient", agents(FamilyPermission.CHANGE_QUOTIENTS), strength=Strength.STRONG)
async def change_quotient(household_id: UUID, body: QuotientChange) -> Household:
    """Record the family quotient of a household from a day on."""


@get("/history", families(FamilyPermission.READ_HISTORY))
async def family_history(household_id: UUID | None = None, cursor: Cursor | None = None) -> Page[HistoryEntry]:
    """What people did with a household's file, the newest first; a family's own by default."""


@get("/invariants", agents(FamilyPermission.CHECK_INVARIANTS))
async def family_invariants() -> Page[InvariantCheck]:
    """What the last check of each invariant of the family service found."""


@post("/invariants/checks", agents(FamilyPermission.CHECK_INVARIANTS), is_noted=False)
async def check_family_invariants() -> None:
    """Have every invariant of the family service checked now; what is found is there some moments later."""
