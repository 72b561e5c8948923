"""Having a code mailed, and proving who one is with it."""

import secrets
from datetime import timedelta
from typing import Final

import structlog

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.refusal import FieldRefusal, Invalid, NotFound
from chassis.sealing import seal
from contracts.identity.events import StepUpCodeIssued
from contracts.identity.passkeys import PasskeyOptions
from contracts.types import StepUpMeans

from ..access import holder_of
from ..accounts.store import lock_account
from ..adapters.keys import Keys
from ..adapters.passkeys import request_options
from ..attempts.commands import count_attempt, forgive
from ..attempts.domain import Target, ThrottleRule
from ..attempts.store import forget_failures, lock_throttle, save_throttle
from ..errors import InvalidPasskey, SessionEnded, StepUpCodeTooSoon
from ..passkeys import commands as passkeys
from ..passkeys.domain import Challenge, KnownPasskey, Purpose, passkey_subject
from ..passkeys.store import find_passkey, new_challenge, passkeys_of
from ..second_factor.commands import count_code, spend_code
from ..second_factor.domain import TypedCode, read_code
from ..second_factor.queries import require_device
from ..sessions.domain import SignedIn
from ..sessions.queries import signed_in
from ..settings import IdentityRules
from . import store
from .domain import APPLICATION_POINTER, CODE_DIGITS, POINTER, codes_subject, judge, normal_code

CODES_RULE: Final = ThrottleRule(
    free_failures=5, first_delay=timedelta(minutes=5), delay_max=timedelta(hours=1), memory=timedelta(hours=24)
)
"""Of an account, whichever its sessions: some 28 codes a day and five tries each leave a chance of one in 7,000 of a guess."""

log = structlog.get_logger()


async def send_code(db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession) -> SignedIn:
    """Have a code mailed to whoever's session this is.

    Raises:
        SessionEnded: nobody is signed in.
        StepUpCodeTooSoon: one was sent a moment ago, or this account asked for many.
    """
    session = await signed_in(db, browser.session_token, rules)
    await _issue_code(db, keys, session)
    return session


@command
async def _issue_code(tx: Transaction, keys: Keys, session: SignedIn) -> None:
    """Keep the hash of a new code, and send it sealed: in clear it is in memory alone."""
    account_id, now = session.account.account_id, await tx.now()
    await store.lock_session(tx, session.session_hash)
    former = await store.code_of(tx, session.session_hash)
    throttle = await lock_throttle(tx, codes_subject(account_id))
    pause = int((former.resend_at - now).total_seconds()) + 1 if former and now < former.resend_at else 0
    if wait := max(pause, throttle.wait_seconds(now)):
        raise StepUpCodeTooSoon(retry_after_seconds=wait)
    await save_throttle(tx, codes_subject(account_id), throttle.after_failure(CODES_RULE, now))
    digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    kept = await store.keep_code(tx, session.session_hash, _hashed(keys, session, digits), now)
    tx.emit(
        StepUpCodeIssued(
            account_id=account_id, sealed=seal(digits, keys.seal), issued_at=kept.sent_at, expires_at=kept.expires_at
        )
    )


async def prove(db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession, typed: str) -> SignedIn:
    """Prove who one is with the code that was mailed; the session as it is then.

    Raises:
        SessionEnded: nobody is signed in.
        Invalid: this is no code, or not the one that was mailed to this session, or too late, or tried too often.
    """
    session = await signed_in(db, browser.session_token, rules)
    code = normal_code(typed)
    if code is None:
        raise Invalid(FieldRefusal(POINTER, "step_up_code_malformed"))
    code_hash = _hashed(keys, session, code)
    # What is returned and not raised commits: a wrong try counts, also those in parallel.
    if refusal := await _try_code(
        db, holder_of(session.account, browser.channel, session.guardian_id), session, code_hash
    ):
        log.warning("step-up refused", account_id=str(session.account.account_id), code=refusal.code)
        raise Invalid(refusal)
    return await signed_in(db, browser.session_token, rules)


@command
async def _try_code(tx: Transaction, actor: Actor, session: SignedIn, code_hash: bytes) -> FieldRefusal | None:
    """Use a code up, or count a wrong try."""
    await store.lock_session(tx, session.session_hash)
    kept = await store.code_of(tx, session.session_hash)
    now = await tx.now()
    if refusal := judge(kept, code_hash, now):
        if kept and kept.is_alive(now):
            await store.count_try(tx, session.session_hash)
        return refusal
    await store.use_code(tx, session.session_hash)
    await forget_failures(tx, codes_subject(session.account.account_id))
    await _note(tx, actor, session, StepUpMeans.MAIL)
    return None


