"""Setting an application up, entering its codes, renewing those for its loss, and taking a lost one off an agent."""

import secrets
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import structlog

from chassis.actor import Actor, BrowserSession
from chassis.comparing import close_up
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.identity.events import SecurityChange
from contracts.identity.models import SessionOpened
from contracts.identity.second_factor import (
    RecoveryCodes,
    RecoveryCodesRenewal,
    SecondFactorEnrolled,
    SecondFactorEnrollment,
    SecondFactorEntry,
)
from contracts.types import ActorKind

from ..access import holder_of
from ..accounts.store import end_sessions, lock_account
from ..adapters.keys import Keys, token_hash
from ..adapters.totp import accepted_step
from ..agents.domain import is_within
from ..agents.store import lock_agent
from ..attempts.commands import count_attempt, forgive
from ..attempts.domain import Attempt, Target
from ..attempts.store import forget_account_failures, forget_failures
from ..credentials.commands import CurrentPasswords
from ..errors import BeyondOwnRights, OwnSecondFactor, SessionEnded, TooManyAttempts, TooManyCodes
from ..passkeys.store import forget_passkeys, passkeys_of
from ..sessions.domain import SecondStep, SignedIn, StrongMeans
from ..sessions.queries import any_session, signed_in
from ..sessions.store import renew_session
from ..settings import IdentityRules
from ..step_up.domain import counts_from
from ..step_up.store import note_proof
from . import store
from .domain import (
    RECOVERY_CODES,
    Device,
    TypedCode,
    generate_recovery_code,
    read_code,
    second_factor_subject,
    wrong_code,
)
from .queries import recovery_codes_left, require_device, require_offered

log = structlog.get_logger()


async def enter_second_factor(
    db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession, request: SecondFactorEntry
) -> SessionOpened:
    """Take the second step of a sign-in; the session goes on under a new token.

    Raises:
        SessionEnded: nobody signed in, or they were signed out meanwhile.
        NotFound: the account has no second factor.
        Invalid: the code is missing, wrong, or was used before.
        TooManyCodes: wrong ones were tried too often, by this account or from this address.
    """
    session = await any_session(db, browser.session_token, rules)
    require_device(session)
    typed = read_code("/code", request.code) or read_code("/recovery_code", request.recovery_code)
    if typed is None:
        raise Invalid(FieldRefusal("/code", "code_required"))
    attempt = await count_code(db, rules, browser, session)
    try:
        opened = await _enter(
            db, holder_of(session.account, browser.channel, session.guardian_id), keys, rules, session, typed
        )
    except Invalid:
        log.warning("second factor refused", account_id=str(session.account.account_id))
        raise
    await forgive(db, attempt, rules.source_rule)
    return opened


@command
async def _enter(
    tx: Transaction, actor: Actor, keys: Keys, rules: IdentityRules, session: SignedIn, typed: TypedCode
) -> SessionOpened:
    means, counts = await spend_code(tx, keys, session, typed)
    if means is StrongMeans.RECOVERY_CODE:
        tx.note(Act(actor, "recovery_code_used", session.account.account_id))
        tx.emit(session.account.security_changed(SecurityChange.RECOVERY_CODE_USED, await tx.now()))
    if counts:
        await note_proof(tx, session.session_hash, means, await tx.now())
    left = await recovery_codes_left(tx, session.account.account_id) if means is StrongMeans.RECOVERY_CODE else None
    return (await _strengthen(tx, rules, session, means)).model_copy(update={"recovery_codes_left": left})


