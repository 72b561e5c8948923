"""Coming back from FranceConnect. An identity that no account knows waits to be linked (`links/`): nobody gets an account here."""

import structlog

from chassis.actor import BrowserSession
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from contracts.identity.federation import AuthorizationReturn
from contracts.identity.franceconnect import AuthorizationOutcome
from contracts.identity.models import SessionOpened
from contracts.types import ActorKind, Channel, SignInMeans, StepUpMeans

from ..access import holder_of
from ..accounts.domain import AccountRecord
from ..accounts.store import lock_account
from ..adapters.franceconnect import FranceConnect
from ..adapters.keys import Keys, token_hash
from ..attempts.store import remember_device
from ..errors import AccountDisabled, FranceConnectForFamilies, FranceConnectLinkedElsewhere, SessionEnded
from ..oidc.commands import claim, doubt_of, prove, refused
from ..oidc.domain import Pending, Provider
from ..oidc.store import ProviderSession, forget_authorization, keep_session
from ..sessions.commands import open_session
from ..sessions.domain import Opening, SignedIn, browser_family
from ..sessions.queries import any_session
from ..settings import IdentityRules
from ..step_up.store import lock_session, note_proof
from . import store
from .domain import ProvenIdentity, name_of

log = structlog.get_logger()


async def finish(
    db: Database,
    provider: FranceConnect,
    keys: Keys,
    rules: IdentityRules,
    browser: BrowserSession,
    request: AuthorizationReturn,
) -> AuthorizationOutcome:
    """Come back from the provider.

    Raises:
        NotFound: the town has no FranceConnect.
        FranceConnectReturnUnknown, FranceConnectReturnExpired: this browser is not awaited.
        FranceConnectDenied, FranceConnectUnavailable, FranceConnectUnverified, FranceConnectTooWeak: nobody was proven.
        AccountDisabled: the town closed the account.
        FranceConnectForFamilies, FranceConnectLinkedElsewhere: of whoever is signed in.
    """
    pending = await claim(db, provider.registration, request)
    if doubt := await doubt_of(provider, request):
        raise refused(provider.registration, doubt)
    proof = await prove(provider, keys, pending, request)
    identity = ProvenIdentity(proof.subject, name_of(proof.person), proof.id_token)
    try:
        # Also one that waits for its second step, which no family has: it is told whom FranceConnect is for.
        session = await any_session(db, browser.session_token, rules)
    except SessionEnded:
        session = None
    if session is not None and not session.must_return:
        return await _meet_session(db, keys, session, pending, identity)
    return await _sign_in(db, keys, rules, browser, (pending, identity))


@command
async def _sign_in(
    tx: Transaction, keys: Keys, rules: IdentityRules, browser: BrowserSession, back: tuple[Pending, ProvenIdentity]
) -> AuthorizationOutcome:
    """Open a session of the account that an identity opens, or keep the identity until somebody proves an account. `back`: the way that
    they came, and who they are."""
    pending, identity = back
    account_id = await store.find_linked(tx, identity.subject)
    account = await lock_account(tx, account_id) if account_id else None
    if account is None or await store.find_linked(tx, identity.subject) != account.account_id:
        return await _hold(tx, keys, pending, identity)
    if account.is_disabled:
        log.warning("federation refused", code=AccountDisabled.code(), account_id=str(account.account_id))
        raise AccountDisabled
    opened = await _open_session(tx, account, browser, rules)
    hint = keys.seal_federation(identity.id_token.encode(), account.account_id)
    kept = ProviderSession(Provider.FRANCECONNECT, hint)
    await keep_session(tx, account.account_id, token_hash(opened.session_token), kept)
    await forget_authorization(tx, pending.authorization_id)
    tx.report("signed in", account_id=str(account.account_id))
    return _outcome(pending, session=opened)


async def _open_session(
    tx: Transaction, account: AccountRecord, browser: BrowserSession, rules: IdentityRules
) -> SessionOpened:
    """A session of an account that its holder came to by the provider; its first steps are those of anybody."""
    opening = Opening(SignInMeans.FRANCECONNECT, browser_family(browser.user_agent))
    opened = await open_session(tx, account, opening, rules)
    if browser.channel is Channel.API:
        return opened
    device_token = await remember_device(tx, account.account_id, browser.device_token)
    return opened.model_copy(update={"device_token": device_token})


@command
async def _meet_session(
    tx: Transaction, keys: Keys, session: SignedIn, pending: Pending, identity: ProvenIdentity
) -> AuthorizationOutcome:
    """Somebody is signed in already, who means to link the identity: it never changes who is signed in."""
    account = session.account
    if account.kind is not ActorKind.PARENT:
        raise FranceConnectForFamilies
    linked = await store.find_linked(tx, identity.subject)
    if linked is None:
        return await _hold(tx, keys, pending, identity)
    if linked != account.account_id:
        raise FranceConnectLinkedElsewhere
    hint = keys.seal_federation(identity.id_token.encode(), account.account_id)
    kept = ProviderSession(Provider.FRANCECONNECT, hint)
    await keep_session(tx, account.account_id, session.session_hash, kept)
    await forget_authorization(tx, pending.authorization_id)
    since, now = await store.link_counts_from(tx, account.account_id), await tx.now()
    is_proof = since is not None and since <= now
    if is_proof:
        # The provider has everybody sign in anew on each way: they proved just now who they are.
        await lock_session(tx, session.session_hash)
        await note_proof(tx, session.session_hash, StepUpMeans.FRANCECONNECT, now, session.guardian_id)
        actor = holder_of(account, Channel.PORTAL, session.guardian_id)
        tx.note(Act(actor, "identity_proved", account.account_id, after={"means": StepUpMeans.FRANCECONNECT}))
        tx.report("stepped up", account_id=str(account.account_id), means=StepUpMeans.FRANCECONNECT)
    return _outcome(pending, is_linked=True, is_proof=is_proof)


async def _hold(tx: Transaction, keys: Keys, pending: Pending, identity: ProvenIdentity) -> AuthorizationOutcome:
    place = pending.authorization_id
    await store.hold_identity(tx, place, keys.seal_federation(identity.as_json(), place))
    return _outcome(pending)


def _outcome(
    pending: Pending, session: SessionOpened | None = None, *, is_linked: bool = False, is_proof: bool = False
) -> AuthorizationOutcome:
    return AuthorizationOutcome(
        authorization_id=pending.authorization_id,
        session=session,
        is_linked=is_linked,
        is_proof=is_proof,
        next_path=pending.next_path,
    )
