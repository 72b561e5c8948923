"""Signing in and out.

A sign-in takes the same steps in the same order whether its login names an account or nobody: look up, count the attempt,
check a password, note the outcome.
"""

from dataclasses import dataclass, replace
from uuid import UUID

import structlog

from chassis.actor import BrowserSession
from chassis.data.database import Database, Transaction, command
from chassis.refusal import Busy, Refusal
from contracts.identity.models import SessionOpened, SignIn
from contracts.types import ActorKind, Channel, SignInMeans

from ..accounts.domain import AccountRecord
from ..accounts.store import lock_account
from ..activation.domain import as_made
from ..activation.store import waiting_password
from ..adapters.keys import Keys, token_hash
from ..adapters.lines import SourceLines
from ..adapters.passwords import Passwords
from ..agents.store import lock_agent
from ..attempts.commands import count_attempt, count_device_attempt, forgive, take_back
from ..attempts.domain import Attempt, account_target, login_key, login_target, sign_in_source
from ..attempts.store import remember_device
from ..errors import InvalidCredentials, PasswordClosed, PasswordNotInPlace
from ..sessions import commands as sessions
from ..sessions.domain import Opening, browser_family
from ..sessions.store import end_session
from ..settings import IdentityRules
from .domain import Candidate, account_for_login, admit
from .queries import find_candidates

NOBODY = UUID(int=0)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SignIns:
    """Where people sign in: the pool that checks passwords, and the lines of those who come from one address."""

    passwords: Passwords
    lines: SourceLines
    keys: Keys
    rules: IdentityRules

    async def sign_in(self, db: Database, request: SignIn, browser: BrowserSession) -> SessionOpened:
        """Open a session; the one that the browser had ends.

        Raises:
            InvalidCredentials: wrong login or password; nothing says which.
            TooManyAttempts: with `retry_after_seconds`.
            AccountNotActivated, AccountDisabled, TemporaryPasswordExpired, PasswordNotInPlace, PasswordClosed: only once the password was right.
            Busy: too many passwords are being checked.
        """
        self.passwords.require_room()
        login, mode = request.login, self.rules.login_mode
        candidate = account_for_login(await find_candidates(db, login), login, mode)
        unknown = login_target(self.keys.hash_login(login_key(login)))
        target = account_target(candidate.account_id, candidate.called_by(login)) if candidate else unknown
        device = await count_device_attempt(db, candidate.account_id if candidate else NOBODY, browser)
        if device is not None:
            return await self._check(db, candidate, request, device, browser)
        async with self.lines.turn(sign_in_source(browser.address)):
            attempt = await count_attempt(db, target, browser.address, self.rules.source_rule)
            return await self._check(db, candidate, request, attempt, browser)

    async def _check(
        self, db: Database, candidate: Candidate | None, request: SignIn, attempt: Attempt, browser: BrowserSession
    ) -> SessionOpened:
        """The session of an attempt that is counted, if it is right."""
        is_looked_at = candidate is not None and not attempt.hidden_wait_seconds
        stored = candidate.password_hash if candidate and is_looked_at else None
        password = request.password.get_secret_value()
        is_right = await self.passwords.matches(candidate.typed(password) if candidate else password, stored)
        if not is_right and await self._is_waiting(db, candidate if is_looked_at else None, password):
            # It opens nothing and forgives nothing, or whoever reads such a mail would guess at the password in place for ever.
            raise PasswordNotInPlace
        if candidate is None or not is_right:
            log.warning("sign-in failed", code=InvalidCredentials.code(), account_id=_id(candidate))
            raise InvalidCredentials
        try:
            renewed = await self._renewed(password, candidate)
            opened = await open_session(db, candidate, attempt, browser, self.rules, renewed)
        except Refusal:
            # Whoever knows the password does not guess, whatever stands against their account.
            await forgive(db, attempt, self.rules.source_rule)
            raise
        log.info("signed in", account_id=_id(candidate))
        return opened

    async def _is_waiting(self, db: Database, candidate: Candidate | None, password: str) -> bool:
        """Whether a password is one that was mailed and whose link was not followed. What looks like one takes as long whoever the login means."""
        mailed = as_made(password)
        if mailed is None:
            return False
        stored = await waiting_password(db, candidate.account_id if candidate else NOBODY)
        return await self.passwords.matches(mailed, stored)

    async def _renewed(self, password: str, candidate: Candidate) -> str | None:
        """The hash of a right password with the parameters of today; None where it has one already, or there is no time for it."""
        if candidate.password_hash is None or not self.passwords.is_outdated(candidate.password_hash):
            return None
        try:
            return await self.passwords.hash(candidate.typed(password))
        except Busy:
            return None


@command
async def open_session(
    tx: Transaction,
    candidate: Candidate,
    attempt: Attempt,
    browser: BrowserSession,
    rules: IdentityRules,
    renewed: str | None = None,
) -> SessionOpened:
    """Open a session for an account whose password was right a moment ago; `renewed` is another hash of it to store."""
    account = await lock_account(tx, candidate.account_id)
    if account is None or account.password_hash != candidate.password_hash:
        raise InvalidCredentials
    if refusal := admit(account, await tx.now()):
        raise refusal
    account = replace(account, password_hash=renewed or account.password_hash)
    return await let_in(
        tx, account, Opening(SignInMeans.PASSWORD, browser_family(browser.user_agent)), attempt, browser, rules
    )


async def let_in(
    tx: Transaction,
    account: AccountRecord,
    opening: Opening,
    attempt: Attempt,
    browser: BrowserSession,
    rules: IdentityRules,
) -> SessionOpened:
    """Open a session of an account that is locked, for whoever proved in an attempt that it is theirs; the one that the browser had ends.

    Raises PasswordClosed: nor a passkey opens it, whose agent comes by the town's provider alone and leaves with it.
    """
    has_provider = account.kind is ActorKind.AGENT and rules.provider is not None
    if has_provider and not rules.is_password_open(await lock_agent(tx, account.account_id)):
        raise PasswordClosed
    opened = await sessions.open_session(tx, account, opening, rules)
    if browser.channel is Channel.API:
        await take_back(tx, attempt, rules.source_rule)
        return opened
    if browser.session_token:
        await end_session(tx, token_hash(browser.session_token))
    device_token = await remember_device(tx, account.account_id, browser.device_token, attempt, rules.source_rule)
    return opened.model_copy(update={"device_token": device_token})


@command
async def sign_out(tx: Transaction, token: str | None) -> None:
    """End a session; nothing happens when it has ended already."""
    account_id = await end_session(tx, token_hash(token or ""))
    if account_id is not None:
        tx.report("signed out", account_id=str(account_id))


def _id(candidate: Candidate | None) -> str | None:
    return str(candidate.account_id) if candidate else None
