"""Following an activation link, asking for a new one, and the job that makes the secrets of those asked for."""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import structlog

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.refusal import NotFound, Refusal
from chassis.sealing import seal
from contracts.identity.events import AccountActivated, CredentialIssued, SecurityChange
from contracts.identity.models import Activated, ActivationLink, Credential, Invitation, ProvisionalPassword
from contracts.identity.service_keys import MailedKey
from contracts.types import AccountStatus, ActorKind, Channel, CredentialPurpose, LoginMode

from ..access import holder_of
from ..accounts.commands import take_added_ways
from ..accounts.domain import AccountRecord, login_name
from ..accounts.store import end_sessions, is_email_shared, lock_account, save_account
from ..adapters.keys import TOKEN_BYTES, Keys, token_hash
from ..adapters.passwords import Passwords
from ..agents.store import lock_agent
from ..attempts.domain import SourceRule, ThrottleRule, reset_source, reset_subject
from ..attempts.store import (
    forget_account_failures,
    lock_level,
    lock_throttle,
    remember_device,
    save_level,
    save_throttle,
)
from ..errors import ActivationLinkUnknown, TooManyAttempts
from ..service_keys.commands import issue_invited_keys
from ..settings import IdentityRules
from .domain import IssuedInvitation, Validity, dead, follow_link, temporary_password
from .store import (
    find_link_account,
    find_reset_accounts,
    is_due,
    issue_invitation,
    load_link,
    request_invitation,
    store_reset,
    take_due_invitation,
    take_reset,
    use_invitation,
    withdraw_invitations,
)

PER_RUN_MAX = 500
RESET_ACCOUNTS_MAX = 10
RESET_PAUSE = timedelta(minutes=5)
"""Whoever asked a moment ago is not mailed again: the first mail is still on its way."""

RESET_EMAIL_RULE = ThrottleRule(
    free_failures=3, first_delay=timedelta(minutes=5), delay_max=timedelta(hours=1), memory=timedelta(hours=24)
)
"""Never longer than a link of a forgotten password is good for: whoever asks in another's name leaves them a link, or room to ask for one."""
RESET_SOURCE_RULE = SourceRule(failures_max=20, drain=timedelta(hours=1))

log = structlog.get_logger()


@command
async def check_link(tx: Transaction, token: str) -> ActivationLink:
    """Whether an activation link may be followed. Raises like `activate`."""
    invitation, account = await _link_of(tx, token)
    if refusal := dead(invitation, account, await tx.now()):
        raise refusal
    return ActivationLink(purpose=invitation.purpose, expires_at=invitation.expires_at)


@command
async def activate(tx: Transaction, token: str, browser: BrowserSession) -> Activated:
    """Follow an activation link. From then on the browser's device stands for the account: whoever guesses its password elsewhere keeps
    nobody out who has its mails.

    Raises:
        ActivationLinkUnknown, ActivationLinkUsed, ActivationLinkReplaced, ActivationLinkOvertaken, ActivationLinkExpired.
    """
    invitation, account = await _link_of(tx, token)
    now = await tx.now()
    followed = follow_link(invitation, account, now)
    if isinstance(followed, Refusal):
        raise followed
    await use_invitation(tx, invitation.invitation_id, now)
    await save_account(tx, followed.account)
    await forget_account_failures(tx, account.account_id)
    tx.note(Act(holder_of(account, browser.channel), "link_followed", account.account_id))
    if followed.account.status is not account.status:
        tx.emit(followed.account.state())
    if followed.event is not None:
        tx.emit(followed.event)
    if followed.is_reset:
        await end_sessions(tx, account.account_id)
        await take_added_ways(tx, account)
        if account.has_personal_credentials:
            tx.emit(account.security_changed(SecurityChange.PASSWORD_CHANGED, now))
    device_token = None
    if browser.channel is not Channel.API:
        device_token = await remember_device(tx, account.account_id, browser.device_token)
    tx.report("activation link followed", account_id=str(account.account_id))
    return Activated(account_id=account.account_id, activated_at=now, device_token=device_token)


