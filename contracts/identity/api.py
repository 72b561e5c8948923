"""What the identity service answers: sessions, activation, credentials, terms, accounts."""

from uuid import UUID

from contracts.history import HistoryEntry
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.identity.federation import AuthorizationRequest, AuthorizationReturn, AuthorizationStarted
from contracts.identity.franceconnect import (
    AuthorizationOutcome,
    BrowserIdentity,
    IdentityLink,
    LinkRemoval,
    OwnLink,
    SessionLeft,
    WaitingIdentity,
)
from contracts.identity.models import (
    AcceptedTerms,
    Account,
    Activated,
    Activation,
    ActivationLink,
    CredentialPolicy,
    CredentialsChoice,
    CurrentSession,
    Invitation,
    PasswordReset,
    ProvisionalPassword,
    Session,
    SessionOpened,
    SignIn,
    Terms,
    TermsAcceptance,
)
from contracts.identity.permissions import IdentityPermission
from contracts.identity.persons import OwnPerson, PersonChoice
from contracts.identity.second_factor import (
    RecoveryCodes,
    RecoveryCodesRenewal,
    SecondFactor,
    SecondFactorCandidate,
    SecondFactorEnrolled,
    SecondFactorEnrollment,
    SecondFactorEntry,
)
from contracts.identity.service_keys import (
    IssuedServiceKey,
    KeyHolder,
    OwnServices,
    ServiceKeyRequest,
    ServiceKeysEntry,
    SoughtKey,
)
from contracts.identity.sessions import OwnSession, SessionsEnd
from contracts.identity.step_up import ApplicationProof, Export, Proof, StepUpState
from contracts.invariants import InvariantCheck
from contracts.operation import EVERYBODY, OWN_SESSION, agents, delete, families, get, post, put
from contracts.types import StepUp


@post("/sessions", EVERYBODY, public=True, status=201, is_noted=False, has_secret=True)
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


@get("/me/sessions", OWN_SESSION)
async def own_sessions() -> Page[OwnSession]:
    """Where whoever is signed in has sessions open, the one used last first."""


@delete("/me/sessions/{session_id}", OWN_SESSION, is_repeatable=False)
async def end_session_of(session_id: UUID) -> None:
    """End one of one's own sessions."""


@delete("/me/other-sessions", OWN_SESSION)
async def end_other_sessions() -> None:
    """End every session of one's own but the one that asks."""


@get("/me/persons", OWN_SESSION, public=True)
async def own_persons() -> Page[OwnPerson]:
    """The adults whom the account of whoever is signed in stands for."""


@put("/me/person", OWN_SESSION, public=True)
async def choose_person(body: PersonChoice) -> Session:
    """Say which of them acts in this session from now on."""


@get("/me/second-factor", OWN_SESSION)
async def second_factor() -> SecondFactor:
    """Whether whoever is signed in has a second factor, and may or must have one."""


@get("/me/second-factor/candidate", OWN_SESSION)
async def second_factor_candidate() -> SecondFactorCandidate:
    """What to set an authenticator application up with, the same for as long as the session asks."""


@post("/me/second-factor", OWN_SESSION, status=201, has_secret=True)
async def enroll_second_factor(body: SecondFactorEnrollment) -> SecondFactorEnrolled:
    """Make an authenticator application one's second factor, in place of the former one."""


@post("/me/second-factor/entries", OWN_SESSION, status=201, has_secret=True)
async def enter_second_factor(body: SecondFactorEntry) -> SessionOpened:
    """Take the second step of a sign-in; the answer's token replaces the session's, which ends. A recovery code leaves a row in the history."""


@post("/me/recovery-codes", OWN_SESSION, status=201, has_secret=True)
async def renew_recovery_codes(body: RecoveryCodesRenewal) -> RecoveryCodes:
    """Have new recovery codes; those of before work no more."""


@get("/me/step-up", OWN_SESSION, public=True)
async def read_step_up() -> StepUpState:
    """For which acts the town asks a proof of who one is, until when one that was given holds, and whether a code is on its way."""


@post("/me/step-up/codes", OWN_SESSION, public=True, status=201, is_noted=False)
async def send_step_up_code() -> StepUpState:
    """Have a code mailed to the address of the account; a former one of this session works no more."""


@post("/me/step-up", OWN_SESSION, public=True, has_secret=True)
async def step_up(body: Proof) -> StepUpState:
    """Prove who one is with the code that was mailed: what the town asks this for is open to the session for some minutes."""


@post("/me/step-up/application", OWN_SESSION, public=True, has_secret=True)
async def step_up_with_application(body: ApplicationProof) -> StepUpState:
    """Prove who one is with the code of one's authenticator application, where one has it."""


