"""Creating the account of a municipal agent, and changing who they are and what they may do."""

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

import asyncpg

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import Forbidden, Invalid, NotFound
from contracts.identity import models
from contracts.identity.events import AccountCreated
from contracts.types import AccountStatus, ActorKind, CredentialPurpose

from ..accounts.domain import AccountRecord
from ..accounts.store import end_sessions, insert_account, lock_account, save_account
from ..activation.store import request_invitation, withdraw_invitations
from ..adapters.passwords import Passwords
from ..credentials.domain import check_password, check_username
from ..errors import AgentOutdated, BeyondOwnRights, OwnRights, UsernameTaken
from ..settings import IdentityRules
from . import queries, store
from .domain import AgentRecord, changes_own_rights, check_agent, is_within, version_of_agent


async def create_agent(
    db: Database,
    actor: Actor,
    claim: Claim,
    passwords: Passwords,
    rules: IdentityRules,
    request: models.AgentCreate,
) -> models.Agent:
    """Create an agent's account: active at once with a password, else invited by mail.

    Raises:
        Forbidden: somebody else than the town's tools chooses an agent's password.
        Invalid: the user name, the password, a role or the sites are not acceptable.
        BeyondOwnRights: the new agent would have more than whoever creates them may give.
        UsernameTaken: another account has this user name.
    """
    password = request.password.get_secret_value() if request.password else None
    if password is not None and actor.kind is not ActorKind.SYSTEM:
        raise Forbidden
    wanted = _agent(new_id(), request)
    refusals = [
        check_username(request.username, None, rules.credentials, is_taken=False),
        check_password(password, request.username, rules.credentials) if password is not None else None,
        *check_agent(wanted, rules.roles),
    ]
    if refused := [refusal for refusal in refusals if refusal]:
        raise Invalid(*refused)
    _require_rights(actor, rules, wanted)
    password_hash = await passwords.hash(password) if password is not None else None
    return await store_agent(db, actor, claim, rules, request, password_hash)


@command
async def store_agent(
    tx: Transaction,
    actor: Actor,
    claim: Claim,
    rules: IdentityRules,
    request: models.AgentCreate,
    password_hash: str | None,
) -> models.Agent:
    """Store the account, and ask for an invitation when it has no password. Raises UsernameTaken."""
    if kept := await claim.replay(tx, models.Agent):
        return kept
    account = AccountRecord(
        account_id=new_id(),
        guardian_id=None,
        kind=ActorKind.AGENT,
        step=AccountStatus.ACTIVE if password_hash else AccountStatus.INVITED,
        is_disabled=request.is_disabled,
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
    agent = _agent(account.account_id, request)
    await store.insert_agent(tx, agent)
    tx.note(Act(actor, "agent_created", account.account_id, after=_noted(agent, is_disabled=account.is_disabled)))
    tx.emit(
        account.state(),
        AccountCreated(
            account_id=account.account_id, guardian_id=None, kind=account.kind, created_at=account.created_at
        ),
    )
    if password_hash is None and not account.is_disabled:
        await request_invitation(tx, account, CredentialPurpose.INVITATION, rules.validity.invitation)
    return await claim.keep(tx, await queries.agent(tx, account.account_id))


@command
async def change_agent(
    tx: Transaction, actor: Actor, rules: IdentityRules, account_id: UUID, request: models.AgentChange
) -> models.Agent:
    """Change an agent, from the values that the request names; what is so already changes nothing. A closed account is signed out at once, and its last token ends within minutes.

    Raises:
        NotFound: no agent has this account.
        Invalid: a role or the sites are not acceptable.
        BeyondOwnRights: whoever changes them may give neither what they had nor what they would have.
        AgentOutdated: somebody changed them since.
        OwnRights: the agent would change what they may do themselves.
    """
    account = await lock_account(tx, account_id)
    before = await store.lock_agent(tx, account_id)
    if account is None or before is None:
        raise NotFound
    after = _agent(account_id, request)
    if refused := check_agent(after, rules.roles):
        raise Invalid(*refused)
    _require_rights(actor, rules, before, after)
    if (after, request.is_disabled) == (before, account.is_disabled):
        return await queries.agent(tx, account_id)
    if request.version != version_of_agent(before, is_disabled=account.is_disabled):
        raise AgentOutdated
    if actor.account_id == account_id and changes_own_rights(before, after, is_disabled=request.is_disabled):
        raise OwnRights
    tx.note(
        Act(
            actor,
            "agent_changed",
            account_id,
            before=_noted(before, is_disabled=account.is_disabled),
            after=_noted(after, is_disabled=request.is_disabled),
        )
    )
    await store.save_agent(tx, after)
    if account.is_disabled is not request.is_disabled:
        changed = replace(account, is_disabled=request.is_disabled)
        await save_account(tx, changed)
        tx.emit(changed.state())
        if changed.is_disabled:
            await end_sessions(tx, account_id)
            await withdraw_invitations(tx, account_id)
    return await queries.agent(tx, account_id)


def _require_rights(actor: Actor, rules: IdentityRules, *agents: AgentRecord) -> None:
    """Whoever works at some sites gives, and takes away, what they have there themselves. Raises BeyondOwnRights."""
    if actor.kind is not ActorKind.AGENT or actor.sites is None:
        return
    if not all(is_within(agent, rules.roles, actor.permissions, actor.sites) for agent in agents):
        raise BeyondOwnRights


def _noted(agent: AgentRecord, *, is_disabled: bool) -> dict[str, Any]:
    """An agent in the history."""
    return {**asdict(agent), "is_disabled": is_disabled}


def _agent(account_id: UUID, request: models.AgentDetails) -> AgentRecord:
    """The agent that a request describes, each role and site once."""
    return AgentRecord(
        account_id=account_id,
        first_name=request.first_name,
        last_name=request.last_name,
        service=request.service,
        roles=tuple(dict.fromkeys(request.roles)),
        sites=tuple(sorted(set(request.sites))),
        has_every_site=request.has_every_site,
    )
