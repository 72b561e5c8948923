"""What travels of the agents of a town: who they are, what they may do, and what waits for a second person."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.event import Model
from contracts.http import Email, ShortText, SiteCode
from contracts.identity.agent_provider import EmployeeNumber, ProviderLink
from contracts.identity.models import Password, Username

ROLES_MAX = 20
SITES_MAX = 200
RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]
"""The name of a role in the town's file."""
PermissionName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_.]{0,79}$")]


class AgentState(StrEnum):
    """Where an agent's account stands, for a list of agents: its roles may have lapsed although it is active."""

    INVITED = auto()
    ACTIVE = auto()
    LAPSED = auto()
    CLOSED = auto()


class AgentDetails(Model):
    """Who an agent is and what they may do: `service` is the municipal service that they work for, in the town's words,
    `sites` where they work, or `has_every_site`. An outside operator's agent has the operator's sites alone.
    """

    first_name: ShortText
    last_name: ShortText
    service: ShortText
    roles: tuple[RoleName, ...] = Field(default=(), max_length=ROLES_MAX)
    sites: tuple[SiteCode, ...] = Field(default=(), max_length=SITES_MAX)
    has_every_site: bool = False
    is_disabled: bool = False


class AgentChange(AgentDetails):
    """All that an agent is to be; `version` is the one of the agent that it was made from."""

    version: ShortText


class AgentCreate(AgentDetails):
    """A municipal agent, with a role at least. With a `password` (system actor only) the account is active at once; else it is invited, unless
    the agent signs in with the town's provider alone. `employee_number` is what that names them by, where the town links by it."""

    email: Email
    username: Username
    roles: tuple[RoleName, ...] = Field(min_length=1, max_length=ROLES_MAX)
    password: Password | None = None
    employee_number: EmployeeNumber | None = None


class RolesReturn(Model):
    """The roles of an agent that lapsed are given back; `version` is the one of the agent that whoever gives them back saw."""

    version: ShortText


class AwaitedChange(Model):
    """What somebody wants an agent to be, and a second person has to confirm before `expires_at`. `agent_name` is the agent's name until then;
    `is_roles_return`: the roles had lapsed. `is_outdated`: the agent was changed since, and it can only be refused or asked for again.
    """

    change_id: UUID
    account_id: UUID
    agent_name: str
    asked_by: UUID
    asked_by_name: str
    asked_at: datetime
    expires_at: datetime
    first_name: str
    last_name: str
    service: str
    roles: tuple[str, ...]
    sites: tuple[str, ...]
    has_every_site: bool
    is_disabled: bool
    is_roles_return: bool
    is_outdated: bool


class AgentChangeDecision(Model):
    """The answer of the second person to a change."""

    is_confirmed: bool


class AgentSummary(Model):
    """An agent in a list. `state` is where the account stands. `roles_lapsed_at` is when the roles lapsed, unused for too long: they are kept by name and permit nothing.
    `is_awaited`: a change of the agent waits for a second person.
    """

    account_id: UUID
    first_name: str
    last_name: str
    service: str
    roles: tuple[str, ...]
    sites: tuple[str, ...]
    has_every_site: bool
    state: AgentState
    last_sign_in_at: datetime | None
    roles_lapsed_at: datetime | None
    is_awaited: bool


class Agent(AgentSummary):
    """An agent as those who keep accounts see them. `version` stands for who they are and what they may do: a change names the one
    that it was made from.

    `lapses_at` is when the roles lapse if nobody signs in before; when that is past, they are kept because nobody else manages the accounts.
    `awaited` is what waits for a second person. `is_password_open`: they may sign in with a password; `link` is that to the town's provider.
    """

    username: str
    email: str
    created_at: datetime
    invitation_id: UUID | None
    invitation_expires_at: datetime | None
    lapses_at: datetime | None
    has_second_factor: bool
    has_passkeys: bool
    awaited: AwaitedChange | None
    version: str
    employee_number: str | None
    is_password_open: bool
    link: ProviderLink | None


class TownRole(Model):
    """A role that the town composed: its French label, and the permissions that it gives. `is_guarded`: giving it takes a second person."""

    name: str
    label: str
    permissions: tuple[str, ...]
    is_guarded: bool


class OwnRights(Model):
    """What whoever is signed in may do, by the labels of their roles; no role for a parent. `managers_to_ask` are agents who give roles, by name.

    The roles of an agent that lapsed are named all the same.
    """

    roles: tuple[str, ...]
    roles_lapsed_at: datetime | None
    managers_to_ask: tuple[str, ...]
