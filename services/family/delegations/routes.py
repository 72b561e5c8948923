"""HTTP routes of delegations."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import delegations_api as api
from contracts.family.delegations import Delegation, DelegationCreate, DelegationStop, HeldDelegation
from contracts.http import Cursor, Page

from ..settings import FamilyRules
from . import commands, queries


@serves(api.give_delegation)
async def give_delegation(
    body: DelegationCreate, db: Database, actor: Actor, claim: Claim, rules: FamilyRules
) -> Delegation:
    return await commands.give(db, actor, claim, rules, body)


@serves(api.list_delegations)
async def list_delegations(
    db: Database, actor: Actor, household_id: UUID | None = None, cursor: Cursor | None = None
) -> Page[Delegation]:
    return await queries.household_delegations(db, actor, household_id, cursor)


@serves(api.revoke_delegation)
async def revoke_delegation(delegation_id: UUID, db: Database, actor: Actor) -> Delegation:
    return await commands.revoke(db, actor, delegation_id)


@serves(api.end_delegation)
async def end_delegation(delegation_id: UUID, body: DelegationStop, db: Database, actor: Actor) -> Delegation:
    return await commands.end_for_town(db, actor, delegation_id, body.reason)


@serves(api.held_delegations)
async def held_delegations(db: Database, actor: Actor, cursor: Cursor | None = None) -> Page[HeldDelegation]:
    return await queries.held_delegations(db, actor, cursor)


@serves(api.give_up_delegation)
async def give_up_delegation(delegation_id: UUID, db: Database, actor: Actor) -> HeldDelegation:
    return await commands.give_up(db, actor, delegation_id)


ROUTES = (
    give_delegation,
    list_delegations,
    revoke_delegation,
    end_delegation,
    held_delegations,
    give_up_delegation,
)
