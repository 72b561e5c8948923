"""What pages say of agents: roles and sites by their labels, what a role permits, and what was done with an account."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from contracts.booking.api import list_sites
from contracts.history import HistoryEntry
from contracts.http import Page
from contracts.identity.agents import TownRole
from contracts.identity.agents_api import agent_history, list_roles
from gateway.composing import Part, permitted
from portal.frame.history import History, HistoryLine, Names, agents_among, line_of
from portal.frame.visit import Visit
from portal.kit import Texts

SITE_PAGES_MAX: Final = 20
NAMED: Final = ("first_name", "last_name", "service")
"""What an act may change of who an agent is."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The roles of the town by name, and its sites by code with what they are called; without the labels of sites while booking does not answer."""

    roles: Mapping[str, TownRole]
    sites: Mapping[str, str]

    def of_role(self, name: str) -> str:
        """What a role is called; its name, once the town took it out of its file."""
        return self.roles[name].label if name in self.roles else name

    def of_site(self, code: str) -> str:
        """What a site is called; its code where that is not known."""
        return self.sites.get(code, code)

    def of_roles(self, names: Sequence[str], texts: Texts) -> str:
        """Some roles in words."""
        return ", ".join(map(self.of_role, names)) or texts("agents.accounts.no_role")

    def of_sites(self, codes: Sequence[str], texts: Texts, *, has_every_site: bool) -> str:
        """Where somebody works, in words."""
        if has_every_site:
            return texts("agents.accounts.every_site")
        return ", ".join(map(self.of_site, codes)) or texts("agents.accounts.no_site")


async def read_labels(visit: Visit) -> Labels:
    """What roles and sites are called."""
    roles, sites = await asyncio.gather(visit.call(list_roles), _sites(visit))
    return Labels({role.name: role for role in roles.items}, sites)


async def _sites(visit: Visit) -> dict[str, str]:
    """The sites of the town; none where they are not open to whoever visits, or booking does not answer."""
    sites: dict[str, str] = {}
    cursor: str | None = None
    for _ in range(SITE_PAGES_MAX):
        part = await permitted(visit.call(list_sites, cursor))
        if part is None or part.value is None:
            break
        sites |= {site.code: site.label for site in part.value.items}
        cursor = part.value.next_cursor
        if cursor is None:
            break
    return sites


def permissions_in_words(role: TownRole, texts: Texts) -> list[str]:
    """What a role permits."""
    return [texts(f"agents.permission.{name}") for name in role.permissions if f"agents.permission.{name}" in texts]


async def account_history(visit: Visit, part: Part[Page[HistoryEntry]] | None, labels: Labels) -> History:
    """What was done with an agent's account, in words."""
    texts = visit.portal.texts
    if part is None or part.value is None:
        return History((), (texts("history.service.identity"),), None)
    entries = list(part.value.items)
    names = Names(actors=await agents_among(visit, entries), people={})
    lines = tuple(_line(entry, names, labels, texts) for entry in entries)
    return History(lines, (), part.value.next_cursor)


def _line(entry: HistoryEntry, names: Names, labels: Labels, texts: Texts) -> HistoryLine:
    details = tuple(_changes(entry.before or {}, entry.after or {}, labels, texts))
    return replace(line_of(entry, names, texts), details=details)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], labels: Labels, texts: Texts) -> Iterator[str]:
    """What an act changed, each thing with what it was before."""
    if not before and not after:
        return
    if not after:
        yield texts("agents.accounts.was.roles", value=labels.of_roles(before.get("roles", ()), texts))
        return
    for name in NAMED:
        if before and name in after and before.get(name) != after[name]:
            yield texts(f"agents.accounts.became.{name}", value=after[name], former=before.get(name))
    if "roles" in after and (not before or set(before["roles"]) != set(after["roles"])):
        yield texts("agents.accounts.is.roles", value=labels.of_roles(after["roles"], texts))
        if before:
            yield texts("agents.accounts.was.roles", value=labels.of_roles(before["roles"], texts))
    if "sites" in after and (not before or _places(before) != _places(after)):
        yield texts("agents.accounts.is.sites", value=_where(after, labels, texts))
        if before:
            yield texts("agents.accounts.was.sites", value=_where(before, labels, texts))
    if before and "is_disabled" in after and before["is_disabled"] is not after["is_disabled"]:
        yield texts("agents.accounts.is.closed" if after["is_disabled"] else "agents.accounts.is.opened")


def _places(agent: Mapping[str, Any]) -> tuple[bool, frozenset[str]]:
    return agent["has_every_site"], frozenset(agent["sites"])


def _where(agent: Mapping[str, Any], labels: Labels, texts: Texts) -> str:
    return labels.of_sites(agent["sites"], texts, has_every_site=agent["has_every_site"])


async def read_history(visit: Visit, account_id: Any) -> Part[Page[HistoryEntry]] | None:
    """What was done with an agent's account, if identity says it."""
    return await permitted(visit.call(agent_history, account_id, visit.cursor))
