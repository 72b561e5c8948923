"""What the identity service answers: sessions, activation, credentials, terms, accounts."""

from uuid import UUID

from contracts.history import HistoryEntry
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.identity.models import (
    AcceptedTerms,
    Account,
    Activated,
    Activation,
    ActivationLink,
    Agent,
    AgentChange,
    AgentCreate,
    AgentName,
    CredentialPolicy,
    CredentialsChoice,
    CurrentSession,
    Invitation,
    NamesAsked,
    PasswordReset,
    ProvisionalPassword,
    Session,
    SessionOpened,
    SignIn,
    Terms,
    TermsAcceptance,
    TownRole,
)
from contracts.identity.permissions import IdentityPermission
from contracts.identity.service_keys import IssuedServiceKey, OwnServices, ServiceKeyRequest, ServiceKeysEntry
from contracts.invariants import InvariantCheck
from contracts.operation import EVERYBODY, OWN_SESSION, agents, delete, families, get, post, put
from contracts.types import Strength


@post("/sessions", EVERYBODY, public=True, status=201, is_noted=False)
async def sign_in(body: SignIn) -> SessionOpened:
    """Open a session with a login and a password; in the public API its token goes into Authorization: Bearer."""


@get("/sessions/current", OWN_SESSION)
async def current_session() -> CurrentSession:
    """Who is signed in, what they must still do, and the signed token that other services check."""


@get("/session", OWN_SESSION, public="/sessions/current")
async def read_session() -> Session:
    """Whose session this is, and what is left of its first steps."""


@delete("/sessions/current", OWN_SESSION, public=True, is_noted=False)
async def sign_out() -> None:
    """End the session."""


@post("/activation-links", EVERYBODY, is_noted=False, is_repeatable=True)
async def check_link(body: Activation) -> ActivationLink:
    """Whether an activation link may be followed; this uses nothing up."""


@post("/activations", EVERYBODY, status=201)
async def activate(body: Activation) -> Activated:
    """Follow an activation link."""


@post("/password-resets", EVERYBODY, status=202, is_noted=False)
async def request_reset(body: PasswordReset) -> None:
    """Have a new link and password mailed to an address; the answer is the same for an address that nobody has."""


@get("/credential-policy", EVERYBODY)
async def credential_policy() -> CredentialPolicy:
    """What a personal password needs."""


@put("/me/credentials", OWN_SESSION, is_repeatable=False)
async def choose_credentials(body: CredentialsChoice) -> SessionOpened:
    """Choose a personal user name and password; the answer's token replaces the session's, which ends."""


@get("/me/service-keys", OWN_SESSION)
async def own_services() -> OwnServices:
    """The services of the town that a family opens with a key, and the key that came with its invitation while it waits."""


@put("/me/service-keys", OWN_SESSION)
async def enter_service_keys(body: ServiceKeysEntry) -> CurrentSession:
    """Enter the keys of services, all of those typed or none; the first time, what is left empty is left for later."""


@get("/terms", OWN_SESSION)
async def read_terms() -> Terms:
    """The terms in force; with a session, also the token that stands at their end."""


@post("/me/terms-acceptance", OWN_SESSION)
async def accept_terms(body: TermsAcceptance) -> CurrentSession:
    """Accept the terms, with the token of their end."""


@get("/me/accepted-terms", OWN_SESSION)
async def own_accepted_terms() -> Page[AcceptedTerms]:
    """The terms that whoever is signed in accepted, the newest first, with their text."""


@get("/accounts/{account_id}/accepted-terms", agents(IdentityPermission.READ_ACCEPTANCES))
async def accepted_terms(account_id: UUID) -> Page[AcceptedTerms]:
    """The terms that the holder of an account accepted: the proof that the town may have to give."""


@get("/accounts", agents(IdentityPermission.READ_ACCOUNTS))
async def list_accounts(
    guardian_id: UUID | None = None, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[Account]:
    """The account of a guardian, or every account page by page."""


@post("/accounts/{account_id}/invitation", agents(IdentityPermission.INVITE), status=201)
async def invite_again(account_id: UUID) -> Invitation:
    """Send a new link and temporary password; the former ones no longer work."""


@post("/accounts/{account_id}/provisional-password", agents(IdentityPermission.GIVE_PASSWORD), status=201)
async def give_password(account_id: UUID) -> ProvisionalPassword:
    """Give the holder of a family's account a password at the counter; their former one, their links and sessions end."""


@post("/accounts/{account_id}/service-keys", agents(IdentityPermission.ISSUE_SERVICE_KEYS), status=201)
async def issue_service_key(account_id: UUID, body: ServiceKeyRequest) -> IssuedServiceKey:
    """Make the key of a service for a guardian's account, said this once; the former one, entered or not, opens nothing any more."""


@post("/agents", agents(IdentityPermission.MANAGE_AGENTS), is_keyed=True, status=201, strength=Strength.STRONG)
async def create_agent(body: AgentCreate) -> Agent:
    """Create the account of a municipal agent, who is invited by mail."""


@get("/agents", agents(IdentityPermission.READ_AGENTS))
async def list_agents(cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE) -> Page[Agent]:
    """The agents of the town, oldest account first."""


@put("/agents/{account_id}", agents(IdentityPermission.MANAGE_AGENTS), strength=Strength.STRONG)
async def change_agent(account_id: UUID, body: AgentChange) -> Agent:
    """Change who an agent is, their roles and sites, or close their account; nobody changes what they may do themselves."""


@post("/agents/names", families(IdentityPermission.NAME_AGENTS), is_noted=False, is_repeatable=True)
async def agent_names(body: NamesAsked) -> Page[AgentName]:
    """Who these agents are, as far as the asker may know; who is no agent is left out."""


@get("/roles", agents(IdentityPermission.READ_AGENTS))
async def list_roles() -> Page[TownRole]:
    """The roles that the town composed."""


@get("/history", families(IdentityPermission.READ_HISTORY))
async def identity_history(household_id: UUID | None = None, cursor: Cursor | None = None) -> Page[HistoryEntry]:
    """What was done with the accounts of a household's guardians, the newest first; a guardian sees their own account's."""


@get("/invariants", agents(IdentityPermission.CHECK_INVARIANTS))
async def identity_invariants() -> Page[InvariantCheck]:
    """What the last check of each invariant of the identity service found."""


@post("/invariants/checks", agents(IdentityPermission.CHECK_INVARIANTS), is_noted=False)
async def check_identity_invariants() -> None:
    """Have every invariant of the identity service checked now; what is found is there some moments later."""
