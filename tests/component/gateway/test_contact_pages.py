"""The page "Mes coordonnées", and an agent's page of the same: what is read, corrected, refused at its field, and told."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx2
import pytest

from contracts.family.events import ContactChanged
from contracts.family.models import Household
from contracts.identity.events import AccountState, CredentialIssued
from contracts.notifications.events import MessageFailed
from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.test_agent_pages import field_errors
from tests.component.gateway.town import Town, running_town
from tests.component.identity.walk import town_file
from tests.support.databases import Postgres
from tests.support.roles import Role
from tests.support.services import write_town
from tests.support.towns import in_towns

pytestmark = pytest.mark.anyio

PAGE = "/mes-coordonnees"
NEW = "02 31 44 55 66"


@pytest.fixture(scope="session")
async def town(
    postgres: Postgres, secrets_dir: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    """The town of the guide S2, unless another is asked for: people sign in with their e-mail address. `test_step_up.py` corrects details under
    its own settings, which ask for a proof first; here none is asked for, and telephone and address are corrected at once."""
    profile = getattr(request, "param", "structure")
    file = town_file(tmp_path_factory.mktemp("town"), profile, step_up={"asks": []})
    file = write_town(file.parent, base=file, family={"fields": {"contact": {"email": "read_only"}}})
    async with running_town(postgres, secrets_dir, town_file=file) as running:
        yield running


def fields_of(page: httpx2.Response, **changed: str) -> dict[str, Any]:
    """What the form of a page would send, with changes by field name (`__` for the dot)."""
    names = ("phone", "address.street", "address.complement", "address.postal_code", "address.city")
    shown = {
        name: match[1]
        for name in names
        if (match := re.search(rf'value="([^"]*)" id="[^"]+" name="{name}"', page.text))
    }
    fixed = ("version", "address.household_id", *(f"shown.{name}" for name in names))
    sent = {name: hidden(page, name) for name in fixed}
    return {**shown, **sent, **{name.replace("__", "."): value for name, value in changed.items()}}


async def corrected(browser: Browser, path: str = PAGE, **changed: str) -> httpx2.Response:
    page = await browser.get(path)
    return await browser.submit(path, fields_of(page, **changed))


def of_household(household: Household) -> str:
    return f"/agents/familles/{household.household_id}"


def page_of(household: Household) -> str:
    """Where an agent corrects the details of its first adult."""
    return f"{of_household(household)}/coordonnees/{household.adults[0].adult_id}"


@in_towns("structure")
async def test_a_parent_reads_and_corrects_their_details(town: Town) -> None:
    """From the menu, with the names, kept, noted in words for the family and for agents."""
    parent, household = await town.parent()
    home = await parent.get("/mon-accueil")
    assert f'href="{PAGE}"' in home.text
    page = await parent.get(PAGE)
    own = household.adults[0]
    for text in (own.last_name.upper(), str(own.email), household.reference):
        assert text in words(page)
    assert fields_of(page)["address.street"] == "12 rue des Tilleuls"
    saved = await corrected(parent, phone=NEW, address__street="3 quai des Brumes", address__complement="Bâtiment B")
    assert "Les coordonnées sont enregistrées" in words(saved)
    sent = fields_of(saved)
    assert (sent["phone"], sent["address.street"], sent["address.complement"]) == (
        NEW,
        "3 quai des Brumes",
        "Bâtiment B",
    )
    agent = await town.agent(Role.FRONT_DESK)
    for history in (await parent.get("/historique"), await agent.get(f"{of_household(household)}/historique")):
        assert "téléphone, adresse postale" in words(history).partition("Coordonnées modifiées")[2]
    assert "3 quai des Brumes" in words(await agent.get(of_household(household)))


async def test_the_email_is_shown_with_who_changes_it(town: Town) -> None:
    """S2-16: read only, with the rule; what is posted all the same is refused in words, and nothing of the rest is done."""
    parent, household = await town.parent()
    page = await parent.get(PAGE)
    assert 'name="email"' not in page.text
    assert "Votre adresse e-mail ne peut être changée que par la structure, qui gère le portail" in words(page)
    refused = await parent.submit(PAGE, fields_of(page, email="neuf@famille.example", phone=NEW))
    assert is_refused(refused)
    assert "Votre adresse e-mail ne peut être changée que par la structure, qui gère le portail. Rien n’a été" in words(
        refused
    )
    assert fields_of(await parent.get(PAGE))["phone"] == ""
    assert str(household.adults[0].email) in words(await parent.get(PAGE))


@in_towns("structure")
async def test_an_agent_changes_the_email_that_somebody_signs_in_with(town: Town) -> None:
    """S2-16: from the household's page; the account follows, and the household and the former address are told."""
    _, household = await town.parent()
    agent = await town.agent(Role.FRONT_DESK)
    assert f'href="{page_of(household)}"' in (await agent.get(f"{of_household(household)}/personnes")).text
    email = f"neuf-{household.adults[0].email}"
    saved = await corrected(agent, page_of(household), email=email, phone=NEW)
    assert (str(saved.url.path), email in words(saved)) == (of_household(household), True)
    await town.settle()
    _, states = await town.services["identity"].emitted(kind=AccountState)
    assert [state.email for state in states if isinstance(state, AccountState)][-1] == email
    for name in ("billing", "notifications"):
        kept = "select email from household_adults where adult_id = $1"
        assert await town.services[name].db.fetchval(kept, household.adults[0].adult_id) == email, name
    notices = await town.services["notifications"].db.fetch(
        "select template, status from notices where subject_id = any($1::uuid[])",
        [household.household_id, states[-1].account_id],  # type: ignore[attr-defined]  # the kind that was asked for
    )
    assert {"contact_changed", "email_replaced"} <= {row["template"] for row in notices}
    visitor = town.browser()
    await visitor.get("/connexion")
    refused = await visitor.submit("/connexion", {"login": email, "password": "velo-rouge-42"})
    assert "ne vont pas ensemble" in words(refused), "whoever opened it at the former address may be a stranger"
    await town.services["identity"].run_job("issue_credentials")
    await town.settle()
    kept = "select payload->>'purpose' from notices where template = 'password_reset' and subject_id = $1"
    account_id = states[-1].account_id  # type: ignore[attr-defined]  # the kind that was asked for
    assert await town.services["notifications"].db.fetchval(kept, account_id) == "password_reset"


