"""Following an activation link, asking for a new one, and the job that makes the secrets of those asked for."""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import structlog

from chassis.actor import Actor
from chassis.database import Database, Transaction, command
from chassis.refusal import NotFound, Refusal
from chassis.sealing import seal
from contracts.identity.api import Activated, Credential, Invitation
from contracts.identity.events import CredentialIssued
from contracts.types import CredentialPurpose, Role

from ..accounts.store import end_sessions, forget_failures, is_email_shared, lock_account, save_account
from ..errors import ActivationLinkUnknown
from ..keys import TOKEN_BYTES, Keys, token_hash
from ..passwords import Passwords
from ..sign_in.domain import LoginMode, account_subject, login_name
from .domain import follow_link, temporary_password
from .store import (
    find_link_account,
    issue_invitation,
    load_link,
    request_invitation,
    take_due_invitation,
    use_invitation,
)

ISSUED_PER_RUN_MAX = 500

log = structlog.get_logger()


@command
async def activate(tx: Transaction, token: str) -> Activated:
    """Follow an activation link.

    Raises:
        ActivationLinkUnknown, ActivationLinkUsed, ActivationLinkReplaced, ActivationLinkExpired.
    """
    hashed = token_hash(token)
    account_id = await find_link_account(tx, hashed)
    account = await lock_account(tx, account_id) if account_id else None
    invitation = await load_link(tx, hashed)
    if account is None or invitation is None:
        raise ActivationLinkUnknown
    now = await tx.now()
    following = follow_link(invitation, account, now)
    if isinstance(following, Refusal):
        raise following
    await use_invitation(tx, invitation.invitation_id, now)
    await save_account(tx, following.account)
    await forget_failures(tx, account_subject(account.account_id))
    if following.is_reset:
        await end_sessions(tx, account.account_id)
    if following.account.status is not account.status:
        tx.emit(following.account.state())
    if following.event is not None:
        tx.emit(following.event)
    log.info("activation link followed", account_id=str(account.account_id))
    return Activated(account_id=account.account_id, activated_at=now)


@command
async def invite_again(tx: Transaction, actor: Actor, account_id: UUID, validity: timedelta) -> Invitation:
    """Send a new link and temporary password, at an agent's request.

    The former ones no longer work. Who already has a personal password keeps it until they follow the new link.
    """
    actor.require_agent(Role.FRONT_DESK, Role.DIRECTOR)
    account = await lock_account(tx, account_id)
    if account is None or account.is_disabled:
        raise NotFound
    purpose = CredentialPurpose.PASSWORD_RESET if account.has_personal_credentials else CredentialPurpose.INVITATION
    await forget_failures(tx, account_subject(account.account_id))
    return await request_invitation(tx, account, purpose, validity)


@dataclass(frozen=True, slots=True)
class CredentialIssuer:
    """Makes the secrets of requested invitations. Only their hashes are stored; in clear they exist in memory, sealed."""

    keys: Keys
    passwords: Passwords
    login_mode: LoginMode

    async def run(self, db: Database) -> None:
        """Issue what is due, each in a transaction of its own, so that a crash loses none and repeats none."""
        for _ in range(ISSUED_PER_RUN_MAX):
            if not await self._issue_next(db):
                return

    async def _issue_next(self, db: Database) -> bool:
        async with db.transaction() as tx:
            invitation = await take_due_invitation(tx)
            account = await lock_account(tx, invitation.account_id) if invitation else None
            if invitation is None or account is None:
                return False
            token = secrets.token_urlsafe(TOKEN_BYTES)
            password = temporary_password(secrets.choice)
            hashed = await self.passwords.hash(password)
            is_kept_apart = account.has_personal_credentials
            if not is_kept_apart:
                await save_account(
                    tx, replace(account, password_hash=hashed, password_expires_at=invitation.expires_at)
                )
            await issue_invitation(
                tx, invitation.invitation_id, await tx.now(), token_hash(token), hashed if is_kept_apart else None
            )
            credential = Credential(
                username=login_name(account, self.login_mode, await is_email_shared(tx, account)),
                temporary_password=password,
                activation_token=token,
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
