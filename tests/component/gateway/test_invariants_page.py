"""The operators' page: what always holds in words, what was found, and another check on demand, while a service is away too."""

import pytest

from tests.component.gateway.browser import Browser, words
from tests.component.gateway.town import Town
from tests.support.roles import Role
from tools.invariants.nightly import checking_of

pytestmark = pytest.mark.anyio

PATH = "/agents/exploitation/invariants"


@pytest.fixture
async def operator(town: Town) -> Browser:
    """An agent who keeps the portal running, and who never saw a check yet."""
    for service in town.services.values():
        await service.db.execute("delete from invariant_checks")
    return await town.agent(Role.OPERATIONS)


async def look(town: Town, *names: str) -> None:
    """The jobs of services look."""
    for name in names or town.services:
        await town.services[name].run_job("invariants")


async def test_each_invariant_is_in_words_with_what_was_found(operator: Browser, town: Town) -> None:
    page = words(await operator.get(PATH))
    invariants = [invariant for name in town.services for invariant in checking_of(name).invariants]
    assert page.count("Contrôle en attente") == len(invariants)
    assert "ne connaît pas" not in page
    await look(town)
    page = words(await operator.get(PATH))
    assert page.count("Aucun écart") == len(invariants)
    assert page.count("en moins d’une seconde") == len(invariants)


async def test_a_violation_is_listed_by_its_key_after_the_button(operator: Browser, town: Town) -> None:
    family = town.services["family"]
    household, _ = await town.household()
    await look(town, "family")
    await family.db.execute("delete from outbox_keys where key = $1", str(household.household_id))
    await operator.get(PATH)
    answer = await operator.done(PATH, {"service": "family"})
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    landing = words(await operator.landing(answer))
    assert "Le contrôle est demandé" in landing
    await look(town, "family")
    page = words(await operator.get(PATH))
    assert f"family.households {household.household_id} lacks events" in page
    assert "écarts" in page
    asked = await town.services["booking"].db.fetchval(
        "select count(*) from invariant_checks where asked_at is not null"
    )
    assert asked == 0, "the button of one service asks another one"


async def test_a_service_that_is_away_is_said_and_the_others_are_shown(operator: Browser, town: Town) -> None:
    async with town.without("billing"):
        page = await operator.get(PATH)
        assert page.status_code == 200
        assert "Facturation : indisponible" in words(page)
        assert "Contrôler maintenant : Messages" in words(page)
        answer = await operator.done(PATH, {})
        assert "Un service ne répond pas" in words(await operator.landing(answer))
    assert await town.services["booking"].db.fetchval("select bool_and(asked_at is not null) from invariant_checks")


async def test_an_agent_of_another_trade_is_told_that_it_is_not_theirs(town: Town) -> None:
    director = await town.agent(Role.DIRECTOR)
    assert (await director.get(PATH)).status_code == 403
    assert PATH not in (await director.get("/agents")).text
    operator = await town.agent(Role.OPERATIONS)
    assert PATH in (await operator.get("/agents")).text
