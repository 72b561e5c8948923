"""Who may decide a change of an agent that waits for a second person."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from chassis.refusal import Refusal

from ..agents.domain import ChangeRecord, Role, Standing, check_agent
from ..errors import AgentChangeDecided, AgentChangeExpired, AgentChangeOutdated, OwnRights, SamePerson


def objection(
    change: ChangeRecord, standing: Standing, decider: UUID, now: datetime, roles: Mapping[str, Role] | None
) -> Refusal | None:
    """What stands against a decision; `roles` are the town's when it is to confirm, None when it is to refuse."""
    if change.outcome is not None:
        return AgentChangeDecided()
    if change.expires_at <= now:
        return AgentChangeExpired()
    if decider == change.asked_by:
        return SamePerson()
    if decider == standing.agent.account_id:
        return OwnRights()
    if roles is not None and (change.made_from != standing.version or check_agent(change.wanted, roles)):
        return AgentChangeOutdated()
    return None
