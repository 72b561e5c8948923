""" "Mes coordonnées" and "Ma famille" in towns that say something else of how an adult is reached."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.test_agent_pages import field_errors
from tests.component.gateway.town import Town, running_town
from tests.component.identity.walk import town_file
from tests.support.databases import Postgres
from tests.support.roles import Role
from tests.support.services import write_town

pytestmark = pytest.mark.anyio

PAGE = "/mes-coordonnees"
MOVED = {"address.street": "8 quai des Forges", "address.postal_code": "14000", "address.city": "Valmont-sur-Orne"}


@asynccontextmanager
async def town_with(postgres: Postgres, secrets_dir: Path, folder: Path, rules: dict[str, str]) -> AsyncIterator[Town]:
    """A town with these rules for how adults are reached."""
    base = town_file(folder, step_up={"asks": []})
    file = write_town(folder, base=base, family={"fields": {"contact": rules}})
    async with running_town(postgres, secrets_dir, town_file=file) as running:
        yield running


def form_of(page: httpx2.Response, **changes: str) -> dict[str, Any]:
    """What the form of a page sends with changes: what it showed beside what is typed."""
    shown = {f"shown.{name}": hidden(page, f"shown.{name}") for name in ("phone", "email", *MOVED)}
    typed = {name.removeprefix("shown."): value for name, value in shown.items()}
    return {
        "version": hidden(page, "version"),
        "address.household_id": hidden(page, "address.household_id"),
        **shown,
        **typed,
        **changes,
    }


def main_of(page: httpx2.Response) -> str:
    return page.text.partition("<main")[2]


async def decided(town: Town, **decision: str) -> httpx2.Response:
    """The page of the correction that waits, on which an agent decides."""
    agent: Browser = await town.agent(Role.DIRECTOR)
    listed = await agent.get("/agents/corrections")
    path = "/agents/corrections/" + listed.text.partition('href="/agents/corrections/')[2].partition('"')[0]
    page = await agent.get(path)
    await agent.done(path, decision)
    await town.settle()
    return page


async def test_what_needs_an_agent_is_asked_for_followed_and_asked_again(
    postgres: Postgres, secrets_dir: Path, tmp_path: Path
) -> None:
    rules = {"phone": "at_once", "email": "request", "address": "request"}
    async with town_with(postgres, secrets_dir, tmp_path, rules) as town:
        parent, household = await town.parent()
        page = await parent.get(PAGE)
        assert "Corrigé après la décision d’un agent." in words(page)
        form = form_of(page, phone="06 99 88 77 66", **MOVED)
        page = await parent.landing(await parent.done(PAGE, form))
        text = words(page)
        assert "Une partie est corrigée. Pour le reste, un agent décide" in text
        assert "06 99 88 77 66" in text
        card = text.partition("Mes demandes")[2]
        for sentence in (
            "Coordonnées",
            "8 quai des Forges",
            "Dans le dossier :",
            "12 rue des Tilleuls",
            "Un agent décide.",
        ):
            assert sentence in card, sentence
        page = await parent.get(PAGE)
        assert "Une demande attend déjà la décision d’un agent" in words(page)
        refused = await parent.submit(PAGE, form_of(page, email="autre@famille.example"))
        assert is_refused(refused)
        assert "autre@famille.example" in refused.text, "what was typed is kept"

        page = await decided(town, decision="refuse", reason="Il manque un justificatif de domicile.")
        for sentence in ("8 quai des Forges", "12 rue des Tilleuls", f"par {household.adults[0].first_name}"):
            assert sentence in words(page), sentence
        page = await parent.get("/ma-famille")
        again = page.text.partition('href="/mes-coordonnees?')[2].partition('"')[0].replace("&amp;", "&")
        assert "Il manque un justificatif de domicile." in words(page)
        page = await parent.get(f"{PAGE}?{again}")
        assert 'value="8 quai des Forges"' in page.text, "it is there to be sent again"
        await parent.done(PAGE, form_of(page, **MOVED))
        await decided(town, decision="accept")
        page = await parent.get("/ma-famille")
        assert "8 quai des Forges" in words(page).partition("Mes demandes")[0]
        page = await parent.get(PAGE)
        await parent.done(PAGE, form_of(page, email="autre@famille.example"))
        await decided(town, decision="accept")
        assert "autre@famille.example" in words(await parent.get("/ma-famille")).partition("Mes demandes")[0]


async def test_what_is_hidden_or_kept_by_the_town_is_no_field(
    postgres: Postgres, secrets_dir: Path, tmp_path: Path
) -> None:
    rules = {"phone": "read_only", "email": "hidden", "address": "hidden"}
    async with town_with(postgres, secrets_dir, tmp_path, rules) as town:
        parent, household = await town.parent(phone="06 11 22 33 44")
        page = await parent.get(PAGE)
        assert "06 11 22 33 44" in words(page)
        assert "Seul un agent le corrige." in words(page)
        assert "<form" not in main_of(page), "there is nothing to send"
        pages = [page, await parent.get("/ma-famille"), await parent.get("/espace")]
        email = household.adults[0].email or ""
        for shown in pages:
            text = main_of(shown)
            assert ("12 rue des Tilleuls" in text, email in text, "Adresse protégée" in text) == (False, False, False)
        forged = {
            "version": "x",
            "phone": "06 99 88 77 66",
            "address.household_id": str(household.household_id),
            **MOVED,
        }
        refused = await parent.submit(PAGE, forged)
        assert is_refused(refused)
        assert field_errors(refused) <= {"phone", "address"}
        agent = await town.agent(Role.FRONT_DESK)
        path = f"/agents/familles/{household.household_id}/coordonnees/{household.adults[0].adult_id}"
        page = await agent.get(path)
        assert 'value="12 rue des Tilleuls"' in page.text
        done = await agent.landing(await agent.done(path, form_of(page, **MOVED)))
        assert "Les coordonnées sont enregistrées." in words(done)
