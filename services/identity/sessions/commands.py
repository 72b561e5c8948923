"""Opening sessions, whatever somebody proved, and ending one's own, or those of a family that lost a telephone."""

from uuid import UUID

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.refusal import NotFound
from contracts.identity.events import BrowserFirstUsed, SecurityChange, SessionsClosed
from contracts.identity.models import SessionOpened
from contracts.identity.sessions import SessionsEnd
from contracts.types import ActorKind

from ..access import holder_of
from ..accounts.domain import AccountRecord
from ..accounts.store import end_sessions, lock_account
from ..attempts.store import forget_devices
from ..settings import IdentityRules
from . import store
from .domain import Opening, SignedIn, is_news
from .queries import signed_in


async def open_session(
    tx: Transaction, account: AccountRecord, opening: Opening, rules: IdentityRules
) -> SessionOpened:
    """Open a session of an account that is locked, after whatever proof; its holder hears of a browser that is new to it."""
    opened, browsers = await store.insert_session(tx, account, opening, rules)
    if opening.browser is not None and is_news(opening.browser, browsers):
        used_at = await tx.now()
        tx.emit(BrowserFirstUsed(account_id=account.account_id, browser=opening.browser, used_at=used_at))
    return opened


async def end_session_of(db: Database, rules: IdentityRules, browser: BrowserSession, session_id: UUID) -> None:
    """End one of one's own sessions. Raises SessionEnded, NotFound."""
    session = await signed_in(db, browser.session_token, rules)
    await _end_one(db, browser, session, session_id)


@command
async def _end_one(tx: Transaction, browser: BrowserSession, session: SignedIn, session_id: UUID) -> None:
    account = session.account
    if not await store.end_own_session(tx, account.account_id, session_id):
        raise NotFound
    tx.note(Act(holder_of(account, browser.channel, session.guardian_id), "session_closed", account.account_id))
    if session_id != session.session_id:
        tx.emit(SessionsClosed(account_id=account.account_id, closed_at=await tx.now()))


async def end_other_sessions(db: Database, rules: IdentityRules, browser: BrowserSession) -> None:
    """End every session of one's own but the one that asks. Raises SessionEnded."""
    session = await signed_in(db, browser.session_token, rules)
    await _end_others(db, browser, session)


@command
async def _end_others(tx: Transaction, browser: BrowserSession, session: SignedIn) -> None:
    if await store.end_other_sessions(tx, session):
        account = session.account
        actor = holder_of(account, browser.channel, session.guardian_id)
        tx.note(Act(actor, "other_sessions_closed", account.account_id))
        tx.emit(SessionsClosed(account_id=account.account_id, closed_at=await tx.now()))


@command
async def end_account_sessions(tx: Transaction, actor: Actor, account_id: UUID, request: SessionsEnd) -> None:
    """End every session of the account of a family, or of whom families let act, at an agent's request. Where it was open nothing is known of it any more: the devices,
    on which failures are counted apart, are forgotten too.

    Raises:
        NotFound: there is no such account.
    """
    account = await lock_account(tx, account_id)
    if account is None or account.kind is ActorKind.AGENT:
        raise NotFound
    await end_sessions(tx, account_id)
    await forget_devices(tx, account_id)
    tx.note(Act(actor, "sessions_ended", account_id, after={"reason": request.reason}))
    tx.emit(account.security_changed(SecurityChange.SESSIONS_ENDED, await tx.now()))
