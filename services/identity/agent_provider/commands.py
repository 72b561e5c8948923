"""Coming back from the town's own provider, and the ends that it or the town makes.

An identity that no account knows is linked by a claim that the provider verified, to an account which those who manage them made: nobody gets
an account, a role or a site here.
"""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import structlog

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.refusal import NotFound, Refusal
from contracts.identity.agent_provider import AgentReturned, AgentSignInRequest, LogoutOrder
from contracts.identity.events import SecurityChange
from contracts.identity.federation import AuthorizationReturn, AuthorizationStarted
from contracts.identity.models import SessionOpened
from contracts.types import AccountStatus, ActorKind, Channel, SignInMeans

from ..access import holder_of
from ..accounts.domain import AccountRecord
from ..accounts.store import end_portal_sessions, end_sessions, lock_account, save_account
from ..activation.store import withdraw_invitations
from ..adapters.agents_provider import AgentsProvider
from ..adapters.keys import Keys, token_hash
from ..adapters.oidc import ProviderDoubtful, ProviderDown
from ..agents.commands import lock_both, require_rights
from ..agents.store import lock_agent
from ..errors import (
    AccountDisabled,
    LogoutUnverified,
    ProviderClaimMissing,
    ProviderLinkedElsewhere,
    ProviderOtherPerson,
    ProviderSessionOver,
    ProviderUnavailable,
    SessionEnded,
)
from ..oidc.commands import begin, claim, doubt_of, prove, refused
from ..oidc.domain import Doubt, Pending, Prompt, Proof, Provider, instant_of
from ..oidc.store import ProviderSession, forget_authorization, keep_session
from ..sessions.commands import open_session
from ..sessions.domain import Opening, SecondStep, SignedIn, browser_family
from ..sessions.queries import any_session
from ..sessions.store import end_session, renew_session
from ..settings import IdentityRules
from ..step_up.store import note_proof
from . import store
from .domain import EMAIL, ORDER_KEPT, ProviderRules, account_of_claim, read_logout, sid_of
from .domain import LogoutOrder as Order

PROVIDER: Final = Actor(UUID(int=0), ActorKind.SYSTEM, channel=Channel.JOB)
"""Who ends sessions by the town's provider: it is noted like the acts of persons, for the history says since when somebody was out."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Desk:
    """Where agents come in: the town's provider and rules, and the keys of this process."""

    provider: AgentsProvider
    keys: Keys
    rules: IdentityRules

    @property
    def policy(self) -> ProviderRules:
        """What the town wants of its provider. Raises NotFound for a town that has none."""
        if self.rules.provider is None:
            raise NotFound
        return self.rules.provider

    async def start(self, db: Database, browser: BrowserSession, request: AgentSignInRequest) -> AuthorizationStarted:
        """Begin a way to the provider. Raises NotFound, ProviderUnavailable, TooManyAttempts."""
        prompt = Prompt.NONE if request.is_silent else Prompt.LOGIN if request.is_another else None
        return await begin(db, self.provider, self.keys, request, browser.address, prompt=prompt)

    async def finish(self, db: Database, browser: BrowserSession, request: AuthorizationReturn) -> AgentReturned:
        """Come back from the provider. A silent return that the provider answers with a no ends the session.

        Raises:
            NotFound: the town has no provider.
            ProviderReturnUnknown, ProviderReturnExpired: this browser is not awaited.
            ProviderDenied, ProviderUnavailable, ProviderUnverified, ProviderTooWeak, ProviderClaimMissing: nobody was proven.
            ProviderAccountUnknown, ProviderAccountAmbiguous, ProviderLinkedElsewhere: no account is theirs.
            AccountDisabled: the town closed the account.
            ProviderOtherPerson: somebody else is signed in.
        """
        policy, registration = self.policy, self.provider.registration
        pending = await claim(db, registration, request)
        session = await self._session(db, browser)
        if doubt := await doubt_of(self.provider, request):
            if pending.is_silent and session is not None and doubt in (Doubt.OVER, Doubt.DENIED):
                await _end_unproven(db, session, is_refused=doubt is Doubt.DENIED)
            if pending.is_silent and doubt is Doubt.OVER:
                return AgentReturned(session=None, next_path=pending.next_path)
            raise refused(registration, doubt)
        proof = await prove(self.provider, self.keys, pending, request)
        return await _enter(db, self, browser, session, Back(pending, proof, policy))

    async def _session(self, db: Database, browser: BrowserSession) -> SignedIn | None:
        try:
            return await any_session(db, browser.session_token, self.rules)
        except SessionEnded:
            return None

    async def end_by_order(self, db: Database, request: LogoutOrder) -> UUID | None:
        """End sessions that the provider says have ended there (OpenID Connect Back-Channel Logout 1.0); whose, if anybody's here.

        Raises:
            NotFound: the town has no provider.
            LogoutUnverified: it is no order of the provider, or was given before.
            ProviderUnavailable: its keys could not be asked for; it may order again.
        """
        registration = self.provider.registration
        try:
            claims = await self.provider.claims(request.logout_token)
        except ProviderDown as error:
            raise ProviderUnavailable from error
        except ProviderDoubtful as error:
            log.warning("logout refused", cause=str(error))
            raise LogoutUnverified from error
        order = read_logout(claims, registration, time.time())
        if order is None:
            log.warning("logout refused", cause="claims")
            raise LogoutUnverified
        return await _carry_out(db, registration.issuer, order)


