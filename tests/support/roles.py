"""The roles that the product ships, the actors who have them, and the agents of a town."""

from enum import StrEnum, auto
from typing import Any, Final
from uuid import uuid4

from chassis.actor import Actor
from contracts.types import ActorKind
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


def agent_of(*roles: Role, sites: frozenset[str] | None = None) -> Actor:
    """An agent with these roles, at some sites or at every one."""
    return Actor(uuid4(), ActorKind.AGENT, permissions=permissions_of(roles, ROLES), sites=sites)
