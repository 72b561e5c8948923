"""Correcting the address of somebody who was invited: the agent reads before and after that the invitation follows, which mail still works, and
what somebody asked for without signing in."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest

from contracts.family.models import Household
from tests.component.gateway.browser import Browser, words
from tests.component.gateway.test_contact_pages import corrected
from tests.component.gateway.town import Town, household_body, running_town
from tests.component.identity.walk import town_file
from tests.support.databases import Postgres
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

SENT_SQL = """
update messages set status = 'sent', subject = 'Votre espace personnel', sent_at = queued_at, recipient_shown = $2
where recipient_id = $1 and status = 'queued' and template in ('welcome', 'password_reset')
"""


@pytest.fixture(scope="module")
async def town(postgres: Postgres, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """The town of the guide S2, in which no proof is asked for."""
    file = town_file(tmp_path_factory.mktemp("town"), "structure", step_up={"asks": []})
    async with running_town(postgres, secrets_dir, town_file=file) as running:
        yield running


def pages_of(household: Household) -> tuple[str, str]:
    """The file of a household, and where the details of its first adult are corrected."""
    file = f"/agents/familles/{household.household_id}"
    return file, f"{file}/coordonnees/{household.adults[0].adult_id}"


async def sent_to(town: Town, adult_id: UUID, shown: str) -> None:
    """The mail relay takes what waits for somebody; which is not here."""
    notifications = town.services["notifications"]
    await notifications.run_job("send_messages")
    await notifications.db.execute(SENT_SQL, adult_id, shown)


async def with_email(desk: Browser, path: str, email: str) -> httpx2.Response:
    page = await desk.get(path)
    shown = re.search(r'name="shown.email" value="([^"]*)"', page.text)
    assert shown
    return await corrected(desk, path, email=email, shown__email=shown[1])


async def test_an_invitation_follows_a_corrected_address_and_the_agent_reads_so(town: Town) -> None:
    household, _ = await town.household()
    (file, path), adult_id = pages_of(household), household.adults[0].adult_id
    desk = await town.agent(Role.FRONT_DESK)
    await sent_to(town, adult_id, "a…@famille.example")
    assert words(await desk.get(f"{file}/messages")).count("Son lien fonctionne encore.") == 1
    assert "une nouvelle invitation part à la nouvelle adresse" in words(await desk.get(path))
    page = words(await corrected(desk, path, phone="02 31 44 55 66"))
    assert "Une nouvelle invitation part" not in page, "the address stayed"
    page = words(await with_email(desk, path, f"{uuid4().hex}@courriel.example"))
    assert "Une nouvelle invitation part à la nouvelle adresse" in page
    await town.settle()
    assert "Son lien fonctionne encore" not in words(await desk.get(f"{file}/messages")), (
        "the former one died, the new one has not left"
    )
    await sent_to(town, adult_id, "b…@courriel.example")
    page = words(await desk.get(f"{file}/messages"))
    assert page.index("b…@courriel.example") > page.index("Son lien fonctionne encore.")
    assert page.index("a…@famille.example") > page.index("Son lien ne fonctionne plus.")


async def test_an_address_of_two_that_is_corrected_for_one_stays_the_other_s_and_the_agent_reads_so(town: Town) -> None:
    """The mail of before opens nothing any more, for the other adult neither: its address may be as wrong."""
    family, body = town.services["family"], household_body()
    other = {"civility": "madame", "first_name": "Claude", "last_name": "Autre", "email": body["guardian"]["email"]}
    headers = family.as_agent(Role.FRONT_DESK) | family.key()
    answer = await family.client.post("/households", json={**body, "co_guardian": other}, headers=headers)
    await town.settle()
    mailed = await town.credential()
    household = Household.model_validate_json(answer.content)
    file, path = pages_of(household)
    desk = await town.agent(Role.FRONT_DESK)
    await sent_to(town, household.adults[0].adult_id, "a…@famille.example")
    assert "celle d’avant ne fonctionne plus pour personne" in words(await desk.get(path))
    page = words(await with_email(desk, path, f"{uuid4().hex}@courriel.example"))
    assert "corrigez aussi la sienne si l’adresse était fausse" in page
    await town.settle()
    page = words(await desk.get(f"{file}/messages"))
    assert "Son lien ne fonctionne plus." in page
    opened = await town.services["identity"].client.post("/activations", json={"token": mailed.activation_token})
    assert opened.status_code != 201, "what the agent was told"


async def test_who_opened_their_space_keeps_it_and_no_invitation_is_announced(town: Town) -> None:
    _, household = await town.parent()
    file, path = pages_of(household)
    desk = await town.agent(Role.FRONT_DESK)
    assert "nouvelle invitation" not in words(await desk.get(path))
    assert "Une nouvelle invitation part" not in words(await with_email(desk, path, f"{uuid4().hex}@courriel.example"))
    assert "Son lien fonctionne encore" not in words(await desk.get(f"{file}/messages"))


async def test_a_mail_that_was_asked_for_without_signing_in_stands_in_the_history(town: Town) -> None:
    """Whoever knows the address may have asked: nobody is said to have done it."""
    browser, household = await town.parent()
    desk, file = await town.agent(Role.FRONT_DESK), pages_of(household)[0]
    assert "Nouvel e-mail demandé" not in words(await desk.get(f"{file}/historique"))
    visitor = town.browser()
    await visitor.get("/mot-de-passe-oublie")
    await visitor.done("/mot-de-passe-oublie", {"email": household.adults[0].email})
    await town.settle()
    asked = words(await desk.get(f"{file}/historique")).partition("Nouvel e-mail demandé depuis la page de connexion")[
        2
    ]
    assert asked.lstrip().startswith("Par qui Quelqu’un qui connaît l’adresse e-mail"), asked[:200]
    assert "Quelqu’un qui connaît l’adresse" in words(await browser.get("/historique"))