@post("/exports", agents(IdentityPermission.EXPORT_LISTS), status=204, step_up=StepUp.EXPORTS)
async def record_export(body: Export) -> None:
    """Record that a list is taken away as a file, which is what opens it."""


@post("/sessions/current/leave", OWN_SESSION, is_noted=False)
async def leave() -> SessionLeft:
    """End the session, and say where that of its provider ends too, if it began at one."""


@post("/franceconnect/authorizations", EVERYBODY, status=201, is_noted=False, is_slow=True, has_secret=True)
async def start_franceconnect(body: AuthorizationRequest) -> AuthorizationStarted:
    """Begin to say who one is through FranceConnect, where the town has it."""


@post("/franceconnect/returns", EVERYBODY, is_slow=True, has_secret=True)
async def finish_franceconnect(body: AuthorizationReturn) -> AuthorizationOutcome:
    """Come back from FranceConnect, once: a linked identity opens a session, or proves who somebody is in one; any other waits to be linked."""


@post("/franceconnect/identities", EVERYBODY, is_noted=False, is_repeatable=True, has_secret=True)
async def waiting_identity(body: BrowserIdentity) -> WaitingIdentity:
    """The identity that waits to be linked in a browser."""


@get("/me/franceconnect", families())
async def own_franceconnect() -> OwnLink:
    """Whether one's account is linked to an identity of FranceConnect."""


@post("/me/franceconnect", families(), status=201, has_secret=True)
async def link_franceconnect(body: IdentityLink) -> OwnLink:
    """Link the identity that waits to one's account, with one's password."""


@post("/me/franceconnect/removal", families(), has_secret=True)
async def unlink_franceconnect(body: LinkRemoval) -> OwnLink:
    """Remove the link, with one's password."""


@post("/activation-links", EVERYBODY, is_noted=False, is_repeatable=True, has_secret=True)
async def check_link(body: Activation) -> ActivationLink:
    """Whether an activation link may be followed; this uses nothing up."""


@post("/activations", EVERYBODY, status=201, has_secret=True)
async def activate(body: Activation) -> Activated:
    """Follow an activation link."""


@post("/password-resets", EVERYBODY, status=202, is_noted=False)
async def request_reset(body: PasswordReset) -> None:
    """Have a new link and password mailed to an address; the answer is the same for an address that nobody has."""


@get("/credential-policy", EVERYBODY)
async def credential_policy() -> CredentialPolicy:
    """What a personal password needs."""


@put("/me/credentials", OWN_SESSION, is_repeatable=False, has_secret=True)
async def choose_credentials(body: CredentialsChoice) -> SessionOpened:
    """Choose a personal user name and password; the answer's token replaces the session's, which ends."""


@get("/me/service-keys", OWN_SESSION)
async def own_services() -> OwnServices:
    """The services of the town that a family opens with a key, and the key that came with its invitation while it waits."""


@put("/me/service-keys", OWN_SESSION, has_secret=True)
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


@post(
    "/accounts/{account_id}/provisional-password",
    agents(IdentityPermission.GIVE_PASSWORD),
    status=201,
    step_up=StepUp.ACCOUNTS,
)
async def give_password(account_id: UUID) -> ProvisionalPassword:
    """Give the holder of a family's account a password at the counter; their former one, their links and sessions end."""


@post("/accounts/{account_id}/sessions-end", agents(IdentityPermission.END_SESSIONS), status=204)
async def end_account_sessions(account_id: UUID, body: SessionsEnd) -> None:
    """End every session of a family's account, whose telephone was lost, and forget its devices; its holder is told by mail."""


@post("/accounts/{account_id}/service-keys", agents(IdentityPermission.ISSUE_SERVICE_KEYS), status=201)
async def issue_service_key(account_id: UUID, body: ServiceKeyRequest) -> IssuedServiceKey:
    """Make the key of a service for a guardian's account, said this once; the former one, entered or not, opens nothing any more."""


@post("/service-keys/searches", agents(IdentityPermission.ISSUE_SERVICE_KEYS), is_noted=False)
async def find_key_holder(body: SoughtKey) -> KeyHolder:
    """Whose the key of a service is that somebody brought: a sheet that was found, or a caller who reads it out."""


@get("/history", families(IdentityPermission.READ_HISTORY))
async def identity_history(household_id: UUID | None = None, cursor: Cursor | None = None) -> Page[HistoryEntry]:
    """What was done with the accounts of a household's guardians, the newest first; a guardian sees their own account's."""


@get("/invariants", agents(IdentityPermission.CHECK_INVARIANTS))
async def identity_invariants() -> Page[InvariantCheck]:
    """What the last check of each invariant of the identity service found."""


@post("/invariants/checks", agents(IdentityPermission.CHECK_INVARIANTS), is_noted=False)
async def check_identity_invariants() -> None:
    """Have every invariant of the identity service checked now; what is found is there some moments later."""