async def _link_of(tx: Transaction, token: str) -> tuple[IssuedInvitation, AccountRecord]:
    """The invitation of a link, and its account, locked. Raises ActivationLinkUnknown."""
    hashed = token_hash(token)
    account_id = await find_link_account(tx, hashed)
    account = await lock_account(tx, account_id) if account_id else None
    invitation = await load_link(tx, hashed)
    if account is None or invitation is None:
        raise ActivationLinkUnknown
    return invitation, account


@command
async def invite_again(tx: Transaction, actor: Actor, account_id: UUID, validity: Validity) -> Invitation:
    """Send the holder of a family's account a new link and temporary password, at an agent's request.

    The former ones no longer work. Who already has a personal password keeps it until they follow the new link.
    """
    account = await lock_account(tx, account_id)
    if account is None or account.is_disabled or account.kind is not ActorKind.PARENT:
        raise NotFound
    tx.note(Act(actor, "invited_again", account_id))
    await forget_account_failures(tx, account.account_id)
    return await request_invitation(tx, account, account.invited_for, validity.of(account))


async def give_password(
    db: Database, actor: Actor, passwords: Passwords, account_id: UUID, rules: IdentityRules
) -> ProvisionalPassword:
    """Give whoever stands at the counter a password to sign in with once, in place of any other: no link needs to be followed.

    Raises:
        NotFound: there is no such account of a family, or it is closed.
        Busy: too many passwords are being hashed.
    """
    password = temporary_password(secrets.choice)
    return await _install_password(db, actor, account_id, (password, await passwords.hash(password)), rules)


@command
async def _install_password(
    tx: Transaction, actor: Actor, account_id: UUID, password: tuple[str, str], rules: IdentityRules
) -> ProvisionalPassword:
    """Install a password, given with its hash, in an account."""
    account = await lock_account(tx, account_id)
    if account is None or account.is_disabled or account.kind is not ActorKind.PARENT:
        raise NotFound
    in_clear, hashed = password
    now = await tx.now()
    given = replace(
        account, step=AccountStatus.ACTIVATED, password_hash=hashed, password_expires_at=now + rules.validity.counter
    )
    await save_account(tx, given)
    await withdraw_invitations(tx, account_id)
    await end_sessions(tx, account_id)
    await forget_account_failures(tx, account_id)
    tx.note(Act(actor, "password_given", account_id))
    if given.status is not account.status:
        tx.emit(given.state())
    if account.step is AccountStatus.INVITED:
        tx.emit(AccountActivated(account_id=account_id, activated_at=now))
    await take_added_ways(tx, account)
    if account.has_personal_credentials:
        tx.emit(account.security_changed(SecurityChange.PASSWORD_CHANGED, now))
    tx.report("password given at the counter", account_id=str(account_id))
    return ProvisionalPassword(
        account_id=account_id,
        login=login_name(given, rules.login_mode, await is_email_shared(tx, given)),
        temporary_password=in_clear,
        expires_at=now + rules.validity.counter,
    )


@command
async def request_reset(tx: Transaction, email: str, address: str) -> None:
    """Have a new link and password mailed to an address, if it is anybody's; nothing here depends on whether it is.

    Raises:
        TooManyAttempts: this address, or whoever asks, did so too often.
    """
    now = await tx.now()
    subject, source = reset_subject(email), reset_source(address)
    throttle, level = await lock_throttle(tx, subject), await lock_level(tx, source)
    if wait := max(throttle.wait_seconds(now), level.wait_seconds(RESET_SOURCE_RULE, now)):
        log.warning("password reset throttled", code=TooManyAttempts.code())
        raise TooManyAttempts(retry_after_seconds=wait)
    await save_throttle(tx, subject, throttle.after_failure(RESET_EMAIL_RULE, now))
    await save_level(tx, source, level.after_attempt(RESET_SOURCE_RULE, now))
    await store_reset(tx, email)