async def prove_with_application(
    db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession, typed: str
) -> SignedIn:
    """Prove who one is with the code of one's authenticator application; the session as it is then.

    Raises:
        SessionEnded, SecondFactorNeeded: nobody is wholly signed in.
        NotFound: the account has no application that counts yet.
        Invalid: this is no code of an application, or a wrong one, or one that was used before.
        TooManyAttempts: wrong codes were tried too often, by this account or from this address.
    """
    session = await signed_in(db, browser.session_token, rules)
    require_device(session)
    code = read_code(APPLICATION_POINTER, typed)
    if code is None or not code.is_of_application:
        raise Invalid(FieldRefusal(APPLICATION_POINTER, "application_code_malformed"))
    attempt = await count_code(db, rules, browser, session)
    await _spend(db, holder_of(session.account, browser.channel, session.guardian_id), keys, session, code)
    await forgive(db, attempt, rules.source_rule)
    return await signed_in(db, browser.session_token, rules)


@command
async def _spend(tx: Transaction, actor: Actor, keys: Keys, session: SignedIn, code: TypedCode) -> None:
    _, counts = await spend_code(tx, keys, session, code)
    if not counts:
        raise NotFound
    await store.lock_session(tx, session.session_hash)
    await _note(tx, actor, session, StepUpMeans.TOTP)


async def start_passkey_proof(db: Database, rules: IdentityRules, browser: BrowserSession) -> PasskeyOptions:
    """Ask for a passkey of whoever's session this is.

    Raises:
        SessionEnded, SecondFactorNeeded: nobody is wholly signed in.
        NotFound: they have no passkey that counts yet.
    """
    session = await signed_in(db, browser.session_token, rules)
    now = await db.now()
    passkeys_known = await passkeys_of(db, session.account.account_id)
    known = [passkey.credential_id for passkey in passkeys_known if passkey.counts_from <= now]
    if not known:
        raise NotFound
    challenge = await _ask(db, session)
    options = request_options(rules.relying_party, challenge.challenge, known)
    return PasskeyOptions(options=options, expires_at=challenge.expires_at)


@command
async def _ask(tx: Transaction, session: SignedIn) -> Challenge:
    await store.lock_session(tx, session.session_hash)
    return await new_challenge(tx, session.session_id.bytes, Purpose.PROOF)


async def prove_with_passkey(db: Database, rules: IdentityRules, browser: BrowserSession, text: str) -> SignedIn:
    """Prove who one is with a passkey of one's own; the session as it is then.

    Raises:
        SessionEnded, SecondFactorNeeded: nobody is wholly signed in.
        PasskeyNotAwaited: this session was asked nothing, or answered already, or too late.
        InvalidPasskey: the answer is wrong, or of somebody else's passkey, or of one that does not count yet.
        PasskeyCopied: it counts backwards.
        TooManyAttempts: wrong answers were given too often.
    """
    session = await signed_in(db, browser.session_token, rules)
    challenge = await passkeys.take(db, session.session_id.bytes, Purpose.PROOF)
    answer = passkeys.read(text)
    known = await find_passkey(db, answer.credential_id)
    if known is None or known.account_id != session.account.account_id or known.counts_from > await db.now():
        raise InvalidPasskey
    attempt = await count_attempt(db, Target(passkey_subject(known.passkey_id)), browser.address, rules.source_rule)
    proven = passkeys.proven_by(rules.relying_party, challenge, answer, known)
    await _use(db, holder_of(session.account, browser.channel, session.guardian_id), session, proven)
    await forgive(db, attempt, rules.source_rule)
    return await signed_in(db, browser.session_token, rules)


@command
async def _use(tx: Transaction, actor: Actor, session: SignedIn, proven: KnownPasskey) -> None:
    if await lock_account(tx, proven.account_id) is None:
        raise SessionEnded
    await passkeys.use(tx, proven)
    await store.lock_session(tx, session.session_hash)
    await _note(tx, actor, session, StepUpMeans.PASSKEY)


def _hashed(keys: Keys, session: SignedIn, code: str) -> bytes:
    """What is kept of a code: it is of the session, and of whoever acts in it."""
    return keys.hash_code(code, session.session_id, session.guardian_id)


async def _note(tx: Transaction, actor: Actor, session: SignedIn, means: StepUpMeans) -> None:
    """Note a proof in a session that is held."""
    account_id = session.account.account_id
    await store.note_proof(tx, session.session_hash, means, await tx.now(), session.guardian_id)
    tx.note(Act(actor, "identity_proved", account_id, after={"means": means}))
    tx.report("stepped up", account_id=str(account_id), means=means)