async def enroll_second_factor(
    db: Database,
    passwords: CurrentPasswords,
    keys: Keys,
    rules: IdentityRules,
    browser: BrowserSession,
    request: SecondFactorEnrollment,
) -> SecondFactorEnrolled:
    """Make an application the second factor, in place of a former one; new recovery codes come with it. Whoever has no password here, for the
    town's provider signed them in, types none.

    Raises:
        SessionEnded, SecondFactorNeeded: nobody is wholly signed in.
        NotFound: the town has no second factor for such an account.
        CredentialsNotChosen: that comes first.
        Invalid: the password, the code, or the code of the former application is wrong; or there are passkeys, and none opened this session.
        TooManyAttempts, TooManyCodes: they were wrong too often.
    """
    session = await signed_in(db, browser.session_token, rules)
    require_offered(session)
    code, current = read_code("/code", request.code), read_code("/current_code", request.current_code)
    refusals = [] if code else [FieldRefusal("/code", "new_code_required")]
    if session.has_second_factor and current is None:
        refusals.append(FieldRefusal("/current_code", "current_code_required"))
    if rules.has_password(session.account, session.agent):
        refusals += await passwords.check(db, session.account, request.current_password, browser)
    if refusals or code is None:
        raise Invalid(*refusals)
    attempt = await count_code(db, rules, browser, session) if current is not None else None
    actor = holder_of(session.account, browser.channel, session.guardian_id)
    enrolled = await _enroll(db, actor, keys, rules, session, (code, current))
    if attempt is not None:
        await forgive(db, attempt, rules.source_rule)
    return enrolled


@command
async def _enroll(
    tx: Transaction,
    actor: Actor,
    keys: Keys,
    rules: IdentityRules,
    session: SignedIn,
    codes: tuple[TypedCode, TypedCode | None],
) -> SecondFactorEnrolled:
    """`codes`: one of the new application, and one of the former, if there is one."""
    code, current = codes
    account_id = session.account.account_id
    if await lock_account(tx, account_id) is None:
        raise SessionEnded
    former, now = await store.device_of(tx, account_id), await tx.now()
    from_then = counts_from(now, session.open_acts)
    if former is None and session.second_step is None and await passkeys_of(tx, account_id):
        # Whoever knows the password alone would set theirs up beside the passkey of its holder, and be as sure as they are.
        raise Invalid(FieldRefusal(code.pointer, "passkey_first"))
    if former is not None:
        means, counts = await spend_code(tx, keys, session, current or TypedCode("/current_code", ""))
        from_then = min(from_then, max(now, former.counts_from))
        # A first application proves nothing of who sets it up: a password does, and whoever found an open session may know it.
        if counts:
            await note_proof(tx, session.session_hash, means, now)
    secret = keys.candidate_secret(session.session_id, former.device_id if former else None)
    step = accepted_step(secret, code.code, await _real_time(tx), last_used_step=0) if code.is_of_application else None
    if step is None:
        raise Invalid(FieldRefusal(code.pointer, "new_code_wrong"))
    device_id = new_id()
    sealed = keys.seal_device(secret, device_id)
    await store.save_device(tx, Device(account_id, device_id, sealed, now, step, from_then))
    await forget_account_failures(tx, account_id)
    tx.note(Act(actor, "second_factor_replaced" if former else "second_factor_enrolled", account_id))
    change = SecurityChange.SECOND_FACTOR_REPLACED if former else SecurityChange.SECOND_FACTOR_SET
    tx.emit(session.account.security_changed(change, await tx.now()))
    tx.report("second factor enrolled", account_id=str(account_id))
    renewed = await _strengthen(tx, rules, session, StrongMeans.TOTP)
    return SecondFactorEnrolled(codes=await _new_codes(tx, account_id), session=renewed)


async def renew_recovery_codes(
    db: Database,
    passwords: CurrentPasswords,
    keys: Keys,
    rules: IdentityRules,
    browser: BrowserSession,
    request: RecoveryCodesRenewal,
) -> RecoveryCodes:
    """Make new recovery codes. Raises like `enroll_second_factor`."""
    session = await signed_in(db, browser.session_token, rules)
    require_device(session)
    typed = read_code("/code", request.code)
    refusals = [] if typed else [FieldRefusal("/code", "code_required")]
    if rules.has_password(session.account, session.agent):
        refusals += await passwords.check(db, session.account, request.current_password, browser)
    if refusals or typed is None:
        raise Invalid(*refusals)
    attempt = await count_code(db, rules, browser, session)
    renewed = await _renew(db, holder_of(session.account, browser.channel, session.guardian_id), keys, session, typed)
    await forgive(db, attempt, rules.source_rule)
    return renewed


@command
async def _renew(tx: Transaction, actor: Actor, keys: Keys, session: SignedIn, code: TypedCode) -> RecoveryCodes:
    account_id = session.account.account_id
    await spend_code(tx, keys, session, code)
    await forget_account_failures(tx, account_id)
    tx.note(Act(actor, "recovery_codes_renewed", account_id))
    tx.emit(session.account.security_changed(SecurityChange.RECOVERY_CODES_RENEWED, await tx.now()))
    return RecoveryCodes(codes=await _new_codes(tx, account_id))


