"""The roles that the product ships, the actors who have them, and the agents of a town."""

from datetime import UTC, datetime
from enum import StrEnum, auto
from typing import Any, Final
from uuid import UUID, uuid4

from chassis.actor import Actor
from contracts.identity.events import AccountState
from contracts.types import AccountStatus, ActorKind
from services.identity.adapters.roles import shipped_roles
from services.identity.agents.domain import permissions_of

ROLES: Final = shipped_roles()


class Role(StrEnum):
    """The names of the shipped roles."""

    FRONT_DESK = auto()
    SITE = auto()
    FINANCE = auto()
    DIRECTOR = auto()
    OPERATIONS = auto()


def agent_body(username: str, *roles: str, **fields: Any) -> dict[str, Any]:
    """What creates an agent who works at every site, unless the fields say else."""
    return {
        "email": f"{username}@ville.example",
        "username": username,
        "first_name": "Camille",
        "last_name": "Marchand",
        "service": "Service enfance",
        "roles": list(roles),
        "has_every_site": True,
        **fields,
    }


def account_of(agent_id: UUID, *, is_open: bool = True) -> AccountState:
    """The account of an agent, as the identity service tells it."""
    return AccountState(
        account_id=agent_id,
        guardian_ids=(),
        kind=ActorKind.AGENT,
        status=AccountStatus.ACTIVE if is_open else AccountStatus.DISABLED,
        email=f"{agent_id}@ville.example",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def agent_of(*roles: Role, sites: frozenset[str] | None = None) -> Actor:
    """An agent with these roles, at some sites or at every one."""
    return Actor(uuid4(), ActorKind.AGENT, permissions=permissions_of(roles, ROLES), sites=sites)
