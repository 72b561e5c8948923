"""Agents and roles as those who keep accounts see them, and the names of agents who acted."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.actor import Actor
from chassis.comparing import comparable
from chassis.data.database import Database, Queries, Row, Transaction
from chassis.data.history import history_of
from chassis.data.paging import page_of, read_cursor, text_key
from chassis.refusal import NotFound
from contracts.history import HistoryEntry
from contracts.http import PAGE_SIZE_MAX, Page
from contracts.identity import models
from contracts.identity.accounts import LastSignIn
from contracts.identity.agent_provider import ProviderLink
from contracts.identity.agents import Agent, AgentState, AgentSummary, AwaitedChange, OwnRights, TownRole
from contracts.types import ActorKind

from ..accounts.queries import signed_in_between
from ..settings import IdentityRules
from .domain import AgentRecord, Guard, Standing
from .store import agent_of

WORDS_MAX = 8
NAMED_MAX = 5


@dataclass(frozen=True, slots=True)
class Filter:
    """Which agents a list is of: each word of `search` begins one of their name or user name, they have a role, work at a site, stand somewhere,
    and signed in last some time ago."""

    search: str
    role: str | None
    site: str | None
    state: AgentState | None
    last_sign_in: LastSignIn | None


STATE = """
case when a.is_disabled then 'closed' when g.roles_lapsed_at is not null then 'lapsed' when a.status = 'active' then 'active' else 'invited' end
"""
"""Where the account of an agent stands, an AgentState."""

AGENTS_SQL = f"""
select a.account_id, g.first_name, g.last_name, g.service, g.roles, g.sites, g.has_every_site, g.roles_lapsed_at, g.list_key,
       a.last_sign_in_at, {STATE} as state,
       exists (select from agent_changes c
               where c.account_id = a.account_id and c.outcome is null and c.expires_at > $8) as is_awaited
from agents g join accounts a using (account_id)
where not exists (
      select from unnest($1::text[]) as word
      where position(' ' || word in ' ' || g.name_key || ' ' || translate(a.username_key, '._-', '   ')) = 0
  )
  and ($2::text is null or $2 = any(g.roles))
  and ($3::text is null or g.has_every_site or $3 = any(g.sites))
  and ($4::text is null or $4 = {STATE})
  and (g.list_key, a.account_id) > ($5, $6::uuid)
  and ($9::timestamptz is null or a.last_sign_in_at >= $9) and ($10::timestamptz is null or a.last_sign_in_at < $10)
  and (a.last_sign_in_at is null or not $11::bool)
order by g.list_key, a.account_id limit $7
"""  # noqa: S608 - it is put together from constants alone


async def agents(db: Database, wanted: Filter, cursor: str | None, limit: int) -> Page[AgentSummary]:
    """A page of agents by name."""
    words = comparable(wanted.search).split()[:WORDS_MAX]
    if wanted.search.strip() and not words:
        return Page(items=())
    after_name, after_id = read_cursor(cursor, text_key, UUID) if cursor else ("", UUID(int=0))
    filters = (words, wanted.role, wanted.site, wanted.state)
    now = await db.now()
    signed_in = signed_in_between(wanted.last_sign_in, now)
    rows = await db.fetch(AGENTS_SQL, *filters, after_name, after_id, limit + 1, now, *signed_in)
    keys = {row["account_id"]: row["list_key"] for row in rows}
    shown = [AgentSummary(**{name: row[name] for name in AgentSummary.model_fields}) for row in rows]
    return page_of(shown, lambda agent: (keys[agent.account_id], agent.account_id), limit)


AWAITED_SQL = """
select c.change_id, c.account_id, g.first_name || ' ' || g.last_name as agent_name, c.asked_by,
       coalesce(o.first_name || ' ' || o.last_name, '') as asked_by_name, c.asked_at, c.expires_at, c.made_from,
       c.first_name as wanted_first_name, c.last_name as wanted_last_name, c.service as wanted_service,
       c.roles as wanted_roles, c.sites as wanted_sites, c.has_every_site as wants_every_site,
       c.is_disabled as is_to_be_disabled, c.is_roles_return,
       g.first_name, g.last_name, g.service, g.roles, g.sites, g.has_every_site, g.roles_given_at, g.roles_lapsed_at,
       a.is_disabled
from agent_changes c
join agents g on g.account_id = c.account_id
join accounts a on a.account_id = c.account_id
left join agents o on o.account_id = c.asked_by
where c.outcome is null and c.expires_at > $1 and ($2::uuid is null or c.account_id = $2)
  and ($3::timestamptz is null or (c.asked_at, c.change_id) > ($3, $4::uuid))
