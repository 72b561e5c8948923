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
from chassis.refusal import FieldRefusal, Forbidden, Invalid, NotFound
from contracts.identity.agents import Agent, AgentChange, AgentCreate, RolesReturn
from contracts.identity.events import AccountCreated
from contracts.identity.models import Invitation
from contracts.types import AccountStatus, ActorKind, CredentialPurpose

from ..accounts.domain import AccountRecord
from ..accounts.store import end_portal_sessions, end_sessions, insert_account, lock_account, save_account
from ..activation.store import request_invitation, withdraw_invitations
from ..adapters.passwords import Passwords
from ..attempts.store import forget_account_failures
from ..credentials.domain import check_password, check_username
from ..errors import AgentOutdated, BeyondOwnRights, NoSecondPerson, OwnRights, PasswordClosed, UsernameTaken
from ..settings import IdentityRules
from . import queries, store
from .domain import AgentRecord, Standing, changes_own_rights, check_agent, described, is_within


async def create_agent(
    db: Database,
    actor: Actor,
    claim: Claim,
    passwords: Passwords,
    rules: IdentityRules,
    request: AgentCreate,
) -> Agent:
    """Create an agent's account: active at once with a password, else invited by mail.

    Raises:
        Forbidden: somebody else than the town's tools chooses an agent's password.
        Invalid: the user name, the password, a role or the sites are not acceptable.
        BeyondOwnRights: the new agent would have more than whoever creates them may give.
        NoSecondPerson: a role takes two persons, and nobody else could confirm it.
        UsernameTaken: another account has this user name.
    """
    password = request.password.get_secret_value() if request.password else None
    if password is not None and actor.kind is not ActorKind.SYSTEM:
        raise Forbidden
    wanted = _agent(AgentRecord.nobody(new_id(), await db.now()), request)
    refusals = [
        check_username(request.username, None, rules.credentials, is_taken=False),
        check_password(password, request.username, rules.credentials) if password is not None else None,
        *check_agent(wanted, rules.guard.roles),
    ]
    if refused := [refusal for refusal in refusals if refusal]:
        raise Invalid(*refused)
    require_rights(actor, rules, wanted)
    password_hash = await passwords.hash(password) if password is not None else None
    return await store_agent(db, actor, claim, rules, request, password_hash)


