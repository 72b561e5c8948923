"""Asking authenticators, judging what they answer, and signing in with a passkey.

What an authenticator is asked is used up by the first answer, before anybody looks at it. An answer proves who somebody is where it is of the
passkey that it names, to the question of this browser, given on a page of this portal, by an authenticator that verified its user.
"""

from dataclasses import replace
from datetime import timedelta

import structlog

from chassis.actor import BrowserSession
from chassis.data.database import Database, Transaction, command
from chassis.refusal import Refusal
from contracts.identity.models import SessionOpened
from contracts.identity.passkeys import (
    PasskeyOptions,
    PasskeySignIn,
)
from contracts.types import ActorKind, SignInMeans

from ..accounts.store import lock_account
from ..adapters.keys import token_hash
from ..adapters.passkeys import DECOY_KEY, Answer, AnswerWrong, check_answer, read_answer, request_options
from ..attempts.commands import count_attempt, count_device_attempt, forgive
from ..attempts.domain import Attempt, SourceRule, Target, passkey_source, sign_in_source
from ..attempts.store import lock_level, save_level
from ..errors import (
    InvalidPasskey,
    PasskeyCopied,
    PasskeyNotAwaited,
    TooManyAttempts,
)
from ..sessions.domain import Opening, SecondStep, StrongMeans, browser_family
from ..settings import IdentityRules
from ..sign_in.commands import NOBODY, SignIns, let_in
from ..sign_in.domain import admit
from . import store
from .domain import (
    Challenge,
    KnownPasskey,
    Purpose,
    RelyingParty,
    is_copied,
    passkey_subject,
    unknown_passkey_subject,
)

CHALLENGE_RULE = SourceRule(failures_max=200, drain=timedelta(hours=1))
"""How many browsers may be asked at one source address, which a whole town hall may share."""

log = structlog.get_logger()


async def start_sign_in(db: Database, rules: IdentityRules, browser_token: str, address: str) -> PasskeyOptions:
    """Ask a browser for whichever passkey the person has. Raises TooManyAttempts: too many were asked at this address."""
    challenge = await _ask(db, token_hash(browser_token), passkey_source(address))
    options = request_options(rules.relying_party, challenge.challenge)
    return PasskeyOptions(options=options, expires_at=challenge.expires_at)


@command
async def _ask(tx: Transaction, browser_hash: bytes, source: str) -> Challenge:
    now, level = await tx.now(), await lock_level(tx, source)
    if wait := level.wait_seconds(CHALLENGE_RULE, now):
        log.warning("passkeys throttled", code=TooManyAttempts.code())
        raise TooManyAttempts(retry_after_seconds=wait)
    await save_level(tx, source, level.after_attempt(CHALLENGE_RULE, now))
    return await store.new_challenge(tx, browser_hash, Purpose.SIGN_IN)


async def sign_in(db: Database, sign_ins: SignIns, request: PasskeySignIn, browser: BrowserSession) -> SessionOpened:
    """Open a session with what an authenticator answered; the one that the browser had ends.

    Raises:
        PasskeyNotAwaited: this browser was asked nothing, or answered already, or too late.
        InvalidPasskey: the answer opens nothing; nothing says why.
        TooManyAttempts: with `retry_after_seconds`.
        PasskeyCopied, AccountDisabled, AccountNotActivated, TemporaryPasswordExpired: only once the answer was right.
    """
    challenge = await take(db, token_hash(request.browser_token), Purpose.SIGN_IN)
    answer = read(request.answer)
    known = await store.find_passkey(db, answer.credential_id)
    device = await count_device_attempt(db, known.account_id if known else NOBODY, browser)
    if device is not None:
        return await _open(db, sign_ins.rules, (challenge, answer, known), device, browser)
    unknown = unknown_passkey_subject(sign_ins.keys.hash_passkey(answer.credential_id))
    subject = passkey_subject(known.passkey_id) if known else unknown
    async with sign_ins.lines.turn(sign_in_source(browser.address)):
        attempt = await count_attempt(db, Target(subject), browser.address, sign_ins.rules.source_rule)
        return await _open(db, sign_ins.rules, (challenge, answer, known), attempt, browser)