@command
async def _resolve_next_reset(tx: Transaction, rules: IdentityRules) -> bool:
    """Turn the oldest request for a password into invitations, of those who may have one; False when there is none."""
    address = await take_reset(tx)
    if address is None:
        return False
    mailed_since = await tx.now() - RESET_PAUSE
    for account_id in await find_reset_accounts(tx, address, mailed_since, RESET_ACCOUNTS_MAX):
        account, agent = await lock_account(tx, account_id), await lock_agent(tx, account_id)
        if account and not account.is_disabled and rules.is_password_open(agent):
            # Nobody proved anything yet: what is noted says that somebody asked who knows the address.
            tx.note(Act(holder_of(account, Channel.PORTAL), "password_asked", account_id))
            purpose, valid_for = account.invited_for, rules.validity.of(account)
            await request_invitation(tx, account, purpose, valid_for, is_asked_by_holder=True)
    return True


@dataclass(frozen=True, slots=True)
class CredentialIssuer:
    """Makes the secrets of requested invitations. Only their hashes are stored; in clear they exist in memory, sealed."""

    keys: Keys
    passwords: Passwords
    rules: IdentityRules

    async def run(self, db: Database) -> None:
        """Resolve and issue what is due, each in a transaction of its own: a crash loses none and repeats none."""
        for _ in range(PER_RUN_MAX):
            if not await _resolve_next_reset(db, self.rules):
                break
        for _ in range(PER_RUN_MAX):
            if not await self._issue_next(db):
                return

    async def _issue_next(self, db: Database) -> bool:
        """False when nothing is due. The hash is made before anything is locked, and in a thread that sign-ins leave alone."""
        if not await is_due(db):
            return False
        password = temporary_password(secrets.choice)
        return await self._issue(db, password, await self.passwords.hash_apart(password))

    async def _issue(self, db: Database, password: str, hashed: str) -> bool:
        async with db.transaction() as tx:
            invitation = await take_due_invitation(tx)
            if invitation is None:
                return False
            account = await lock_account(tx, invitation.account_id)
            if account is None:
                return True  # its invitations went with it; those of others still wait
            token = secrets.token_urlsafe(TOKEN_BYTES)
            # Who never had one came by a provider: it is theirs once the link is followed.
            is_kept_apart = account.password_hash is not None or account.has_personal_credentials
            if not is_kept_apart:
                given = replace(account, password_hash=hashed, password_expires_at=invitation.expires_at)
                await save_account(tx, given)
            await issue_invitation(
                tx, invitation.invitation_id, await tx.now(), token_hash(token), hashed if is_kept_apart else None
            )
            login = login_name(account, self.rules.login_mode, await is_email_shared(tx, account))
            credential = Credential(
                email=account.email,
                username=login,
                has_username=login == account.username,
                temporary_password=password,
                activation_token=token,
                is_delegate=account.kind is ActorKind.DELEGATE,
                service_keys=await self._service_keys(tx, invitation, account),
                reason=invitation.reason,
                has_password=account.password_hash is not None,
                is_address_asked=self.rules.login_mode is LoginMode.EMAIL,
            )
            tx.emit(
                CredentialIssued(
                    credential_id=invitation.invitation_id,
                    account_id=account.account_id,
                    purpose=invitation.purpose,
                    sealed=seal(credential.model_dump_json(), self.keys.seal),
                    expires_at=invitation.expires_at,
                )
            )
            return True

    async def _service_keys(
        self, tx: Transaction, invitation: IssuedInvitation, account: AccountRecord
    ) -> tuple[MailedKey, ...]:
        """The keys of services that go with an invitation; whoever forgot a password keeps theirs."""
        if invitation.purpose is not CredentialPurpose.INVITATION:
            return ()
        return await issue_invited_keys(tx, self.keys, account, self.rules.services_of(account.kind))