@dataclass(frozen=True, slots=True)
class Back:
    """Whoever came back: the way that they came, who they are, and what the town wants."""

    pending: Pending
    proof: Proof
    policy: ProviderRules


@command
async def _enter(
    tx: Transaction, desk: Desk, browser: BrowserSession, session: SignedIn | None, back: Back
) -> AgentReturned:
    """Open a session of the account that an identity opens, link it first where it is new, or have the session that there is go on."""
    issuer, sid = desk.provider.registration.issuer, sid_of(back.proof.claims)
    issued_at = datetime.fromtimestamp(instant_of(back.proof.claims, "iat") or 0, UTC)
    await store.hold_names(tx, issuer, back.proof.subject, sid)
    if await store.was_ended(tx, issuer, (back.proof.subject, sid), issued_at):
        raise ProviderSessionOver
    account, is_new = await _account_of(tx, desk, back)
    if account.is_disabled:
        log.warning("federation refused", code=AccountDisabled.code(), account_id=str(account.account_id))
        raise AccountDisabled
    if not await store.prove_link(tx, account.account_id, issued_at):
        raise ProviderSessionOver
    if session is not None and session.account.account_id != account.account_id:
        raise ProviderOtherPerson
    step = back.policy.second_step(back.proof.claims, await tx.now(), time.time())
    opened = await _go_on(tx, desk, session, step) or await _open(tx, desk, account, browser, step)
    await _keep(tx, desk, account, opened, back)
    await forget_authorization(tx, back.pending.authorization_id)
    tx.report("signed in", account_id=str(account.account_id), is_new=is_new)
    return AgentReturned(session=opened, next_path=back.pending.next_path)


async def _account_of(tx: Transaction, desk: Desk, back: Back) -> tuple[AccountRecord, bool]:
    """The account that an identity opens, locked, and whether it was linked by this. Raises Refusal."""
    issuer, subject = desk.provider.registration.issuer, back.proof.subject
    account_id = await store.find_linked(tx, issuer, subject)
    account = await lock_account(tx, account_id) if account_id else None
    if account is not None and await store.find_linked(tx, issuer, subject) == account.account_id:
        # Whose password was closed while they renewed it chooses none.
        is_open = desk.rules.is_password_open(await lock_agent(tx, account.account_id))
        return account if is_open else await _opened(tx, account), False
    value = back.policy.claimed(back.proof.person)
    if value is None:
        raise ProviderClaimMissing
    named = account_of_claim(await store.find_claimed(tx, value, is_email=back.policy.claim == EMAIL))
    if isinstance(named, Refusal):
        log.warning("federation refused", code=named.code())
        raise named
    account = await lock_account(tx, named)
    if account is None:
        raise SessionEnded
    if not await store.add_link(tx, account.account_id, issuer, subject):
        raise ProviderLinkedElsewhere
    # The identity itself is in no history.
    tx.note(Act(holder_of(account, Channel.PORTAL), "provider_linked", account.account_id))
    tx.emit(account.security_changed(SecurityChange.PROVIDER_LINKED, await tx.now()))
    return await _opened(tx, account), True


async def _opened(tx: Transaction, account: AccountRecord) -> AccountRecord:
    """An account that was never opened is, by its first identity: what was mailed to open it works no more, nor goes on to."""
    if account.step is AccountStatus.ACTIVE:
        return account
    active = replace(account, step=AccountStatus.ACTIVE, password_hash=None, password_expires_at=None)
    await end_portal_sessions(tx, account.account_id)
    await withdraw_invitations(tx, account.account_id)
    await save_account(tx, active)
    tx.emit(active.state())
    return active


