"""What an agent is, which roles a town composed, and what an agent may not do to themselves."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum, auto
from uuid import UUID

from chassis.refusal import FieldRefusal
from chassis.versions import version_of


class AgentNaming(StrEnum):
    """How families know an agent who acted: by name, or as the municipal service that they work for."""

    NAME = auto()
    SERVICE = auto()


@dataclass(frozen=True, slots=True)
class Role:
    """What a town lets some of its agents do, under a label in its own words."""

    name: str
    label: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class AgentRecord:
    """Who an agent is: name, municipal service, roles of the town's file, sites (none when they have every one)."""

    account_id: UUID
    first_name: str
    last_name: str
    service: str
    roles: tuple[str, ...]
    sites: tuple[str, ...]
    has_every_site: bool

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def reach(self) -> frozenset[str] | None:
        """The sites of the agent's token; None for every one."""
        return None if self.has_every_site else frozenset(self.sites)


def version_of_agent(agent: AgentRecord, *, is_disabled: bool) -> str:
    """Stands for who an agent is and what they may do, as a change says it."""
    return version_of(agent, is_disabled)


def is_within(agent: AgentRecord, roles: Mapping[str, Role], permissions: Set[str], sites: Set[str]) -> bool:
    """Whether an agent has no more than these permissions, at no other than these sites."""
    return agent.reach is not None and agent.reach <= sites and permissions_of(agent.roles, roles) <= permissions


def permissions_of(names: Iterable[str], roles: Mapping[str, Role]) -> frozenset[str]:
    """What these roles permit together. A role that the town took out of its file permits nothing any more."""
    granted = (roles[name].permissions for name in names if name in roles)
    return frozenset().union(*granted)


def check_agent(agent: AgentRecord, roles: Mapping[str, Role]) -> Sequence[FieldRefusal]:
    """What is wrong with an agent's roles and sites."""
    unknown = [
        FieldRefusal(f"/roles/{position}", "role_unknown", (("role", name),))
        for position, name in enumerate(agent.roles)
        if name not in roles
    ]
    is_twofold = agent.has_every_site and bool(agent.sites)
    return [*unknown, *([FieldRefusal("/sites", "sites_and_every_site")] if is_twofold else [])]


def changes_own_rights(before: AgentRecord, after: AgentRecord, *, is_disabled: bool) -> bool:
    """Whether a change gives an agent other roles or sites, or closes their account."""
    return is_disabled or (set(before.roles), before.reach) != (set(after.roles), after.reach)
