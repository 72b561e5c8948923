"""The end of all sessions of a family's account at the counter, from the file: with a reason, at once, and told."""

import re

import httpx2
import pytest

from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.town import PASSWORD, Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

LINK = "Téléphone perdu : fermer toutes les connexions"
REASON = "Téléphone perdu, signalé au guichet."


def plain(page: httpx2.Response) -> str:
    return words(page).replace("\u00a0", " ")


def way_there(page: httpx2.Response) -> str:
    link = re.search(r'href="(/agents/familles/[^"]+/connexions/[^"]+)"', page.text)
    assert link, plain(page)
    return link[1]


async def test_an_agent_ends_the_sessions_of_a_lost_telephone(town: Town) -> None:
    parent, household = await town.parent()
    phone = await town.signed_in(parent.username, PASSWORD)
    agent = await town.agent(Role.FRONT_DESK)
    file = f"/agents/familles/{household.household_id}"
    page = await agent.get(f"{file}/personnes")
    assert LINK in plain(page)
    path = way_there(page)
    page = await agent.get(path)
    assert "Son mot de passe ne change pas" in plain(page)
    refused = await agent.submit(path, {"reason": "  "})
    assert is_refused(refused)
    assert "Indiquez le motif" in plain(refused)
    assert (await phone.get("/mes-connexions")).status_code == 200, "nothing ended yet"
    done = await agent.submit(path, {"reason": REASON})
    assert "Toutes les connexions de ce compte sont fermées" in plain(done)
    assert f"Motif : {REASON}" in plain(await agent.get(f"{file}/historique"))
    assert [(await browser.get("/mes-connexions")).status_code for browser in (parent, phone)] == [401, 401]
    # The family reads why, and is told by mail.
    again = await town.signed_in(parent.username, PASSWORD)
    history = plain(await again.get("/historique"))
    assert "Toutes les connexions fermées par un agent" in history
    assert REASON in history
    await town.settle()
    notices = await town.services["notifications"].db.fetch("select template, payload from notices")
    assert [row for row in notices if row["template"] == "security_changed"]
    assert not [row for row in notices if REASON in str(row["payload"])], "the reason stays in the history"


async def test_the_page_is_of_this_file_and_of_whoever_may(town: Town) -> None:
    _, household = await town.parent()
    _, other = await town.parent()
    agent: Browser = await town.agent(Role.FRONT_DESK)
    path = way_there(await agent.get(f"/agents/familles/{household.household_id}/personnes"))
    elsewhere = path.replace(str(household.household_id), str(other.household_id))
    assert (await agent.get(elsewhere)).status_code == 404
    finance = await town.agent(Role.FINANCE)
    assert LINK not in plain(await finance.get(f"/agents/familles/{household.household_id}/personnes"))
    await finance.get("/mes-identifiants")
    assert (await finance.submit(path, {"reason": REASON})).status_code == 403