async def _go_on(
    tx: Transaction, desk: Desk, session: SignedIn | None, step: SecondStep | None
) -> SessionOpened | None:
    """The session that the browser has goes on under a new token; None when it has none that began at the provider."""
    if session is None or session.means is not SignInMeans.AGENT_PROVIDER:
        return None
    if step is not None:
        await note_proof(tx, session.session_hash, step.means, step.taken_at)
    surer = replace(session, must_return=False, second_step=step or session.second_step)
    return await renew_session(tx, surer, desk.rules)


async def _open(
    tx: Transaction, desk: Desk, account: AccountRecord, browser: BrowserSession, step: SecondStep | None
) -> SessionOpened:
    await end_session(tx, token_hash(browser.session_token or ""))
    opening = Opening(SignInMeans.AGENT_PROVIDER, browser_family(browser.user_agent), step)
    return await open_session(tx, account, opening, desk.rules)


async def _keep(tx: Transaction, desk: Desk, account: AccountRecord, opened: SessionOpened, back: Back) -> None:
    """Keep what ends the session at the provider and by its order, and until when its word counts."""
    sealed = desk.keys.seal_federation(back.proof.id_token.encode(), account.account_id)
    until = await tx.now() + back.policy.proof_life
    kept = ProviderSession(Provider.AGENTS, sealed, sid_of(back.proof.claims), until)
    await keep_session(tx, account.account_id, token_hash(opened.session_token), kept)


@command
async def _end_unproven(tx: Transaction, session: SignedIn, *, is_refused: bool) -> None:
    """End what the provider does not vouch for any more: this session, or every one of a person whom it refuses, a password's too."""
    account_id = session.account.account_id
    if session.means is not SignInMeans.AGENT_PROVIDER:
        return
    if is_refused:
        await store.refuse_link(tx, account_id)
        await end_sessions(tx, account_id)
        tx.note(Act(PROVIDER, "provider_refused", account_id))
    else:
        await end_session(tx, session.session_hash)
    tx.report("session ended by the provider", account_id=str(account_id), is_refused=is_refused)


@command
async def _carry_out(tx: Transaction, issuer: str, order: Order) -> UUID | None:
    """End what an order names, once. One about nobody here, or a session that nobody has here, is kept for those who are on their way."""
    if not await store.keep_order(tx, token_hash(f"{issuer} {order.order_id}"), order.expires_in):
        log.warning("logout refused", cause="given before")
        raise LogoutUnverified
    await store.hold_names(tx, issuer, order.subject, order.sid)
    holder = await store.subject_of_sid(tx, issuer, order.sid) if order.sid else None
    subject = order.subject or holder
    ended_at, kept_for = datetime.fromtimestamp(order.issued_at, UTC), max(order.expires_in, ORDER_KEPT)
    if subject is None or holder not in (None, subject):
        await store.keep_end(tx, issuer, (None, order.sid), ended_at, kept_for)
        return None
    account_id = await store.note_end(tx, issuer, subject, ended_at)
    if account_id is None:
        await store.keep_end(tx, issuer, (subject, order.sid), ended_at, kept_for)
        return None
    ended = await store.end_ordered(tx, account_id, order.sid)
    if ended:
        tx.note(Act(PROVIDER, "provider_ended_sessions", account_id))
    tx.report("sessions ended by the provider", account_id=str(account_id), count=ended)
    return account_id


@command
async def unlink(tx: Transaction, actor: Actor, rules: IdentityRules, account_id: UUID) -> None:
    """Undo the link of an agent, whose sessions of the provider end; the next sign-in there links again, by the claim.

    Raises:
        NotFound: no agent has this account, or it is not linked.
        BeyondOwnRights: the agent may do more than whoever asks.
    """
    account, before = await lock_both(tx, account_id)
    require_rights(actor, rules, before.agent)
    if not await store.remove_link(tx, account.account_id):
        raise NotFound
    await store.end_provider_sessions(tx, account_id)
    tx.note(Act(actor, "provider_unlinked", account_id))
    tx.emit(account.security_changed(SecurityChange.PROVIDER_UNLINKED, await tx.now()))
    tx.report("identity unlinked", account_id=str(account_id))
