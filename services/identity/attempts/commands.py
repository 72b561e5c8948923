"""Counting attempts: each as failed before it is looked at, so that attempts in parallel are not free; what was right is taken back."""

from uuid import UUID

import structlog

from chassis.actor import BrowserSession
from chassis.data.database import Database, Transaction, command, unflushed_command

from ..adapters.keys import token_hash
from ..errors import TooManyAttempts
from . import store
from .domain import (
    ACCOUNT_RULE,
    Attempt,
    SourceRule,
    Target,
    Throttle,
    current_password_target,
    sign_in_source,
)

log = structlog.get_logger()


@unflushed_command
async def count_attempt(tx: Transaction, target: Target, address: str, rule: SourceRule) -> Attempt:
    """Count an attempt against its target and the source that it came from. Raises TooManyAttempts."""
    source = sign_in_source(address)
    counts = await store.lock_counts(tx, target, source)
    now = await tx.now()
    _require_open(counts.wait_seconds(rule, now))
    await store.save_counts(tx, target, source, counts.after_attempt(rule, now))
    hidden_wait_seconds = counts.hidden_wait_seconds(now)
    return Attempt(target.subject, source, total=target.total, hidden_wait_seconds=hidden_wait_seconds)


async def count_device_attempt(db: Database, account_id: UUID, browser: BrowserSession) -> Attempt | None:
    """Count an attempt at the password of an account against the device alone, if it signed in there before. Raises TooManyAttempts."""
    if not browser.device_token:
        return None
    return await _count_device_attempt(db, account_id, token_hash(browser.device_token))


@unflushed_command
async def _count_device_attempt(tx: Transaction, account_id: UUID, device_hash: bytes) -> Attempt | None:
    device = await store.lock_device(tx, account_id, device_hash)
    if device is None:
        return None
    now = await tx.now()
    _require_open(device.wait_seconds(now))
    await store.save_device(tx, account_id, device_hash, device.after_failure(ACCOUNT_RULE, now))
    return Attempt("", None, account_id, device_hash)


async def count_account_attempt(db: Database, account_id: UUID, browser: BrowserSession, rule: SourceRule) -> Attempt:
    """Count an attempt at the password of an account: against the device where it signed in before, and otherwise like any other.
    Raises TooManyAttempts."""
    attempt = await count_device_attempt(db, account_id, browser)
    return attempt or await count_attempt(db, current_password_target(account_id), browser.address, rule)


@command
async def forgive(tx: Transaction, attempt: Attempt, rule: SourceRule) -> None:
    """Take back an attempt that was right, and the failures before it of the same subject or device."""
    await take_back(tx, attempt, rule)


async def take_back(tx: Transaction, attempt: Attempt, rule: SourceRule) -> None:
    """`forgive`, in a transaction that does more."""
    if attempt.account_id is not None and attempt.device_hash is not None:
        now = await tx.now()
        await store.save_device(tx, attempt.account_id, attempt.device_hash, Throttle(0, now, now))
        return
    if attempt.source is None:
        await store.forget_failures(tx, *attempt.subjects)
    else:
        await store.give_back(tx, attempt.subjects, attempt.source, rule)


def _require_open(wait_seconds: int) -> None:
    """Raises TooManyAttempts."""
    if wait_seconds:
        log.warning("attempt throttled", code=TooManyAttempts.code())
        raise TooManyAttempts(retry_after_seconds=wait_seconds)
