"""Choosing personal credentials: the first time instead of those that were generated, later instead of one's own."""

from dataclasses import dataclass, field, replace

import asyncpg
import structlog

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.refusal import FieldRefusal, Invalid
from contracts.identity.events import CredentialsChosen
from contracts.identity.models import CredentialsChoice, SessionOpened
from contracts.types import AccountStatus

from ..access import holder_of
from ..accounts.domain import AccountRecord
from ..accounts.store import end_sessions, forget_failures, lock_account, save_account
from ..activation.store import withdraw_invitations
from ..adapters.passwords import Passwords
from ..errors import SessionEnded
from ..settings import IdentityRules
from ..sign_in.commands import count_attempt
from ..sign_in.domain import SignedIn, account_subject, address_subject
from ..sign_in.queries import signed_in
from ..sign_in.store import end_session, open_session
from .domain import Choice, check_choice
from .queries import is_username_taken

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class NewCredentials:
    """What was chosen, the password as its hash."""

    username: str
    password_hash: str | None = field(repr=False)


async def choose_credentials(
    db: Database, passwords: Passwords, rules: IdentityRules, browser: BrowserSession, request: CredentialsChoice
) -> SessionOpened:
    """Replace a person's user name and password; their other sessions end and this one goes on under a new token.

    Raises:
        SessionEnded: nobody is signed in.
        Invalid: with one refusal for each field that is wrong.
        TooManyAttempts: the current password was wrong too often.
    """
    session = await signed_in(db, browser.session_token, rules)
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
        current = request.current_password.get_secret_value() if request.current_password else ""
        refusals += await _check_current(db, passwords, account, current, browser.address)
    elif not refusals and await passwords.matches(choice.password.strip(), account.password_hash):
        refusals = [FieldRefusal("/password", "password_is_temporary")]
    if refusals:
        raise Invalid(*refusals)
    password_hash = await passwords.hash(choice.password) if choice.password else account.password_hash
    actor = holder_of(account, browser.channel)
    return await replace_credentials(db, actor, session, NewCredentials(choice.username, password_hash), rules)


@command
async def replace_credentials(
    tx: Transaction, actor: Actor, session: SignedIn, credentials: NewCredentials, rules: IdentityRules
) -> SessionOpened:
    """Store new credentials and renew the session, unless it ended or its password changed meanwhile."""
    account = await lock_account(tx, session.account.account_id)
    if account is None or await end_session(tx, session.session_hash) is None:
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
    await end_sessions(tx, account.account_id)
    await withdraw_invitations(tx, account.account_id)
    await forget_failures(tx, account_subject(account.account_id))
    before, after = {"username": account.username}, {"username": chosen.username}
    tx.note(Act(actor, "credentials_chosen", account.account_id, before=before, after=after))
    if chosen.status is not account.status:
        tx.emit(chosen.state())
    tx.emit(CredentialsChosen(account_id=account.account_id, chosen_at=now))
    log.info("credentials chosen", account_id=str(account.account_id))
    return await open_session(tx, chosen, session.previous_sign_in_at, rules)


async def _check_current(
    db: Database, passwords: Passwords, account: AccountRecord, password: str, address: str
) -> list[FieldRefusal]:
    """What is wrong with the password that proves that it is still the same person in front of the screen."""
    if not password:
        return [FieldRefusal("/current_password", "current_password_required")]
    await count_attempt(db, account_subject(account.account_id), address_subject(address))
    if not await passwords.matches(password, account.password_hash):
        return [FieldRefusal("/current_password", "current_password_wrong")]
    return []
