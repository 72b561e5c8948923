"""The agents' menu and its pages: each entry leads to a page of that name, its group open around it, and folds without scripts."""

import re
from html import unescape

import pytest

from portal.frame.menus import flat
from portal.kit import Texts
from portal.spaces import AGENT_MENU
from tests.component.gateway.town import Town
from tests.support.roles import Role, agent_of

pytestmark = pytest.mark.anyio

WITHOUT_GROUP = ("/agents", "/agents/a-traiter")


async def test_each_entry_leads_to_a_page_of_that_name_with_its_group_open(town: Town) -> None:
    agent = await town.agent(*Role)
    permissions = agent_of(*Role).permissions
    for entry in flat(AGENT_MENU.of(permissions, Texts.load(), has_registration=True)):
        page = await agent.get(entry.url)
        assert page.status_code == 200, entry.url
        title = re.search(r"<h1[^>]*>([^<]+)</h1>", page.text)
        assert title, entry.url
        assert unescape(title[1]).startswith(entry.label), (entry.url, title[1])
        menu = page.text.partition('<nav class="menu"')[2].partition("</nav>")[0]
        [opened] = re.findall(r"<details open>(.*?)</details>", menu, re.DOTALL)
        assert f'<a href="{entry.url}" aria-current="page"' in (menu if entry.url in WITHOUT_GROUP else opened)
