"""Agents merge two accounts of one person on pages: candidates, preview, merge, and separation."""

from typing import Any

import pytest

from contracts.family.models import Household
from tests.component.gateway.browser import Browser, hidden, words
from tests.component.gateway.town import PASSWORD, Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PHONE = "06 98 76 54 32"


class Twice:
    """One human with two accounts and a file for each, and the pages of them."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.browsers: list[Browser] = []
        self.files: list[Household] = []

    async def opened(self) -> "Twice":
        browser, household = await self.town.parent(phone=PHONE)
        name = household.adults[0].last_name
        other, second = await self.town.parent(last_name=name, email=f"{name}@travail.example", phone="+33698765432")
        self.browsers, self.files = [browser, other], [household, second]
        return self

    async def account(self, number: int) -> dict[str, Any]:
        identity = self.town.services["identity"]
        query = {"guardian_id": str(self.files[number].adults[0].adult_id)}
        answer = await identity.client.get("/accounts", params=query, headers=identity.as_agent(Role.DIRECTOR))
        (account,) = answer.json()["items"]
        return dict(account)

    async def path(self) -> str:
        return f"/agents/familles/{self.files[0].household_id}/doublons/{(await self.account(0))['account_id']}"


async def test_two_accounts_are_previewed_merged_and_separated(town: Town) -> None:
    twice = await Twice(town).opened()
    agent, path = await town.agent(Role.DIRECTOR), await twice.path()
    second = await twice.account(1)
    file = await agent.get(f"/agents/familles/{twice.files[0].household_id}/personnes")
    assert f'href="{path}"' in file.text
    listed = await agent.get(path)
    assert second["email"] in words(listed)
    assert f'href="{path}/{second["account_id"]}"' in listed.text

    preview = await agent.get(f"{path}/{second['account_id']}")
    both = f"Dossiers {twice.files[0].reference}, {twice.files[1].reference}"
    for sentence in (both, "2 preuves, conservées", "pendant 14 jours", "1 connexion ouverte, qui prend fin"):
        assert sentence in words(preview), sentence
    fingerprint = hidden(preview, "fingerprint")

    done = await agent.landing(await agent.done(f"{path}/{second['account_id']}", {"fingerprint": fingerprint}))
    assert "Les deux comptes sont réunis" in words(done)
    assert f"Réuni avec le compte {second['email']}" in words(done)
    await town.settle()
    assert (await twice.browsers[1].get("/mon-accueil")).status_code in (303, 401)
    again = await town.signed_in(twice.browsers[0].username, PASSWORD)
    chooser = words(await again.get("/qui-agit"))
    assert f"Dossier {twice.files[0].reference}" in chooser
    assert f"Dossier {twice.files[1].reference}" in chooser
    refused = await town.browser().submit("/connexion", {"login": twice.browsers[1].username, "password": PASSWORD})
    assert "réuni avec un autre compte à votre nom" in words(refused)

    (merge_id,) = {part.split('"')[0] for part in done.text.split(f"{path}/separation/")[1:]}
    page = await agent.landing(await agent.done(f"{path}/separation/{merge_id}"))
    assert "Les deux comptes sont séparés de nouveau" in words(page)
    assert await town.signed_in(twice.browsers[1].username, PASSWORD)
    history = words(await agent.get(f"/agents/familles/{twice.files[0].household_id}/historique"))
    assert "Deux comptes de la même personne réunis" in history
    assert "Comptes réunis séparés de nouveau" in history


async def test_from_the_account_that_was_never_opened_one_is_led_to_the_way_that_there_is(town: Town) -> None:
    _, first = await town.parent(phone=PHONE.replace("54", "55"))
    name = first.adults[0].last_name
    second, _ = await town.household(last_name=name, email=f"{name}@deux.example", phone=PHONE.replace("54", "55"))
    agent, twice = await town.agent(Role.DIRECTOR), Twice(town)
    twice.files = [second, first]
    path, opened = await twice.path(), (await twice.account(1))["account_id"]
    assert f'href="{path}/{opened}"' in (await agent.get(path)).text
    preview = await agent.landing(await agent.get(f"{path}/{opened}"))
    assert "que dans ce sens" in words(preview)
    closed = (await twice.account(0))["account_id"]
    url = f"/agents/familles/{second.household_id}/doublons/{opened}/{closed}"
    assert preview.url.path == url
    done = await agent.landing(await agent.done(url, {"fingerprint": hidden(preview, "fingerprint")}))
    assert "Les deux comptes sont réunis" in words(done)


async def test_what_changed_meanwhile_is_said_on_the_list(town: Town) -> None:
    twice = await Twice(town).opened()
    agent, path = await town.agent(Role.DIRECTOR), await twice.path()
    page = f"{path}/{(await twice.account(1))['account_id']}"
    await agent.get(page)
    refused = await agent.submit(page, {"fingerprint": "0" * 64})
    assert "a changé depuis l’aperçu" in words(refused)
    assert (await twice.account(1))["status"] == "active"


async def test_who_may_not_merge_is_offered_nothing(town: Town) -> None:
    twice = await Twice(town).opened()
    path = await twice.path()
    agent = await town.agent(Role.FRONT_DESK)
    assert path not in (await agent.get(f"/agents/familles/{twice.files[0].household_id}/personnes")).text
    assert (await agent.get(path)).status_code == 403
    assert (await twice.browsers[0].get(path)).status_code == 404
