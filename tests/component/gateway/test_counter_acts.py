"""What an agent does for a family from its file: days and enrollments by the family's own rules, noted as done at the counter; and what is shown
once a proof was given."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from contracts.family.models import Household
from tests.component.billing.families import publish_tariff
from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.filed import FORBIDDEN, Filed, filed
from tests.component.gateway.test_step_up import proved
from tests.component.gateway.town import UNTIL_MIDNIGHT, Town, family_of, running_town
from tests.component.identity.walk import town_file
from tests.support.databases import Postgres
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


@pytest.fixture
async def at_home(town: Town) -> tuple[Browser, Household, list[UUID]]:
    """A parent, their household, and two days that its child may have, the second of which has a single place."""
    parent, household = await town.parent()
    await publish_tariff(town.services["billing"], effective_on="2000-01-01")
    activity_id = await town.booking.activity(cutoff=UNTIL_MIDNIGHT, tariff_code="leisure")
    slots = [*await town.booking.open(activity_id, 7), *await town.booking.open(activity_id, 8, capacity=1)]
    await town.settle()
    await town.booking.enroll(family_of(household), activity_id)
    await town.settle()
    return parent, household, slots


def spaced(page: httpx2.Response) -> str:
    return words(page).replace("\u00a0", " ")


async def priced(agent: Browser, path: str, fields: dict[str, str]) -> tuple[httpx2.Response, dict[str, str]]:
    """The page with the price of what was chosen, and what confirms it."""
    page = await agent.submit(path, fields | {"step": "quote"})
    return page, {name: hidden(page, name) for name in ("quoted_total_cents", "idempotency_key")} | {"step": "confirm"}


async def test_days_are_booked_and_given_back_for_a_family_that_reads_who_did(
    town: Town, at_home: tuple[Browser, Household, list[UUID]]
) -> None:
    parent, household, (slot_id, _) = at_home
    agent, path = await town.agent(Role.FRONT_DESK), f"/agents/familles/{household.household_id}/reservations"
    day = await town.booking.day(7)
    week = str(day - timedelta(days=day.weekday()))
    control = f"{household.children[0].child_id}:{slot_id}"
    page = await agent.get(f"{path}?semaine={week}")
    assert f'value="{control}"' in page.text
    fields = {"week": week, "slot": control}
    shown, confirmation = await priced(agent, path, fields)
    assert confirmation["quoted_total_cents"] != "0"
    assert "€" in words(shown).partition("Vos choix")[2]
    assert is_refused(await agent.submit(path, {**fields, **confirmation, "quoted_total_cents": "1"}))
    done = await agent.submit(path, fields | confirmation)
    assert "1 jour est réservé pour la famille" in spaced(done)
    assert "Réservé" in words(done)
    history = spaced(await parent.get("/historique"))
    assert "1 jour réservé" in history
    assert re.search(r"Service enfance[^.]*guichet", history, re.IGNORECASE), history
    file = spaced(await agent.get(f"/agents/familles/{household.household_id}/historique"))
    assert "1 jour réservé" in file
    assert "Camille Marchand" in file

    _, confirmation = await priced(agent, path, {"week": week, "was": control})
    done = await agent.submit(path, {"week": week, "was": control} | confirmation)
    assert "1 jour est annulé pour la famille" in spaced(done)


async def test_what_the_rules_refuse_a_family_they_refuse_at_the_counter(
    town: Town, at_home: tuple[Browser, Household, list[UUID]]
) -> None:
    _, household, (_, last_id) = at_home
    agent, path = await town.agent(Role.FRONT_DESK), f"/agents/familles/{household.household_id}/reservations"
    day = await town.booking.day(8)
    week = str(day - timedelta(days=day.weekday()))
    control = f"{household.children[0].child_id}:{last_id}"
    await agent.get(f"{path}?semaine={week}")
    nothing = await agent.submit(path, {"week": week, "step": "confirm"})
    assert "Choisissez au moins un jour" in words(nothing)
    _, confirmation = await priced(agent, path, {"week": week, "slot": control})
    family = family_of(household)
    assert (await town.booking.book(family, last_id)).status_code == 201
    again = await agent.submit(path, {"week": week, "slot": control} | confirmation)
    assert "réservé pour la famille" not in spaced(again)


async def test_who_may_only_read_days_has_no_button(town: Town, at_home: tuple[Browser, Household, list[UUID]]) -> None:
    _, household, (slot_id, _) = at_home
    agent = await town.agent(Role.FINANCE)
    assert (await agent.get(f"/agents/familles/{household.household_id}/reservations")).status_code == 403
    site = await town.agent(Role.SITE, has_every_site=False, sites=["maison"])
    path = f"/agents/familles/{household.household_id}/reservations"
    day = await town.booking.day(7)
    week = str(day - timedelta(days=day.weekday()))
    page = await site.get(f"{path}?semaine={week}")
    assert "Voir le prix" not in words(page)
    control = f"{household.children[0].child_id}:{slot_id}"
    done = await site.submit(path, {"week": week, "slot": control, "step": "confirm"})
    assert "1 jour est réservé pour la famille" in spaced(done)
    assert "€" not in words(done)


async def test_an_enrollment_is_asked_for_at_the_counter_and_waits(town: Town) -> None:
    parent, household = await town.parent()
    activity_id = await town.booking.activity(label="Atelier du guichet")
    await town.settle()
    agent, file = await town.agent(Role.FRONT_DESK), f"/agents/familles/{household.household_id}"
    page = await agent.get(f"{file}/inscrire")
    assert "Atelier du guichet" in words(page)
    typed = {"child_id": "", "activity_id": f"{activity_id}:maison", "starts_on": "", "ends_on": ""}
    refused = await agent.submit(f"{file}/inscrire", typed)
    assert is_refused(refused)
    assert f'value="{activity_id}:maison" selected' in refused.text, "what was typed is kept"
    typed["child_id"] = str(household.children[0].child_id)
    done = await agent.submit(f"{file}/inscrire", typed | {"idempotency_key": hidden(refused, "idempotency_key")})
    assert "Elle attend une décision" in words(done)
    assert "Atelier du guichet" in words(done)
    await town.settle()
    assert "Atelier du guichet" in words(await agent.get(file))
    history = spaced(await parent.get("/historique"))
    assert re.search(r"Inscription demandée.*?Service enfance[^.]*guichet", history, re.IGNORECASE), history


@pytest.fixture(scope="module")
async def strict_file(
    postgres: Postgres, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Filed]:
    """A file of a town that asks for a proof before custody, health and invoices are shown."""
    asked = town_file(tmp_path_factory.mktemp("strict"), step_up={"asks": ["custody", "health", "invoices"]})
    async with running_town(postgres, secrets_dir, town_file=asked) as running:
        yield await filed(running)


async def test_what_a_proof_opens_is_said_in_its_place_and_shown_after_it(strict_file: Filed) -> None:
    """The rest of the screen is there meanwhile, and nothing of what is locked is read or noted."""
    agent = await strict_file.agent(Role.DIRECTOR, Role.FRONT_DESK)
    page = await agent.get(strict_file.path)
    text = words(page)
    for sentence in ("Santé : confirmer qui vous êtes", "Foyers et entourage : confirmer qui vous êtes", "Réservé"):
        assert sentence in text, sentence
    for word in ("PAI", FORBIDDEN, "indisponible"):
        assert word not in text, word
    (link,) = set(re.findall(r'class="badge neutral" href="(/confirmer\?pour=custody[^"]+)"', page.text))
    asked = await agent.get(link.replace("&amp;", "&"))
    back = await agent.landing(await proved(strict_file.town, agent, asked))
    assert str(back.url.path) == strict_file.path
    for sentence in ("PAI : Noé", f"Ne pas remettre Lina à {FORBIDDEN} BRUN", "Deux foyers : Lina"):
        assert sentence in words(back), sentence
