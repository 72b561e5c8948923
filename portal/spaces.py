"""The spaces of the portal, in the order in which their pages are looked for."""

from typing import Final

from portal.account import ACCOUNT
from portal.agents import AGENTS
from portal.family import FAMILY, HELPING
from portal.frame.settings import AgentEntry
from portal.public import PUBLIC

SPACES: Final = (PUBLIC, ACCOUNT, FAMILY, HELPING, AGENTS)

AGENT_MENU: Final = tuple(
    AgentEntry(
        page.entry.key,
        page.path,
        page.entry.icon,
        page.entry.operation.access.permission if page.entry.operation else None,
        page.entry.is_of_registration,
    )
    for page in AGENTS.pages
    if page.entry
)
