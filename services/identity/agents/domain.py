"""What an agent is, which roles a town composed, what an agent may not do to themselves, and a change that waits for a second person."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Final
from uuid import UUID

from chassis.refusal import FieldRefusal
from chassis.versions import version_of

WAITS_FOR: Final = timedelta(days=7)
"""How long a change waits for its second person."""


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
    """Who an agent is: name, municipal service, roles of the town's file, sites (none when they have every one).

    `roles_given_at` is since when their use counts; roles that lapsed are kept by name and permit nothing.
    """

    account_id: UUID
    first_name: str
    last_name: str
    service: str
    roles: tuple[str, ...]
    sites: tuple[str, ...]
    has_every_site: bool
    roles_given_at: datetime
    roles_lapsed_at: datetime | None = None

    @classmethod
    def nobody(cls, account_id: UUID, at: datetime) -> "AgentRecord":
        """Whoever has a new account, before anything is known of them."""
        return cls(account_id, "", "", "", (), (), has_every_site=False, roles_given_at=at)

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def reach(self) -> frozenset[str] | None:
        """The sites of the agent's token; None for every one."""
        return None if self.has_every_site else frozenset(self.sites)

    @property
    def roles_in_force(self) -> tuple[str, ...]:
        """The roles that permit something."""
        return () if self.roles_lapsed_at else self.roles

    def lapses_at(self, last_sign_in_at: datetime | None, unused_for: timedelta) -> datetime | None:
        """When the roles lapse unless the agent signs in before; None for those that lapsed, and without any."""
        used_at = max(self.roles_given_at, last_sign_in_at or self.roles_given_at)
        return used_at + unused_for if self.roles_in_force else None


@dataclass(frozen=True, slots=True)
class Standing:
    """An agent, and whether their account is closed."""

    agent: AgentRecord
    is_disabled: bool

    @property
    def version(self) -> str:
        """Stands for who the agent is and what they may do, as a change says it."""
        return version_of(self.agent, self.is_disabled)

    def powers(self, roles: Mapping[str, Role]) -> frozenset[str]:
        """What the agent may do now."""
        return frozenset() if self.is_disabled else permissions_of(self.agent.roles_in_force, roles)


def described(standing: Standing) -> tuple[object, ...]:
    """An agent as a request describes one, whenever the roles were given."""
    agent = standing.agent
    rights = (agent.roles, agent.sites, agent.has_every_site, standing.is_disabled)
    return (agent.first_name, agent.last_name, agent.service, *rights)


class Outcome(StrEnum):
    """How a change ended that waited: `replaced` by another one that was asked for the same agent."""

    CONFIRMED = auto()
    REFUSED = auto()
    REPLACED = auto()
    EXPIRED = auto()


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """What an agent is to be, made from a version of them, and who asked for it."""

    change_id: UUID
    made_from: str
    wanted: AgentRecord
    is_disabled: bool
    is_roles_return: bool
    asked_by: UUID
    expires_at: datetime
    outcome: Outcome | None
    decided_by: UUID | None

    def applied_to(self, standing: Standing, now: datetime) -> Standing:
        """What the agent is once the change is confirmed; the use of roles that are given counts from then."""
        before, wanted = standing.agent, self.wanted
        is_given = self.is_roles_return or bool(set(wanted.roles) - set(before.roles))
        after = replace(
            before,
            first_name=wanted.first_name,
            last_name=wanted.last_name,
            service=wanted.service,
            roles=wanted.roles,
            sites=wanted.sites,
            has_every_site=wanted.has_every_site,
            roles_given_at=now if is_given else before.roles_given_at,
            roles_lapsed_at=None if self.is_roles_return else before.roles_lapsed_at,
        )
        return Standing(after, self.is_disabled)


@dataclass(frozen=True, slots=True)
class Guard:
    """What takes two persons to give: `permissions`, by whichever of the town's `roles`."""

    roles: Mapping[str, Role]
    permissions: frozenset[str]

    def is_crossed(self, before: Standing, after: Standing) -> bool:
        """Whether a change gives somebody more of what is guarded: a permission, or sites at which they have one."""
        held, wanted = before.powers(self.roles) & self.permissions, after.powers(self.roles) & self.permissions
        return bool(wanted - held) or (bool(wanted) and reaches_further(before.agent.reach, after.agent.reach))

    def of_one_person(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of some roles that one person may give alone."""
        return tuple(name for name in names if not permissions_of((name,), self.roles) & self.permissions)


def reaches_further(before: Set[str] | None, after: Set[str] | None) -> bool:
    """Whether sites, None being every one, are more than those before."""
    if before is None or after is None:
        return before is not None
    return bool(after - before)


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
