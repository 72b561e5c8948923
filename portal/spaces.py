"""The spaces of the portal, in the order in which their pages are looked for."""

from collections.abc import Mapping, Sequence
from typing import Final

from portal.account import ACCOUNT
from portal.agents import AGENTS
from portal.agents.menu import AROUND, MENU
from portal.family import FAMILY, HELPING
from portal.frame.menus import AgentEntry, AgentMenu, Group
from portal.frame.spaces import MenuLabel, Screen
from portal.public import PUBLIC

SPACES: Final = (PUBLIC, ACCOUNT, FAMILY, HELPING, AGENTS)


def _permissions(entry: MenuLabel) -> frozenset[str]:
    """What opens an entry, each by itself; nothing where it is for everybody."""
    operations = (entry.operation, *entry.others) if entry.operation else ()
    return frozenset(operation.access.permission for operation in operations if operation.access.permission)


def agent_menu(groups: Sequence[Group], pages: Sequence[Screen], around: Mapping[str, tuple[str, ...]]) -> AgentMenu:
    """The menu of these groups, with what the pages say of their entries; an entry in no group, or one that no page has, is an error."""
    entries = {
        page.entry.key: AgentEntry(
            page.entry.key,
            page.path,
            page.entry.icon,
            _permissions(page.entry),
            page.entry.is_of_registration,
            around.get(page.entry.key, ()),
        )
        for page in pages
        if page.entry
    }
    placed = [key for group in groups for key in group.entries]
    if sorted(placed) != sorted(entries):
        raise ValueError(f"entries of the agents' menu that are not in one group: {sorted({*placed} ^ {*entries})}")
    return AgentMenu([(group, [entries[key] for key in group.entries]) for group in groups])


AGENT_MENU: Final = agent_menu(MENU, AGENTS.pages, AROUND)
