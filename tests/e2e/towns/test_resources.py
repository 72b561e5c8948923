"""A family's quotient and resources in the town of the guide that names them, without scripts."""

import re

import pytest

from tests.component.family.papers import jpeg
from tests.component.gateway.browser import words
from tests.component.gateway.test_resource_pages import PATH, declaration_of, declare
from tests.e2e.towns.town import GuideTown
from tests.support.towns import in_towns

pytestmark = pytest.mark.anyio


def pairs(page: str) -> dict[str, str]:
    """The terms of a page's descriptions, without markup."""
    descriptions = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    return {term: re.sub("[\u00a0\u202f]", " ", re.sub(r"<[^>]+>", "", text)).strip() for term, text in descriptions}


@in_towns("structure")
async def test_the_account_shows_children_incomes_and_quotient(town: GuideTown) -> None:
    """S2-37, S2-38, S2-39: "Mon compte" leads to the number of dependent children, the last incomes and the quotient, with its date and source."""
    parent, agent = await town.parent(), await town.agent("front_desk")
    assert f'href="{PATH}"' in (await parent.get("/factures")).text
    typed = {"income_cents": "28 400", "child_count": "2", "marked_on": town.today.isoformat()}
    landed = await parent.landing(await declare(parent, "tax_notice", [jpeg()], **typed))
    assert "Votre déclaration est envoyée" in words(landed)
    path = declaration_of(await agent.get("/agents/ressources"))
    await agent.get(path)
    fields = {
        "decision": "accept",
        "entry.source": "tax_notice",
        "entry.income_cents": "28 400",
        "entry.child_count": "2",
        "entry.effective_on": town.today.isoformat(),
    }
    await agent.done(f"{path}/decision", fields)
    shown = pairs((await parent.get(PATH)).text)
    assert shown["Enfants à charge"] == "2"
    assert "28 400,00 €" in shown["Derniers revenus"]
    assert shown["Quotient familial"] == "788,89 €"
    assert shown["Source"] == "Avis d’imposition"
    assert str(town.today.year) in shown["Depuis le"]
