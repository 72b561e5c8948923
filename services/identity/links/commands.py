"""Linking an identity to an account, and removing the link.

By proof of ownership alone: whoever brings an identity types the password of their account once. Nobody is found by name or birth date.
"""

from pydantic import SecretStr

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.identity.events import SecurityChange
from contracts.identity.franceconnect import IdentityLink, LinkRemoval, OwnLink

from ..accounts.domain import AccountRecord
from ..accounts.store import lock_account
from ..adapters.keys import Keys, token_hash
from ..credentials.commands import CurrentPasswords
from ..errors import FranceConnectLinkedElsewhere, FranceConnectLinkExists, FranceConnectReturnUnknown
from ..federation.domain import ProvenIdentity
from ..federation.store import add_link, find_link, remove_link
from ..oidc.domain import Provider
from ..oidc.store import ProviderSession, forget_authorization, keep_session
from .queries import proven_identity


async def link(
    db: Database,
    actor: Actor,
    keys: Keys,
    passwords: CurrentPasswords,
    browser: BrowserSession,
    request: IdentityLink,
) -> OwnLink:
    """Link the identity that waits in this browser to an account whose password was typed.

    Raises:
        FranceConnectReturnUnknown, FranceConnectReturnExpired: no identity waits here, or its time is over.
        Invalid: the password is wrong.
        TooManyAttempts: it was wrong too often.
        FranceConnectLinkExists, FranceConnectLinkedElsewhere: one identity opens one account.
    """
    identity = await proven_identity(db, keys, request)
    proven = await _require_password(db, passwords, actor, request.current_password, browser)
    hint = keys.seal_federation(identity.id_token.encode(), actor.account_id)
    answer = await _link(db, actor, request, identity, proven)
    await _keep_hint(db, actor, token_hash(browser.session_token or ""), hint)
    return answer


@command
async def _link(
    tx: Transaction, actor: Actor, request: IdentityLink, identity: ProvenIdentity, proven: AccountRecord
) -> OwnLink:
    account = await _lock_proven(tx, actor, proven)
    # Whoever comes second with the same identity waits for the account, and finds nothing any more.
    if not await forget_authorization(tx, request.authorization_id):
        raise FranceConnectReturnUnknown
    if await find_link(tx, account.account_id) is not None:
        raise FranceConnectLinkExists
    if not await add_link(tx, account.account_id, identity.subject):
        raise FranceConnectLinkedElsewhere
    now = await tx.now()
    # The identity itself is in no history.
    tx.note(Act(actor, "franceconnect_linked", account.account_id))
    tx.emit(account.security_changed(SecurityChange.FRANCECONNECT_LINKED, now))
    tx.report("identity linked", account_id=str(account.account_id))
    return OwnLink(linked_at=now)


@command
async def _keep_hint(tx: Transaction, actor: Actor, session_hash: bytes, hint: bytes) -> None:
    """The session goes on as one that began at the provider: there, one is open too."""
    await keep_session(tx, actor.account_id, session_hash, ProviderSession(Provider.FRANCECONNECT, hint))


async def unlink(
    db: Database,
    actor: Actor,
    passwords: CurrentPasswords,
    browser: BrowserSession,
    request: LinkRemoval,
) -> OwnLink:
    """Remove the link of an account whose password was typed: there is another way in.

    Raises:
        NotFound: it is not linked.
        Invalid: the password is wrong.
        TooManyAttempts: it was wrong too often.
    """
    if await find_link(db, actor.account_id) is None:
        raise NotFound
    proven = await _require_password(db, passwords, actor, request.current_password, browser)
    return await _unlink(db, actor, proven)


@command
async def _unlink(tx: Transaction, actor: Actor, proven: AccountRecord) -> OwnLink:
    account = await _lock_proven(tx, actor, proven)
    if not await remove_link(tx, account.account_id):
        raise NotFound
    tx.note(Act(actor, "franceconnect_unlinked", account.account_id))
    tx.emit(account.security_changed(SecurityChange.FRANCECONNECT_UNLINKED, await tx.now()))
    tx.report("identity unlinked", account_id=str(account.account_id))
    return OwnLink(linked_at=None)


async def _require_password(
    db: Database, passwords: CurrentPasswords, actor: Actor, typed: SecretStr, browser: BrowserSession
) -> AccountRecord:
    """The account with the password that was typed. Raises NotFound, Invalid, TooManyAttempts."""
    account = await _own_account(db, actor)
    if refusals := await passwords.check(db, account, typed, browser):
        raise Invalid(*refusals)
    return account


@command
async def _own_account(tx: Transaction, actor: Actor) -> AccountRecord:
    return await _lock_own(tx, actor)


async def _lock_proven(tx: Transaction, actor: Actor, proven: AccountRecord) -> AccountRecord:
    """The account of whoever acts, locked, with the password that they proved a moment ago. Raises NotFound, Invalid: it has another one
    now, which may be how its owner keeps them out."""
    account = await _lock_own(tx, actor)
    if account.password_hash != proven.password_hash:
        raise Invalid(FieldRefusal("/current_password", "current_password_wrong"))
    return account


async def _lock_own(tx: Transaction, actor: Actor) -> AccountRecord:
    """The account of whoever acts, locked. Raises NotFound when it is closed, or erased."""
    account = await lock_account(tx, actor.account_id)
    if account is None or account.is_disabled:
        raise NotFound
    return account
