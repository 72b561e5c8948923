"""What the family service answers: files of households."""

from uuid import UUID

from contracts.family.custody import (
    ChildFile,
    ResidenceChange,
    ResponsibilityChange,
    ResponsibilityEnd,
)
from contracts.family.email_changes import (
    ConfirmedEmail,
    EmailChangeRequest,
    EmailLink,
    OwnEmailChange,
    PendingEmail,
)
from contracts.family.events import HouseholdKind
from contracts.family.models import (
    Contact,
    ContactChange,
    Household,
    HouseholdCreate,
    HouseholdReference,
    MembershipChange,
    MembershipEnd,
    PayerChange,
)
from contracts.family.organizations import KindChange
from contracts.family.permissions import FamilyPermission
from contracts.family.registrations import (
    Registration,
    RegistrationCreate,
    RegistrationDecision,
    RegistrationSummary,
)
from contracts.family.search import HouseholdSummary
from contracts.history import HistoryEntry
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SearchText, SiteCode
from contracts.invariants import InvariantCheck
from contracts.operation import EVERYBODY, agents, delete, families, get, post, put
from contracts.types import StepUp


@post("/households", agents(FamilyPermission.OPEN_HOUSEHOLDS), public=True, is_keyed=True, status=201)
async def open_household(body: HouseholdCreate) -> Household:
    """Open a household's file; its adults who have an e-mail address are invited to the portal."""


@get("/households", agents(FamilyPermission.READ_HOUSEHOLDS), public=True)
async def find_households(
    search: SearchText = "",
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
    kind: HouseholdKind | None = None,
    is_archived: bool = False,
    school_code: SiteCode | None = None,
    class_id: UUID | None = None,
) -> Page[HouseholdSummary]:
    """Files by whatever somebody says: a name in any spelling, with one typing error, a telephone number, an e-mail address, a reference, a number of a
    register, a child's birth date. Several words narrow. The best answers come first, then the order of the payers' names; those of one kind, or all;
    those in use, or those that were put aside (`is_archived`); those with a pupil of a school today, or of a class of it."""


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


@put("/households/{household_id}/kind", agents(FamilyPermission.KEEP_HOUSEHOLDS), public=True)
async def change_kind(household_id: UUID, body: KindChange) -> Household:
    """Say what a file is of: a person, or an organization with its legal name and numbers."""


@get("/adults/{adult_id}/contact", families(FamilyPermission.READ_HOUSEHOLDS), public=True)
async def read_contact(adult_id: UUID) -> Contact:
    """How the town reaches an adult: for themselves and entitled agents."""


@put("/adults/{adult_id}/contact", families(FamilyPermission.CHANGE_CONTACTS), public=True, step_up=StepUp.ADDRESS)
async def change_contact(adult_id: UUID, body: ContactChange) -> Contact:
    """Correct how the town reaches an adult, at once or as a request, as the town says of each field. Agents always may, and prove first who they are
    where the town asks that of another e-mail address (`email`)."""


@get("/me/email-change", families())
async def own_email_change() -> OwnEmailChange:
    """The address of the adult who is signed in, and the one that they asked to have in its place."""


@post("/me/email-change", families(), step_up=StepUp.EMAIL, status=201)
async def ask_email_change(body: EmailChangeRequest) -> OwnEmailChange:
    """Ask to have another address, where the town lets families: it gets a link, the former link works no more, the present address hears of it."""


@delete("/me/email-change", families())
async def withdraw_email_change() -> OwnEmailChange:
    """Keep the present address: the link that is on its way works no more."""


@post("/email-links", EVERYBODY, is_noted=False, is_repeatable=True, has_secret=True)
async def check_email_link(body: EmailLink) -> PendingEmail:
    """Whether a link confirms an address; this changes nothing."""


@post("/email-confirmations", EVERYBODY, status=201, has_secret=True)
async def confirm_email(body: EmailLink) -> ConfirmedEmail:
    """Confirm the address that a link was mailed to: the adult has it from now on, and signs in with it."""


@get("/children/{child_id}/custody", agents(FamilyPermission.READ_CUSTODY), step_up=StepUp.CUSTODY, public=True)
async def read_custody(child_id: UUID) -> ChildFile:
    """Who answers for a child, and where the child lives."""


@put(
    "/children/{child_id}/responsibilities/{adult_id}",
    agents(FamilyPermission.CHANGE_CUSTODY),
    step_up=StepUp.CUSTODY,
    public=True,
)
async def change_responsibility(child_id: UUID, adult_id: UUID, body: ResponsibilityChange) -> ChildFile:
    """Say what an adult is to a child, from a day on."""


@post(
    "/children/{child_id}/responsibilities/{adult_id}/end",
    agents(FamilyPermission.CHANGE_CUSTODY),
    step_up=StepUp.CUSTODY,
    is_repeatable=True,
    public=True,
)
async def end_responsibility(child_id: UUID, adult_id: UUID, body: ResponsibilityEnd) -> ChildFile:
    """Say on which day an adult is this to a child for the last time."""


@put("/children/{child_id}/residence", agents(FamilyPermission.CHANGE_CUSTODY), step_up=StepUp.CUSTODY, public=True)
async def change_residence(child_id: UUID, body: ResidenceChange) -> ChildFile:
    """Say where a child lives, from a day on."""


@post("/registrations", EVERYBODY, status=202, is_noted=False)
async def ask_registration(body: RegistrationCreate) -> None:
    """Ask for a space, without an account. The answer is the same for an address that has one already; a mail says which it is."""


@get("/registrations", agents(FamilyPermission.OPEN_HOUSEHOLDS))
async def list_registrations(cursor: Cursor | None = None) -> Page[RegistrationSummary]:
    """The requests for a space that wait for an agent, the oldest first."""


@get("/registrations/{registration_id}", agents(FamilyPermission.OPEN_HOUSEHOLDS))
async def read_registration(registration_id: UUID) -> Registration:
    """A request for a space, for as long as it is kept."""


@post("/registrations/{registration_id}/decision", agents(FamilyPermission.OPEN_HOUSEHOLDS))
async def decide_registration(registration_id: UUID, body: RegistrationDecision) -> Registration:
    """Open a file with what was asked for, which invites the adult, or refuse with a reason that is mailed."""


@get("/history", families(FamilyPermission.READ_HISTORY))
async def family_history(household_id: UUID | None = None, cursor: Cursor | None = None) -> Page[HistoryEntry]:
    """What people did with a household's file, the newest first; a family's own by default."""


@get("/invariants", agents(FamilyPermission.CHECK_INVARIANTS))
async def family_invariants() -> Page[InvariantCheck]:
    """What the last check of each invariant of the family service found."""


@post("/invariants/checks", agents(FamilyPermission.CHECK_INVARIANTS), is_noted=False)
async def check_family_invariants() -> None:
    """Have every invariant of the family service checked now; what is found is there some moments later."""
