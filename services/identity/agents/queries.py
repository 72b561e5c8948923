"""Agents and roles as those who keep accounts see them, and the names of agents who acted."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Queries, Row
from chassis.data.paging import page_of, read_id
from chassis.refusal import NotFound
from contracts.http import Page
from contracts.identity import models
from contracts.types import ActorKind

from .domain import Role, version_of_agent
from .store import agent_of

AGENTS_SQL = """
select a.account_id, g.first_name, g.last_name, g.service, g.roles, g.sites, g.has_every_site, a.username, a.email,
       case when a.is_disabled then 'disabled' else a.status end as status, a.is_disabled, a.created_at, a.last_sign_in_at,
       (select i.expires_at from invitations i
        where i.account_id = a.account_id and i.used_at is null and i.replaced_at is null) as invitation_expires_at
from agents g join accounts a using (account_id)
where ($1::uuid is null or a.account_id = $1) and ($2::uuid is null or a.account_id > $2)
order by a.account_id limit $3
"""


async def agent(queries: Queries, account_id: UUID) -> models.Agent:
    """One agent. Raises NotFound."""
    row = await queries.fetchrow(AGENTS_SQL, account_id, None, 1)
    if row is None:
        raise NotFound
    return _agent(row)


async def agents(queries: Queries, cursor: str | None, limit: int) -> Page[models.Agent]:
    """A page of agents, oldest account first."""
    rows = await queries.fetch(AGENTS_SQL, None, read_id(cursor), limit + 1)
    return page_of([_agent(row) for row in rows], lambda agent: (agent.account_id,), limit)


def _agent(row: Row) -> models.Agent:
    columns = dict(row)
    version = version_of_agent(agent_of(row), is_disabled=columns.pop("is_disabled"))
    return models.Agent(**columns, version=version)


NAMES_SQL = """
select account_id, case when $2 then service else first_name || ' ' || last_name end as name
from agents where account_id = any($1::uuid[]) order by account_id
"""


async def names(
    queries: Queries, actor: Actor, account_ids: Sequence[UUID], *, is_service_said: bool
) -> Page[models.AgentName]:
    """Who agents are: their name, or for a family their service where the town would rather say that."""
    is_family = actor.kind is ActorKind.PARENT
    rows = await queries.fetch(NAMES_SQL, list(account_ids), is_family and is_service_said)
    return Page(items=tuple(models.AgentName(**row) for row in rows))


def town_roles(roles: Mapping[str, Role]) -> Page[models.TownRole]:
    """The roles of the town, by label."""
    ordered = sorted(roles.values(), key=lambda role: (role.label, role.name))
    return Page(
        items=tuple(
            models.TownRole(name=role.name, label=role.label, permissions=tuple(sorted(role.permissions)))
            for role in ordered
        )
    )