order by c.asked_at, c.change_id limit $5
"""


async def awaited_of(queries: Database | Transaction, account_id: UUID) -> AwaitedChange | None:
    """What waits for an agent."""
    row = await queries.fetchrow(AWAITED_SQL, await queries.now(), account_id, None, None, 1)
    return awaited_change(row) if row else None


def awaited_change(row: Row) -> AwaitedChange:
    """What waits, as those who keep accounts see it, in a row of AWAITED_SQL."""
    return AwaitedChange(
        change_id=row["change_id"],
        account_id=row["account_id"],
        agent_name=row["agent_name"],
        asked_by=row["asked_by"],
        asked_by_name=row["asked_by_name"],
        asked_at=row["asked_at"],
        expires_at=row["expires_at"],
        first_name=row["wanted_first_name"],
        last_name=row["wanted_last_name"],
        service=row["wanted_service"],
        roles=row["wanted_roles"],
        sites=row["wanted_sites"],
        has_every_site=row["wants_every_site"],
        is_disabled=row["is_to_be_disabled"],
        is_roles_return=row["is_roles_return"],
        is_outdated=row["made_from"] != Standing(agent_of(row), row["is_disabled"]).version,
    )


AGENT_SQL = f"""
select a.account_id, g.first_name, g.last_name, g.service, g.roles, g.sites, g.has_every_site, g.roles_given_at,
       g.roles_lapsed_at, g.employee_number, l.linked_at, l.proved_at, l.refused_at, a.username, a.email, a.is_disabled, a.created_at, a.last_sign_in_at,
       {STATE} as state,
       exists (select from second_factors f where f.account_id = a.account_id) as has_second_factor,
       exists (select from passkeys k where k.account_id = a.account_id) as has_passkeys,
       i.invitation_id, i.expires_at as invitation_expires_at
from agents g join accounts a using (account_id) left join agent_links l using (account_id)
left join invitations i on i.account_id = a.account_id and i.used_at is null and i.replaced_at is null
where a.account_id = $1
"""  # noqa: S608 - it is put together from constants alone


async def agent(queries: Database | Transaction, rules: IdentityRules, account_id: UUID) -> Agent:
    """One agent. Raises NotFound."""
    row = await queries.fetchrow(AGENT_SQL, account_id)
    if row is None:
        raise NotFound
    awaited = await awaited_of(queries, account_id)
    standing = Standing(agent_of(row), row["is_disabled"])
    lapses_at = standing.agent.lapses_at(row["last_sign_in_at"], rules.lapse_after)
    return Agent(
        **{name: row[name] for name in Agent.model_fields if name in row},
        is_awaited=awaited is not None,
        lapses_at=None if standing.is_disabled else lapses_at,
        awaited=awaited,
        version=standing.version,
        is_password_open=rules.is_password_open(standing.agent),
        link=ProviderLink(**{name: row[name] for name in ProviderLink.model_fields}) if row["linked_at"] else None,
    )


async def history(queries: Queries, account_id: UUID, cursor: str | None) -> Page[HistoryEntry]:
    """What was done with the account of an agent. Raises NotFound."""
    names_of = await queries.fetch(NAMES_SQL, [account_id], False)
    if not names_of:
        raise NotFound
    return await history_of(queries, None, cursor, [account_id])


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


COLLEAGUES_SQL = """
select g.account_id, g.first_name || ' ' || g.last_name as name
from agents g join accounts a using (account_id)
where a.status = 'active' and not a.is_disabled and g.roles_lapsed_at is null and g.roles && $1::text[]
order by g.list_key, g.account_id limit $2
"""


async def colleagues(queries: Queries, guard: Guard, permission: str) -> Page[models.AgentName]:
    """Who may do something, by name."""
    roles = sorted(name for name, role in guard.roles.items() if permission in role.permissions)
    rows = await queries.fetch(COLLEAGUES_SQL, roles, PAGE_SIZE_MAX)
    return Page(items=tuple(models.AgentName(**row) for row in rows))


def town_roles(guard: Guard) -> Page[TownRole]:
    """The roles of the town, by label."""
    ordered = sorted(guard.roles.values(), key=lambda role: (role.label, role.name))
    return Page(
        items=tuple(
            TownRole(
                name=role.name,
                label=role.label,
                permissions=tuple(sorted(role.permissions)),
                is_guarded=not guard.of_one_person((role.name,)),
            )
            for role in ordered
        )
    )


MANAGERS_SQL = """
select g.first_name || ' ' || g.last_name as name
from agents g join accounts a using (account_id)
where a.status = 'active' and not a.is_disabled and g.roles_lapsed_at is null and g.roles && $1::text[]
  and a.account_id <> $2
order by g.list_key, a.account_id limit $3
"""


async def own_rights(queries: Queries, rules: IdentityRules, agent: AgentRecord | None) -> OwnRights:
    """What an agent may do, and who gives roles; nothing for a parent."""
    if agent is None:
        return OwnRights(roles=(), roles_lapsed_at=None, managers_to_ask=())
    managers = await queries.fetch(MANAGERS_SQL, sorted(rules.managing_roles), agent.account_id, NAMED_MAX)
    roles = rules.guard.roles
    return OwnRights(
        roles=tuple(roles[name].label for name in agent.roles if name in roles),
        roles_lapsed_at=agent.roles_lapsed_at,
        managers_to_ask=tuple(row["name"] for row in managers),
    )
