"""A family and an agent ask for a quotient with plain forms: nothing typed is lost where nobody answers, and what was found is shown before it counts."""

from uuid import UUID, uuid4

import pytest

from contracts.family.models import Household
from contracts.family.reading_words import CivilSex
from contracts.types import QuotientSource
from services.family.readings import store
from services.family.readings.domain import Birth, Identity, Value
from services.family.readings.store import Asked
from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PATH = "/ma-famille/quotient"
TYPED = {
    "birth_name": "Delaunay",
    "sex": "female",
    "birth_on": "12/04/1990",
    "birth_country": "99100",
    "birth_city": "Reims",
    "birth_department": "51",
}


async def found_for(town: Town, household: Household) -> None:
    """A quotient that was found for a household a moment ago."""
    family = town.services["family"]
    month_on = (await family.db.today()).replace(day=1)
    nobody = Identity("X", ("X",), CivilSex.FEMALE, Birth(1990, 1, 1), "99404", "", "")
    asked = Asked(uuid4(), household.household_id, month_on, nobody, UUID(int=0), is_by_family=False)
    async with family.db.transaction() as tx:
        await store.add_found(tx, asked, Value(65_000, QuotientSource.CAF, month_on, month_on), "a-request-of-tests")


async def reading_of(town: Town, household: Household) -> UUID:
    """The reading of a household."""
    statement = "select reading_id from quotient_readings where household_id = $1"
    return UUID(str(await town.services["family"].db.fetchval(statement, household.household_id)))


async def filled(parent: Browser, household: Household, **changes: str) -> dict[str, str]:
    """The form as a parent fills it in."""
    return {**TYPED, "first_names": household.adults[0].first_name, **changes}


async def test_what_was_typed_stays_where_nobody_answers_and_may_be_asked_again_later(town: Town) -> None:
    parent, household = await town.parent()
    assert "Récupérer mon quotient" in words(await parent.get("/ma-famille"))
    page = await parent.submit(PATH, await filled(parent, household))
    assert is_refused(page)
    assert "Rien n’est perdu" in words(page)
    for value in ("Delaunay", "12/04/1990", "Reims"):
        assert f'value="{value}"' in page.text
    assert 'href="/mon-espace-de-stockage/envoyer"' in page.text
    page = await parent.submit(PATH, await filled(parent, household, is_later_agreed="1"))
    assert "Demande en attente" in words(page)
    reading_id = await reading_of(town, household)
    page = await parent.submit(f"{PATH}/{reading_id}/retrait", {})
    assert "Demande en attente" not in words(page)


async def test_a_field_that_is_missing_is_named(town: Town) -> None:
    parent, household = await town.parent()
    page = await parent.submit(PATH, await filled(parent, household, birth_city="", birth_department=""))
    assert is_refused(page)
    assert "indiquez le nom de la commune" in words(page)
    page = await parent.submit(PATH, await filled(parent, household, first_names="Zoltan"))
    assert "n’est celui d’aucun adulte de votre foyer" in words(page)


async def test_a_family_sees_what_was_found_before_it_counts(town: Town) -> None:
    parent, household = await town.parent()
    await found_for(town, household)
    page = await parent.get(PATH)
    for text in ("Quotient trouvé", "650,00", "CAF, par API Particulier", "a-request-of-tests"):
        assert text in words(page)
    reading_id = await reading_of(town, household)
    page = await parent.submit(f"{PATH}/{reading_id}/prise", {})
    assert "Quotients déjà récupérés" in words(page)
    assert "650,00" in words(await parent.get("/ma-famille"))


async def test_an_agent_asks_from_the_file(town: Town) -> None:
    _, household = await town.parent()
    await found_for(town, household)
    agent = await town.agent(Role.FRONT_DESK)
    file = f"/agents/familles/{household.household_id}"
    address = f"{file}/quotient-caf-msa"
    assert address in (await agent.get(f"{file}/ressources")).text
    page = await agent.get(address)
    assert "Mois du quotient" in words(page)
    reading_id = await reading_of(town, household)
    page = await agent.submit(f"{address}/{reading_id}/prise", {})
    assert "Quotients déjà récupérés" in words(page)
    assert "Quotient familial noté" in words(await agent.get(f"{file}/historique"))
