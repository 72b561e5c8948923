"""Entering the keys of services, giving them to a guardian, and making those that come with an invitation."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.refusal import Invalid, NotFound
from contracts.identity.service_keys import IssuedServiceKey, MailedKey, ServiceKeysEntry
from contracts.types import ActorKind, SessionStage

from ..access import holder_of
from ..accounts.domain import AccountRecord
from ..accounts.store import lock_account
from ..adapters.keys import Keys
from ..attempts.commands import count_attempt, forgive
from ..attempts.domain import Attempt, Target
from ..errors import CredentialsNotChosen, PersonNotChosen, SessionEnded
from ..sessions.domain import SignedIn
from ..sessions.queries import signed_in
from ..settings import IdentityRules
from .domain import TownService, TypedKey, check_entry, keys_subject, read_keys
from .queries import entered_hashes
from .store import enter_keys, find_keys, issue_key, live_keys, note_answer

log = structlog.get_logger()


async def enter_service_keys(
    db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession, request: ServiceKeysEntry
) -> SignedIn:
    """Enter what was typed, all of it or nothing; the session as it is then.

    Raises:
        SessionEnded: nobody is signed in.
        CredentialsNotChosen, PersonNotChosen: that comes first.
        Invalid: with one refusal for each key that is wrong.
        TooManyAttempts: wrong keys were tried too often, by this account or from this address.
    """
    session = await signed_in(db, browser.session_token, rules)
    account = session.account
    if session.stage is SessionStage.CHOOSE_CREDENTIALS:
        raise CredentialsNotChosen
    if session.stage is SessionStage.CHOOSE_PERSON:
        raise PersonNotChosen
    services = {service.code: service for service in rules.services_of(account.kind)}
    typed, refusals = read_keys([(entry.service, entry.key) for entry in request.keys], services)
    if refusals:
        raise Invalid(*refusals)
    # One's own key that was entered before is no guess.
    known = await entered_hashes(db, account.account_id)
    fresh = [entry for entry in typed if keys.hash_service_key(entry.key) not in known]
    attempt: Attempt | None = None
    if fresh:
        attempt = await count_attempt(db, Target(keys_subject(account.account_id)), browser.address, rules.source_rule)
    try:
        await _hold_keys(db, holder_of(account, browser.channel, session.guardian_id), keys, session, fresh)
    except Invalid:
        log.warning("service key refused", account_id=str(account.account_id))
        raise
    if attempt is not None:
        await forgive(db, attempt, rules.source_rule)
    # Read again: another request may have entered some of them meanwhile.
    return await signed_in(db, browser.session_token, rules)


@command
async def _hold_keys(tx: Transaction, actor: Actor, keys: Keys, session: SignedIn, typed: Sequence[TypedKey]) -> None:
    """Enter keys, and note that the account was asked for them."""
    account = await lock_account(tx, session.account.account_id)
    if account is None:
        raise SessionEnded
    if not session.asks_keys:
        return
    hashes = {entry: keys.hash_service_key(entry.key) for entry in typed}
    stored = await find_keys(tx, list(hashes.values()))
    refusals = [check_entry(entry, stored.get(hashes[entry]), account.account_id) for entry in typed]
    if wrong := [refusal for refusal in refusals if refusal is not None]:
        raise Invalid(*wrong)
    fresh = [key for key in stored.values() if key.entered_at is None]
    entered = sorted(key.service for key in fresh)
    if fresh:
        await enter_keys(tx, [key.service_key_id for key in fresh])
    is_first_answer = await note_answer(tx, account.account_id)
    if entered or is_first_answer:
        tx.note(Act(actor, "service_keys_entered", account.account_id, after={"services": entered}))


@command
async def issue_service_key(
    tx: Transaction, actor: Actor, keys: Keys, account_id: UUID, service: TownService
) -> IssuedServiceKey:
    """Give a guardian a key, at an agent's request; the former one opens nothing any more, entered or not.

    Raises:
        NotFound: no guardian has such an account, or the town closed it.
    """
    account = await lock_account(tx, account_id)
    if account is None or account.is_disabled or account.kind is not ActorKind.PARENT:
        raise NotFound
    key = await issue_key(tx, keys, account_id, service, is_kept=False)
    # The key itself is in no history.
    tx.note(Act(actor, "service_key_issued", account_id, after={"service": service.code}))
    return IssuedServiceKey(service=service.code, label=service.label, key=key, issued_at=await tx.now())


async def issue_invited_keys(
    tx: Transaction, keys: Keys, account: AccountRecord, services: Sequence[TownService]
) -> tuple[MailedKey, ...]:
    """The keys that go with the invitation of an account that is locked, but for those that it entered already."""
    held = await live_keys(tx, account.account_id)
    return tuple(
        [
            MailedKey(label=service.label, key=await issue_key(tx, keys, account.account_id, service, is_kept=True))
            for service in services
            if service.is_prefilled and not (service.code in held and held[service.code].entered_at)
        ]
    )
