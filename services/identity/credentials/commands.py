"""Choosing personal credentials: the first time instead of those that were generated, later instead of one's own."""

from dataclasses import dataclass, field, replace

import asyncpg
from pydantic import SecretStr

from chassis.actor import BrowserSession
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.refusal import FieldRefusal, Invalid
from contracts.identity.events import CredentialsChosen, SecurityChange
from contracts.identity.models import CredentialsChoice, SessionOpened
from contracts.types import AccountStatus

from ..access import holder_of
from ..accounts.domain import AccountRecord
from ..accounts.store import lock_account, save_account
from ..activation.domain import as_made
from ..activation.store import withdraw_invitations
from ..adapters.passwords import Passwords
from ..attempts.commands import count_account_attempt, forgive
from ..attempts.domain import SourceRule
from ..attempts.store import forget_account_failures, forget_other_devices
from ..errors import PasswordClosed, SessionEnded
from ..federation.store import remove_link
from ..sessions.domain import SignedIn
from ..sessions.queries import signed_in
from ..sessions.store import end_other_sessions, renew_session
from ..settings import IdentityRules
from .domain import Choice, check_choice
from .queries import is_username_taken


@dataclass(frozen=True, slots=True)
class NewCredentials:
    """What was chosen, the password as its hash."""

    username: str
    password_hash: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class CurrentPasswords:
    """Checks the password with which somebody proves that it is still them in front of the screen."""

    passwords: Passwords
    rule: SourceRule

    async def check(
        self, db: Database, account: AccountRecord, typed: SecretStr | None, browser: BrowserSession
    ) -> list[FieldRefusal]:
        """What is wrong with it. Raises TooManyAttempts."""
        password = typed.get_secret_value() if typed else ""
        if not password:
            return [FieldRefusal("/current_password", "current_password_required")]
        attempt = await count_account_attempt(db, account.account_id, browser, self.rule)
        if not await self.passwords.matches(password, account.password_hash):
            return [FieldRefusal("/current_password", "current_password_wrong")]
        await forgive(db, attempt, self.rule)
        return []


async def choose_credentials(
    db: Database, passwords: Passwords, rules: IdentityRules, browser: BrowserSession, request: CredentialsChoice
) -> SessionOpened:
    """Replace a person's user name and password; their other sessions end and this one goes on under a new token.

    Raises:
        SessionEnded: nobody is signed in.
        PasswordClosed: the agent has no password here.
        Invalid: with one refusal for each field that is wrong.
        TooManyAttempts: the current password was wrong too often.
    """
    session = await signed_in(db, browser.session_token, rules)
    if not rules.is_password_open(session.agent):
        raise PasswordClosed
    account, uses_username = session.account, session.uses_username(rules.login_mode)
    choice = Choice(
        (request.username or "") if uses_username else (request.username or account.username),
        request.password.get_secret_value(),
        request.password_confirmation.get_secret_value(),
    )
    own_rules = replace(
        rules.credentials, is_username_editable=uses_username and rules.credentials.is_username_editable
    )
    refusals = check_choice(
        choice, account, own_rules, is_username_taken=await is_username_taken(db, choice.username, account.account_id)
    )
    if account.has_personal_credentials:
        current = CurrentPasswords(passwords, rules.source_rule)
        refusals += await current.check(db, account, request.current_password, browser)
    elif not refusals and await passwords.matches(
        as_made(choice.password) or choice.password.strip(), account.password_hash
    ):
        refusals = [FieldRefusal("/password", "password_is_temporary")]
    if refusals:
        raise Invalid(*refusals)
    password_hash = await passwords.hash(choice.password) if choice.password else account.password_hash
    chosen = NewCredentials(choice.username, password_hash)
    return await replace_credentials(db, browser, session, chosen, rules)


@command
async def replace_credentials(
    tx: Transaction, browser: BrowserSession, session: SignedIn, credentials: NewCredentials, rules: IdentityRules
) -> SessionOpened:
    """Store new credentials and renew the session, unless it ended meanwhile."""
    account = await lock_account(tx, session.account.account_id)
    if account is None:
        raise SessionEnded
    now = await tx.now()
    chosen = replace(
        account,
        step=AccountStatus.ACTIVE,
        username=credentials.username,
        password_hash=credentials.password_hash,
        password_expires_at=None,
    )
    try:
        await save_account(tx, chosen)
    except asyncpg.UniqueViolationError as taken:
        raise Invalid(FieldRefusal("/username", "username_taken")) from taken
    await end_other_sessions(tx, session)
    renewed = await renew_session(tx, replace(session, account=chosen), rules)
    if renewed is None:
        raise SessionEnded
    await withdraw_invitations(tx, account.account_id)
    await forget_account_failures(tx, account.account_id)
    before, after = {"username": account.username}, {"username": chosen.username}
    actor = holder_of(account, browser.channel, session.guardian_id)
    tx.note(Act(actor, "credentials_chosen", account.account_id, before=before, after=after))
    if chosen.status is not account.status:
        tx.emit(chosen.state())
    tx.emit(CredentialsChosen(account_id=account.account_id, chosen_at=now))
    if account.has_personal_credentials and chosen.password_hash != account.password_hash:
        await _close_other_ways(tx, browser, account)
        tx.emit(account.security_changed(SecurityChange.PASSWORD_CHANGED, now))
    tx.report("credentials chosen", account_id=str(account.account_id))
    return renewed


async def _close_other_ways(tx: Transaction, browser: BrowserSession, account: AccountRecord) -> None:
    """Take away what whoever knew the former password may have left with it, and its holder does not see beside the form. Passkeys are listed
    there by name, and stay (ADR 32)."""
    await forget_other_devices(tx, account.account_id, browser.device_token)
    if await remove_link(tx, account.account_id):
        tx.emit(account.security_changed(SecurityChange.FRANCECONNECT_UNLINKED, await tx.now()))