async def test_a_second_tab_sees_both_values_and_decides(town: Town) -> None:
    """What was typed stays, what is known by now stands beside it, and the next press is made from that."""
    parent, _ = await town.parent()
    stale = fields_of(await parent.get(PAGE), phone="06 00 00 00 00")
    await corrected(parent, phone=NEW)
    refused = await parent.submit(PAGE, stale)
    assert is_refused(refused)
    assert "Ces coordonnées ont changé depuis" in words(refused)
    assert 'value="06 00 00 00 00"' in refused.text
    assert f"Enregistré en ce moment : {NEW}" in words(refused).replace("\u00a0", " ")
    kept = await parent.submit(PAGE, fields_of(refused))
    assert "Les coordonnées sont enregistrées" in words(kept)
    assert fields_of(kept)["phone"] == "06 00 00 00 00"


async def test_a_second_tab_undoes_nothing_that_it_did_not_touch(town: Town) -> None:
    """The first tab corrects telephone and street, the second one the town of the address alone."""
    parent, _ = await town.parent()
    stale = fields_of(await parent.get(PAGE), address__city="Honfleur")
    await corrected(parent, phone=NEW, address__street="3 quai des Brumes")
    refused = await parent.submit(PAGE, stale)
    assert is_refused(refused)
    saved = fields_of(await parent.submit(PAGE, fields_of(refused)))
    names = ("phone", "address.street", "address.city")
    assert [saved[name] for name in names] == [NEW, "3 quai des Brumes", "Honfleur"]


