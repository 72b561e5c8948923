"""Creating the account of a municipal agent."""

from datetime import timedelta

import asyncpg

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.identifiers import new_id
from chassis.refusal import Forbidden, Invalid
from contracts.identity import models
from contracts.identity.events import AccountCreated
from contracts.types import AccountStatus, ActorKind, CredentialPurpose

from ..accounts.domain import AccountRecord
from ..accounts.store import insert_account
from ..activation.store import request_invitation
from ..adapters.passwords import Passwords
from ..credentials.domain import check_password, check_username
from ..errors import UsernameTaken
from ..settings import IdentityRules


async def create_agent(
    db: Database, actor: Actor, passwords: Passwords, rules: IdentityRules, request: models.AgentCreate
) -> models.Account:
    """Create an agent's account: active at once with a password, else invited by mail.

    Raises:
        Forbidden: the actor is not the system.
        Invalid: the user name or the password is not acceptable.
        UsernameTaken: another account has this user name.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden
    password = request.password.get_secret_value() if request.password else None
    refusals = [
        check_username(request.username, None, rules.credentials, is_taken=False),
        check_password(password, request.username, rules.credentials) if password is not None else None,
    ]
    if refused := [refusal for refusal in refusals if refusal]:
        raise Invalid(*refused)
    password_hash = await passwords.hash(password) if password is not None else None
    return await store_agent(db, request, password_hash, rules.invitation_validity)


@command
async def store_agent(
    tx: Transaction, request: models.AgentCreate, password_hash: str | None, validity: timedelta
) -> models.Account:
    """Store the account, and ask for an invitation when it has no password. Raises UsernameTaken."""
    account = AccountRecord(
        account_id=new_id(),
        guardian_id=None,
        kind=ActorKind.AGENT,
        roles=tuple(sorted(set(request.roles))),
        step=AccountStatus.ACTIVE if password_hash else AccountStatus.INVITED,
        is_disabled=False,
        email=request.email,
        username=request.username,
        password_hash=password_hash,
        password_expires_at=None,
        created_at=await tx.now(),
        last_sign_in_at=None,
    )
    try:
        await insert_account(tx, account)
    except asyncpg.UniqueViolationError as taken:
        raise UsernameTaken from taken
    tx.emit(
        account.state(),
        AccountCreated(
            account_id=account.account_id, guardian_id=None, kind=account.kind, created_at=account.created_at
        ),
    )
    invitation = None
    if password_hash is None:
        invitation = await request_invitation(tx, account, CredentialPurpose.INVITATION, validity)
    return models.Account(
        account_id=account.account_id,
        guardian_id=None,
        kind=account.kind,
        status=account.status,
        email=account.email,
        username=account.username,
        created_at=account.created_at,
        last_sign_in_at=None,
        invitation_expires_at=invitation.expires_at if invitation else None,
    )
