"""Deciding, as the second person, what somebody else asked for an agent."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.refusal import NotFound
from contracts.identity.agents import Agent

from ..agents.commands import carry_out, lock_both, noted, require_rights
from ..agents.domain import Outcome
from ..agents.queries import agent
from ..settings import IdentityRules
from .domain import objection
from .store import decide_change, find_account, load_change


@command
async def decide(tx: Transaction, actor: Actor, rules: IdentityRules, change_id: UUID, *, is_confirmed: bool) -> Agent:
    """Confirm or refuse a change. Whoever decides the same twice is answered as the first time.

    Raises:
        NotFound: there is no such change, or it was forgotten.
        AgentChangeDecided: somebody decided it, or it was replaced.
        AgentChangeExpired: nobody decided it in time.
        SamePerson: whoever asked for it decides nothing of it.
        OwnRights: it is about whoever decides.
        AgentChangeOutdated: the agent, or a role, is not what it was made from any more.
        BeyondOwnRights: whoever decides may not give as much.
    """
    account_id = await find_account(tx, change_id)
    if account_id is None:
        raise NotFound
    account, before = await lock_both(tx, account_id)
    change = await load_change(tx, change_id)
    if change is None:
        raise NotFound
    outcome = Outcome.CONFIRMED if is_confirmed else Outcome.REFUSED
    if (change.decided_by, change.outcome) == (actor.account_id, outcome):
        return await agent(tx, rules, account_id)
    now = await tx.now()
    if refusal := objection(change, before, actor.account_id, now, rules.guard.roles if is_confirmed else None):
        raise refusal
    after = change.applied_to(before, now)
    require_rights(actor, rules, before.agent, after.agent)
    act = "agent_change_confirmed" if is_confirmed else "agent_change_refused"
    tx.note(
        Act(
            actor,
            act,
            account_id,
            before=noted(before.agent, is_disabled=before.is_disabled),
            after={**noted(after.agent, is_disabled=after.is_disabled), "asked_by": change.asked_by},
        )
    )
    if is_confirmed:
        await carry_out(tx, rules, account, after)
    await decide_change(tx, change_id, outcome, actor)
    return await agent(tx, rules, account_id)