async def test_wrong_fields_are_named_and_nothing_typed_is_lost(town: Town) -> None:
    parent, household = await town.parent()
    wrong = {"phone": "12", "address__street": "x" * 39, "address__postal_code": "1400", "address__city": ""}
    page = await corrected(parent, **wrong)
    assert is_refused(page)
    assert field_errors(page) == {"phone", "address-street", "address-postal_code", "address-city"}
    assert 'value="12"' in page.text
    assert f'value="{"x" * 39}"' in page.text
    _, facts = await town.services["family"].emitted(kind=ContactChanged)
    assert household.household_id not in {event.household_id for event in facts if isinstance(event, ContactChanged)}


async def test_an_email_of_another_account_is_refused_to_an_agent_without_whose(town: Town) -> None:
    (_, one), (_, two) = await town.parent(), await town.parent()
    agent = await town.agent(Role.FRONT_DESK)
    page = await corrected(agent, page_of(two), email=str(one.adults[0].email))
    assert field_errors(page) == {"email"}
    assert "ouvre déjà le compte d’une personne d’un autre dossier" in words(page)
    assert one.reference not in words(page)


async def test_an_email_that_cannot_be_written_to_is_refused_at_its_field(town: Town) -> None:
    """With how an address is written."""
    (_, household), agent = await town.parent(), await town.agent(Role.FRONT_DESK)
    page = await corrected(agent, page_of(household), email="eric@[courriel.fr")
    assert field_errors(page) == {"email"}
    assert "sans espace, parenthèse ni crochet" in words(page)


async def test_a_page_of_others_is_not_there(town: Town) -> None:
    """A parent has no agents' page; an agent without the permission is shown no link, and is refused."""
    (parent, household), finance = await town.parent(), await town.agent(Role.FINANCE)
    assert (await parent.get(page_of(household))).status_code == 404
    assert page_of(household) not in (await finance.get(of_household(household))).text
    page = await finance.get(page_of(household))
    refused = await finance.submit(page_of(household), fields_of(page, phone=NEW))
    assert is_refused(refused)


async def test_an_adult_of_two_households_chooses_whose_address(town: Town) -> None:
    """None by default: both are named."""
    (parent, own), (_, other) = await town.parent(), await town.parent()
    family = town.services["family"]
    path = f"/households/{other.household_id}/members/{own.adults[0].adult_id}"
    body = {"starts_on": str(await town.booking.today())}
    assert (await family.client.put(path, json=body, headers=family.as_agent(Role.FRONT_DESK))).status_code == 200
    page = await parent.get(PAGE)
    assert 'name="address.street"' not in page.text
    address = f"{PAGE}?foyer={other.household_id}"
    assert f'href="{address}"' in page.text
    page = await parent.get(address)
    refused = await parent.submit(PAGE, fields_of(page, address__street="x" * 39))
    assert field_errors(refused) == {"address-street"}
    assert hidden(refused, "address.household_id") == str(other.household_id)
    saved = await parent.done(PAGE, fields_of(page, address__street="3 quai des Brumes"))
    assert (await parent.landing(saved)).status_code == 200


async def test_an_invitation_that_did_not_arrive_says_so_and_leads_to_the_address(town: Town) -> None:
    household, _ = await town.household()
    (adult,) = household.adults
    desk = await town.agent(Role.FRONT_DESK)
    page = f"/agents/familles/{household.household_id}"
    assert "Invitation non remise" not in words(await desk.get(f"{page}/personnes"))
    identity = town.services["identity"]
    _, issued = await identity.emitted(kind=CredentialIssued)
    await identity.deliver(
        MessageFailed(
            message_id=uuid4(),
            recipient_id=adult.adult_id,
            template="welcome",
            cause="550",
            failed_at=await identity.db.now(),
            credential_id=cast("CredentialIssued", issued[-1]).credential_id,
        )
    )
    assert "Invitation non remise" in words(await desk.get(page)), "said in the head of every tab"
    shown = await desk.get(f"{page}/personnes")
    assert "Invitation non remise" in words(shown)
    assert "valable jusqu’au" not in words(shown)
    assert f"{page}/coordonnees/{adult.adult_id}" in shown.text