@command
async def store_agent(
    tx: Transaction,
    actor: Actor,
    claim: Claim,
    rules: IdentityRules,
    request: AgentCreate,
    password_hash: str | None,
) -> Agent:
    """Store the account, and ask for an invitation when it has no password and may have one: at first with the roles that one person gives alone.

    Raises Invalid, NoSecondPerson, UsernameTaken.
    """
    if kept := await claim.replay(tx, Agent):
        return kept
    account = AccountRecord(
        account_id=new_id(),
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
    wanted = _agent(AgentRecord.nobody(account.account_id, account.created_at), request)
    agent = replace(wanted, roles=rules.guard.of_one_person(wanted.roles)) if _asks(actor) else wanted
    await store.insert_agent(tx, agent)
    if request.employee_number and not await store.number_agent(tx, account.account_id, request.employee_number):
        raise Invalid(FieldRefusal("/employee_number", "employee_number_taken"))
    tx.note(Act(actor, "agent_created", account.account_id, after=noted(wanted, is_disabled=account.is_disabled)))
    tx.emit(
        account.state(),
        AccountCreated(
            account_id=account.account_id, guardian_id=None, kind=account.kind, created_at=account.created_at
        ),
    )
    if password_hash is None and not account.is_disabled and rules.is_password_open(agent):
        await request_invitation(tx, account, CredentialPurpose.INVITATION, rules.validity.invitation)
    if agent != wanted:
        before = Standing(agent, account.is_disabled)
        await _ask_second(tx, actor, rules, before, replace(before, agent=wanted))
    return await claim.keep(tx, await queries.agent(tx, rules, account.account_id))


@command
async def change_agent(
    tx: Transaction, actor: Actor, rules: IdentityRules, account_id: UUID, request: AgentChange
) -> Agent:
    """Change an agent, from the values that the request names; what is so already, or is asked for already, changes nothing. A closed account is
    signed out at once, and its last token ends within minutes. What takes two persons waits for the second one, all of it.

    Raises:
        NotFound: no agent has this account.
        Invalid: a role or the sites are not acceptable.
        BeyondOwnRights: whoever changes them may give neither what they had nor what they would have.
        AgentOutdated: somebody changed them since.
        OwnRights: the agent would change what they may do themselves.
        NoSecondPerson: it takes two persons, and nobody else could confirm it.
    """
    account, before = await lock_both(tx, account_id)
    after = await _regiven(tx, before.agent, _agent(before.agent, request))
    if refused := check_agent(after, rules.guard.roles):
        raise Invalid(*refused)
    require_rights(actor, rules, before.agent, after)
    wanted = Standing(after, request.is_disabled)
    if described(wanted) == described(before):
        return await queries.agent(tx, rules, account_id)
    if request.version != before.version:
        raise AgentOutdated
    if actor.account_id == account_id and changes_own_rights(before.agent, after, is_disabled=request.is_disabled):
        raise OwnRights
    if _asks(actor) and rules.guard.is_crossed(before, wanted):
        if not await store.is_asked(tx, actor, before, wanted):
            tx.note(Act(actor, "agent_change_asked", account_id, before=_of(before), after=_of(wanted)))
            await _ask_second(tx, actor, rules, before, wanted)
    else:
        tx.note(Act(actor, "agent_changed", account_id, before=_of(before), after=_of(wanted)))
        await carry_out(tx, rules, account, wanted)
    return await queries.agent(tx, rules, account_id)


@command
async def give_roles_back(
    tx: Transaction, actor: Actor, rules: IdentityRules, account_id: UUID, request: RolesReturn
) -> Agent:
    """Give an agent back the roles that lapsed: their use counts from now. An agent whose roles are in force keeps them as they are.

    Raises:
        NotFound: no agent has this account.
        BeyondOwnRights: whoever gives them has not as much.
        AgentOutdated: somebody changed the agent since.
        OwnRights: they are one's own.
        NoSecondPerson: it takes two persons, and nobody else could confirm it.
    """
    account, before = await lock_both(tx, account_id)
    require_rights(actor, rules, before.agent)
    if before.agent.roles_lapsed_at is None:
        return await queries.agent(tx, rules, account_id)
    if actor.account_id == account_id:
        raise OwnRights
    if request.version != before.version:
        raise AgentOutdated
    wanted = replace(before, agent=replace(before.agent, roles_lapsed_at=None, roles_given_at=await tx.now()))
    if _asks(actor) and rules.guard.is_crossed(before, wanted):
        if not await store.is_asked(tx, actor, before, wanted):
            tx.note(Act(actor, "agent_roles_return_asked", account_id, after=_of(wanted)))
            await _ask_second(tx, actor, rules, before, wanted)
    else:
        tx.note(Act(actor, "agent_roles_returned", account_id, after=_of(wanted)))
        await carry_out(tx, rules, account, wanted)
    return await queries.agent(tx, rules, account_id)


@command
async def invite_agent(tx: Transaction, actor: Actor, rules: IdentityRules, account_id: UUID) -> Invitation:
    """Send an agent a new link and temporary password. Who has a personal password keeps it until they follow the link.

    Raises:
        NotFound: no agent has this account, or it is closed.
        PasswordClosed: the agent signs in with the town's provider alone.
        BeyondOwnRights: the agent may do more than whoever invites.
    """
    account, before = await lock_both(tx, account_id)
    if account.is_disabled:
        raise NotFound
    if not rules.is_password_open(before.agent):
        raise PasswordClosed
    require_rights(actor, rules, before.agent)
    tx.note(Act(actor, "agent_invited_again", account_id))
    await forget_account_failures(tx, account_id)
    return await request_invitation(tx, account, account.invited_for, rules.validity.of(account))


async def lock_both(tx: Transaction, account_id: UUID) -> tuple[AccountRecord, Standing]:
    """The account of an agent and what they are, locked. Raises NotFound."""
    account = await lock_account(tx, account_id)
    agent = await store.lock_agent(tx, account_id)
    if account is None or agent is None:
        raise NotFound
    return account, Standing(agent, account.is_disabled)


async def carry_out(tx: Transaction, rules: IdentityRules, account: AccountRecord, wanted: Standing) -> None:
    """Make an agent what they are to be; the act must be noted. A closed account is signed out, and one that is opened again counts from now. Whoever
    has no password any more by their roles is signed out wherever they came in with one, or a passkey."""
    agent = wanted.agent
    if account.is_disabled and not wanted.is_disabled:
        agent = replace(agent, roles_given_at=await tx.now())
    await store.save_agent(tx, agent)
    if not rules.is_password_open(agent):
        await end_portal_sessions(tx, account.account_id)
    if account.is_disabled is wanted.is_disabled:
        return
    changed = replace(account, is_disabled=wanted.is_disabled)
    await save_account(tx, changed)
    tx.emit(changed.state())
    if changed.is_disabled:
        await end_sessions(tx, account.account_id)
        await withdraw_invitations(tx, account.account_id)


def require_rights(actor: Actor, rules: IdentityRules, *agents: AgentRecord) -> None:
    """Whoever works at some sites gives, and takes away, what they have there themselves. Raises BeyondOwnRights."""
    if actor.kind is not ActorKind.AGENT or actor.sites is None:
        return
    if not all(is_within(agent, rules.guard.roles, actor.permissions, actor.sites) for agent in agents):
        raise BeyondOwnRights


def noted(agent: AgentRecord, *, is_disabled: bool) -> dict[str, Any]:
    """An agent in the history."""
    return {**asdict(agent), "is_disabled": is_disabled}


def _of(standing: Standing) -> dict[str, Any]:
    return noted(standing.agent, is_disabled=standing.is_disabled)


def _asks(actor: Actor) -> bool:
    """Whether what is guarded takes a second person: the town's own tools make its first agents."""
    return actor.kind is not ActorKind.SYSTEM


async def _ask_second(tx: Transaction, actor: Actor, rules: IdentityRules, before: Standing, wanted: Standing) -> None:
    """Have a change wait for a second person. Raises NoSecondPerson."""
    if not await store.has_other(tx, rules.managing_roles, (actor.account_id, before.agent.account_id)):
        raise NoSecondPerson
    await store.ask(tx, actor, before, wanted)


async def _regiven(tx: Transaction, before: AgentRecord, after: AgentRecord) -> AgentRecord:
    """The use of roles counts from when the last one was given."""
    return replace(after, roles_given_at=await tx.now()) if set(after.roles) - set(before.roles) else after


def _agent(before: AgentRecord, request: AgentChange | AgentCreate) -> AgentRecord:
    """The agent that a request describes, each role and site once."""
    return replace(
        before,
        first_name=request.first_name,
        last_name=request.last_name,
        service=request.service,
        roles=tuple(dict.fromkeys(request.roles)),
        sites=tuple(sorted(set(request.sites))),
        has_every_site=request.has_every_site,
    )
