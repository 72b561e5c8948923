"""Telling an agent that there is something to read of children's health, which is noted."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from contracts.family.circle import HealthFlag, HealthFlags
from contracts.types import ActorKind

from ..health.store import load_health
from . import queries, store


@command
async def health_flags(tx: Transaction, actor: Actor, household_id: UUID) -> HealthFlags:
    """Of which children there is something to read; that an agent was told, once a day for each child. Raises NotFound."""
    today = await tx.today()
    flags = []
    for child_id in await queries.children_of(tx, actor, household_id, today):
        statement = (await load_health(tx, child_id)).statement
        has_allergies = bool(statement.allergens or statement.other_allergies)
        has_pai = statement.has_pai and (statement.pai_ends_on is None or statement.pai_ends_on >= today)
        if has_pai or has_allergies:
            flags.append(HealthFlag(child_id=child_id, has_pai=has_pai, has_allergies=has_allergies))
    if actor.kind is ActorKind.AGENT:
        noted = await store.told_lately(tx, actor.account_id, [flag.child_id for flag in flags])
        for flag in flags:
            if flag.child_id not in noted:
                tx.note(Act(actor, "health_flag_seen", flag.child_id))
    return HealthFlags(children=tuple(flags))