async def _open(
    db: Database,
    rules: IdentityRules,
    answered: tuple[Challenge, Answer, KnownPasskey | None],
    attempt: Attempt,
    browser: BrowserSession,
) -> SessionOpened:
    """The session of an attempt that is counted, if it is right."""
    challenge, answer, known = answered
    proven = proven_by(rules.relying_party, challenge, answer, known)
    try:
        opened = await _open_session(db, rules, proven, attempt, browser)
    except Refusal:
        # Whoever answers rightly does not guess, whatever stands against their account.
        await forgive(db, attempt, rules.source_rule)
        raise
    log.info("signed in", account_id=str(proven.account_id))
    return opened


@command
async def _open_session(
    tx: Transaction, rules: IdentityRules, proven: KnownPasskey, attempt: Attempt, browser: BrowserSession
) -> SessionOpened:
    account = await lock_account(tx, proven.account_id)
    await use(tx, proven)
    if account is None:
        raise InvalidPasskey
    now = await tx.now()
    if refusal := admit(account, now):
        raise refusal
    # An agent's passkey is both steps: something that they have, and its look at who they are.
    second = SecondStep(StrongMeans.PASSKEY, now) if account.kind is ActorKind.AGENT else None
    opening = Opening(
        SignInMeans.PASSKEY,
        browser_family(browser.user_agent),
        second_step=second,
        is_proof=proven.counts_from <= now,
    )
    return await let_in(tx, account, opening, attempt, browser, rules)


async def take(db: Database, holder: bytes, purpose: Purpose) -> Challenge:
    """What a session or browser was asked, used up whatever comes of the answer. Raises PasskeyNotAwaited."""
    challenge = await _take(db, holder, purpose)
    if challenge is None:
        log.warning("passkey refused", code=PasskeyNotAwaited.code())
        raise PasskeyNotAwaited
    return challenge


@command
async def _take(tx: Transaction, holder: bytes, purpose: Purpose) -> Challenge | None:
    challenge = await store.take_challenge(tx, holder, purpose)
    return challenge if challenge and challenge.is_alive(await tx.now()) else None


def read(text: str) -> Answer:
    """An answer that can be read. Raises InvalidPasskey."""
    try:
        return read_answer(text)
    except AnswerWrong as wrong:
        log.warning("passkey refused", code=InvalidPasskey.code(), cause=str(wrong))
        raise InvalidPasskey from wrong


def proven_by(party: RelyingParty, challenge: Challenge, answer: Answer, known: KnownPasskey | None) -> KnownPasskey:
    """The passkey that an answer proves, counting as far as it says. An unknown one takes as long. Raises InvalidPasskey."""
    account_id = str(known.account_id) if known else None
    try:
        sign_count = check_answer(party, challenge.challenge, answer, known.public_key if known else DECOY_KEY)
    except AnswerWrong as wrong:
        log.warning("passkey refused", code=InvalidPasskey.code(), cause=str(wrong), account_id=account_id)
        raise InvalidPasskey from wrong
    if known is None or answer.account != known.account_id.bytes:
        log.warning("passkey refused", code=InvalidPasskey.code(), cause="another account", account_id=account_id)
        raise InvalidPasskey
    return replace(known, sign_count=sign_count)


async def use(tx: Transaction, proven: KnownPasskey) -> None:
    """Note that a passkey was used, whose account is locked. Raises InvalidPasskey when it was removed meanwhile, PasskeyCopied."""
    stored = await store.find_passkey(tx, proven.credential_id)
    if stored is None or stored.passkey_id != proven.passkey_id:
        raise InvalidPasskey
    if is_copied(stored.sign_count, proven.sign_count):
        log.warning("passkey refused", code=PasskeyCopied.code(), account_id=str(stored.account_id))
        raise PasskeyCopied
    await store.use_passkey(tx, stored.passkey_id, proven.sign_count)
