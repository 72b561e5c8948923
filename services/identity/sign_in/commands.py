"""Signing in and out.

A sign-in takes the same steps in the same order whether its login names an account or nobody: look up, count the attempt,
check a password, note the outcome.
"""

from dataclasses import replace

import structlog

from chassis.data.database import Database, Transaction, command
from contracts.identity.models import SessionOpened, SignIn

from ..accounts.store import forget_failures, lock_account, save_account
from ..adapters.keys import token_hash
from ..adapters.passwords import Passwords
from ..errors import InvalidCredentials, TooManyAttempts
from ..settings import IdentityRules
from . import store
from .domain import (
    ACCOUNT_RULE,
    Candidate,
    ThrottleRule,
    account_for_login,
    account_subject,
    address_subject,
    admit,
    login_subject,
)
from .queries import find_candidates

log = structlog.get_logger()


async def sign_in(
    db: Database, passwords: Passwords, rules: IdentityRules, request: SignIn, address: str
) -> SessionOpened:
    """Open a session.

    Raises:
        InvalidCredentials: wrong login or password; nothing says which.
        TooManyAttempts: with `retry_after_seconds`.
        AccountNotActivated, AccountDisabled, TemporaryPasswordExpired: only once the password was right.
        Busy: too many passwords are being checked.
    """
    passwords.require_room()
    candidate = account_for_login(await find_candidates(db, request.login), request.login, rules.login_mode)
    subject = account_subject(candidate.account_id) if candidate else login_subject(request.login)
    await count_attempt(db, subject, address_subject(address))
    stored = candidate.password_hash if candidate else None
    password = request.password.get_secret_value()
    is_right = await passwords.matches(candidate.typed(password) if candidate else password, stored)
    if candidate is None or not is_right:
        await note_failure(db, address_subject(address), rules.address_rule)
        log.warning("sign-in failed", code=InvalidCredentials.code(), account_id=_id(candidate))
        raise InvalidCredentials
    opened = await open_session(db, candidate, rules)
    log.info("signed in", account_id=_id(candidate))
    return opened


@command
async def count_attempt(tx: Transaction, subject: str, address: str) -> None:
    """Count an attempt as failed before its password is checked, so that attempts in parallel are not free.

    `open_session` forgets it when the password was right. Raises TooManyAttempts.
    """
    now = await tx.now()
    throttle = await store.lock_throttle(tx, subject)
    at_address = await store.read_throttle(tx, address)
    wait = max(throttle.wait_seconds(now), at_address.wait_seconds(now) if at_address else 0)
    if wait:
        log.warning("sign-in throttled", code=TooManyAttempts.code())
        raise TooManyAttempts(retry_after_seconds=wait)
    await store.save_throttle(tx, subject, throttle.after_failure(ACCOUNT_RULE, now))


@command
async def note_failure(tx: Transaction, subject: str, rule: ThrottleRule) -> None:
    """Count a failure that happened."""
    throttle = await store.lock_throttle(tx, subject)
    await store.save_throttle(tx, subject, throttle.after_failure(rule, await tx.now()))


@command
async def open_session(tx: Transaction, candidate: Candidate, rules: IdentityRules) -> SessionOpened:
    """Open a session for an account whose password was right a moment ago."""
    account = await lock_account(tx, candidate.account_id)
    if account is None or account.password_hash != candidate.password_hash:
        raise InvalidCredentials
    now = await tx.now()
    if refusal := admit(account, now):
        raise refusal
    await forget_failures(tx, account_subject(account.account_id))
    await save_account(tx, replace(account, last_sign_in_at=now))
    return await store.open_session(tx, account, account.last_sign_in_at, rules)


@command
async def sign_out(tx: Transaction, token: str | None) -> None:
    """End a session; nothing happens when it has ended already."""
    account_id = await store.end_session(tx, token_hash(token or ""))
    if account_id is not None:
        log.info("signed out", account_id=str(account_id))


def _id(candidate: Candidate | None) -> str | None:
    return str(candidate.account_id) if candidate else None