@command
async def reset_second_factor(tx: Transaction, actor: Actor, rules: IdentityRules, account_id: UUID) -> None:
    """Take the second factor off an agent who lost it, and sign them out.

    Raises:
        NotFound: no agent with a second factor, or a passkey, has this account.
        OwnSecondFactor: it is one's own.
        BeyondOwnRights: the agent has more rights than whoever asks may give.
    """
    account, agent = await lock_account(tx, account_id), await lock_agent(tx, account_id)
    if account is None or agent is None:
        raise NotFound
    if actor.account_id == account_id:
        raise OwnSecondFactor
    if (
        actor.kind is ActorKind.AGENT
        and actor.sites is not None
        and not is_within(agent, rules.guard.roles, actor.permissions, actor.sites)
    ):
        raise BeyondOwnRights
    had_device = await store.delete_device(tx, account_id)
    if not (had_device or await passkeys_of(tx, account_id)):
        raise NotFound
    await forget_failures(tx, second_factor_subject(account_id))
    await end_sessions(tx, account_id)
    tx.note(Act(actor, "second_factor_reset", account_id))
    if had_device:
        tx.emit(account.security_changed(SecurityChange.SECOND_FACTOR_REMOVED, await tx.now()))
    # The telephone that was lost may hold passkeys too, or nothing else.
    await forget_passkeys(tx, account_id)
    tx.report("second factor reset", account_id=str(account_id))


async def spend_code(tx: Transaction, keys: Keys, session: SignedIn, typed: TypedCode) -> tuple[StrongMeans, bool]:
    """Use a code up, under the lock of its account, so that of two requests one has it: what it was, and whether it proves who somebody is
    already. What was wrong before is forgotten.

    Raises:
        SessionEnded: the account, or its second factor, went meanwhile.
        Invalid: the code is wrong, or was used before.
    """
    account_id = session.account.account_id
    account = await lock_account(tx, account_id)
    device = await store.device_of(tx, account_id)
    if account is None or device is None:
        raise SessionEnded
    if typed.is_of_application:
        secret = keys.open_device(device.sealed, device.device_id)
        step = accepted_step(secret, typed.code, await _real_time(tx), device.last_used_step) if secret else None
        if step is None:
            raise Invalid(wrong_code(typed))
        await store.use_step(tx, account_id, step)
    elif not await store.use_recovery_code(tx, account_id, token_hash(typed.code)):
        raise Invalid(wrong_code(typed))
    await forget_failures(tx, second_factor_subject(account_id))
    means = StrongMeans.TOTP if typed.is_of_application else StrongMeans.RECOVERY_CODE
    return means, device.counts_from <= await tx.now()


async def _strengthen(tx: Transaction, rules: IdentityRules, session: SignedIn, means: StrongMeans) -> SessionOpened:
    """The session after its second step. Raises SessionEnded."""
    stronger = replace(session, second_step=SecondStep(means, await tx.now()), has_second_factor=True)
    renewed = await renew_session(tx, stronger, rules)
    if renewed is None:
        raise SessionEnded
    return renewed


async def _new_codes(tx: Transaction, account_id: UUID) -> tuple[str, ...]:
    """New recovery codes of an account that has a device, in place of the former ones."""
    codes = tuple(generate_recovery_code(secrets.choice) for _ in range(RECOVERY_CODES))
    await store.replace_recovery_codes(tx, account_id, [token_hash(close_up(code)) for code in codes])
    return codes


async def _real_time(tx: Transaction) -> datetime:
    """The instant by the machine's clock, which applications follow, wherever the town's clock stands."""
    return await tx.now() - tx.clock_offset


async def count_code(db: Database, rules: IdentityRules, browser: BrowserSession, session: SignedIn) -> Attempt:
    """Count a code as wrong before it is checked; the right one is forgiven. Raises TooManyCodes."""
    target = Target(second_factor_subject(session.account.account_id))
    try:
        return await count_attempt(db, target, browser.address, rules.source_rule)
    except TooManyAttempts as refusal:
        # Another password, or a link by mail, is no way out here.
        raise TooManyCodes(**refusal.params) from refusal
