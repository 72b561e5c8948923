"""Adding and removing passkeys of one's own."""

from uuid import UUID

import structlog
from pydantic import SecretStr

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.identity.events import SecurityChange
from contracts.identity.passkeys import Passkey, PasskeyAddition, PasskeyOptions, PasskeyRegistration
from contracts.types import SessionStage

from ..access import holder_of
from ..accounts.domain import AccountRecord
from ..accounts.store import lock_account
from ..adapters.keys import Keys
from ..adapters.passkeys import AnswerWrong, check_new
from ..attempts.commands import forgive
from ..credentials.commands import CurrentPasswords
from ..errors import CredentialsNotChosen, PasskeyKnown, PasskeysFull, PasskeyUnusable, PasswordClosed, SessionEnded
from ..passkeys import store
from ..passkeys.commands import take
from ..passkeys.domain import PASSKEYS_MAX, Challenge, NewPasskey, Purpose
from ..second_factor.commands import count_code, spend_code
from ..second_factor.domain import TypedCode, read_code
from ..sessions.domain import SignedIn
from ..sessions.queries import signed_in
from ..settings import IdentityRules
from ..step_up.store import lock_session
from .queries import creation_of

log = structlog.get_logger()


async def start(
    db: Database,
    keys: Keys,
    passwords: CurrentPasswords,
    rules: IdentityRules,
    browser: BrowserSession,
    request: PasskeyRegistration,
) -> PasskeyOptions:
    """Begin to add a passkey.

    Raises:
        SessionEnded, SecondFactorNeeded: nobody is wholly signed in.
        CredentialsNotChosen: that comes first.
        PasswordClosed: the agent comes by the town's provider alone.
        PasskeysFull: the account has as many as there may be.
        Invalid: the password, or the code of whoever has an application, is wrong.
        TooManyAttempts: they were wrong too often.
    """
    session = await signed_in(db, browser.session_token, rules)
    if session.stage is SessionStage.CHOOSE_CREDENTIALS:
        raise CredentialsNotChosen
    if not rules.is_password_open(session.agent):
        raise PasswordClosed
    if len(await store.passkeys_of(db, session.account.account_id)) >= PASSKEYS_MAX:
        raise PasskeysFull
    # A passkey stands in for the application: whoever has one adds a passkey with both.
    typed, refusals = None, []
    if session.has_application:
        typed = read_code("/code", request.code)
        refusals = [] if typed else [FieldRefusal("/code", "code_required")]
    refusals += await passwords.check(db, session.account, request.current_password, browser)
    if refusals:
        raise Invalid(*refusals)
    attempt = await count_code(db, rules, browser, session) if typed else None
    challenge = await _begin(db, keys, session, typed)
    if attempt is not None:
        await forgive(db, attempt, rules.source_rule)
    return await creation_of(db, session, challenge, rules)


@command
async def _begin(tx: Transaction, keys: Keys, session: SignedIn, typed: TypedCode | None) -> Challenge:
    if typed is not None:
        await spend_code(tx, keys, session, typed)
    await lock_session(tx, session.session_hash)
    return await store.new_challenge(tx, session.session_id.bytes, Purpose.REGISTRATION)


async def add(db: Database, rules: IdentityRules, browser: BrowserSession, request: PasskeyAddition) -> Passkey:
    """Add the passkey that an authenticator made.

    Raises:
        SessionEnded, SecondFactorNeeded: nobody is wholly signed in.
        PasskeyNotAwaited: none was begun in this session, or too long ago.
        PasskeyUnusable: what was made is none, or not for this portal, or without a look at who it is.
        PasskeyKnown: it opens an account already.
        PasskeysFull: the account has as many as there may be.
    """
    session = await signed_in(db, browser.session_token, rules)
    challenge = await take(db, session.session_id.bytes, Purpose.REGISTRATION)
    try:
        made = check_new(rules.relying_party, challenge.challenge, request.answer)
    except AnswerWrong as wrong:
        log.warning("passkey refused", code=PasskeyUnusable.code(), cause=str(wrong))
        raise PasskeyUnusable from wrong
    return await _add(db, holder_of(session.account, browser.channel, session.guardian_id), session, made, request.name)


@command
async def _add(tx: Transaction, actor: Actor, session: SignedIn, made: NewPasskey, name: str) -> Passkey:
    account_id = session.account.account_id
    if await lock_account(tx, account_id) is None:
        raise SessionEnded
    # A link for a forgotten password ends sessions and passkeys: none comes after it that was begun before.
    await lock_session(tx, session.session_hash)
    if len(await store.passkeys_of(tx, account_id)) >= PASSKEYS_MAX:
        raise PasskeysFull
    passkey = await store.add_passkey(tx, account_id, made, name, session.open_acts)
    if passkey is None:
        raise PasskeyKnown
    tx.note(Act(actor, "passkey_added", account_id))
    tx.emit(session.account.security_changed(SecurityChange.PASSKEY_ADDED, passkey.added_at))
    tx.report("passkey added", account_id=str(account_id))
    return passkey


async def remove(
    db: Database,
    passwords: CurrentPasswords,
    rules: IdentityRules,
    browser: BrowserSession,
    passkey_id: UUID,
    typed: SecretStr | None,
) -> None:
    """Remove one of one's own passkeys; sessions that it opened go on until they end, or are ended.

    Raises:
        SessionEnded, SecondFactorNeeded: nobody is wholly signed in.
        NotFound: the account has no such passkey.
        Invalid: the password is wrong.
        TooManyAttempts: it was wrong too often.
    """
    session = await signed_in(db, browser.session_token, rules)
    account = session.account
    if passkey_id not in {passkey.passkey_id for passkey in await store.passkeys_of(db, account.account_id)}:
        raise NotFound
    if rules.has_password(account, session.agent) and (refusals := await passwords.check(db, account, typed, browser)):
        raise Invalid(*refusals)
    await _remove(db, holder_of(account, browser.channel, session.guardian_id), account, passkey_id)


@command
async def _remove(tx: Transaction, actor: Actor, account: AccountRecord, passkey_id: UUID) -> None:
    await lock_account(tx, account.account_id)
    if not await store.remove_passkey(tx, account.account_id, passkey_id):
        raise NotFound
    tx.note(Act(actor, "passkey_removed", account.account_id))
    tx.emit(account.security_changed(SecurityChange.PASSKEY_REMOVED, await tx.now()))
    tx.report("passkey removed", account_id=str(account.account_id))
