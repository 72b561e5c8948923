"""The page "Mon adresse e-mail", and the page that a link to confirm an address leads to."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import httpx2
import pytest
from joserfc.jwk import OKPKey

from chassis.sealing import unseal
from contracts.family.email_changes import MailedLink
from contracts.family.events import EmailLinkIssued
from tests.component.gateway.browser import hidden, is_refused, words
from tests.component.gateway.test_agent_pages import field_errors
from tests.component.gateway.town import PASSWORD, Town, running_town
from tests.component.identity.walk import town_file
from tests.support.databases import Postgres
from tests.support.roles import Role
from tests.support.towns import in_towns

pytestmark = pytest.mark.anyio

PAGE, DETAILS, CREDENTIALS = "/mon-adresse-e-mail", "/mes-coordonnees", "/mes-identifiants"


@pytest.fixture(scope="module")
async def town(
    postgres: Postgres, secrets_dir: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    """The demonstration town, where families change their address, unless another is asked for; no proof is asked for here."""
    file = town_file(tmp_path_factory.mktemp("town"), getattr(request, "param", "demo"), step_up={"asks": []})
    async with running_town(postgres, secrets_dir, town_file=file) as running:
        yield running


async def mailed(town: Town) -> MailedLink:
    """The last link that was mailed."""
    key = OKPKey.import_key(json.loads((town.secrets_dir / "seal_private.json").read_text()))
    _, issued = await town.services["family"].emitted(kind=EmailLinkIssued)
    return MailedLink.model_validate_json(unseal(cast("EmailLinkIssued", issued[-1]).sealed, key))


async def pressed(town: Town, path: str, fields: dict[str, str] | None = None) -> httpx2.Response:
    """What a browser that is not signed in sees after it followed a link and pressed the button."""
    browser = town.browser()
    page = await browser.get(path)
    page = await browser.landing(page)
    return await browser.submit("/adresse", {"link": hidden(page, "link"), **(fields or {})})


async def test_an_address_is_changed_from_asking_to_the_next_sign_in(town: Town) -> None:
    """Found from both pages, awaited with its hour, looked at without effect, confirmed by a press, and then the former one is out."""
    parent, household = await town.parent()
    former = str(household.adults[0].email)
    for path in (DETAILS, CREDENTIALS):
        assert f'href="{PAGE}"' in (await parent.get(path)).text
    assert former in words(await parent.get(PAGE))
    new = f"neuf-{former}"
    asked = await parent.submit(PAGE, {"email": new})
    assert f"Nous attendons que vous ouvriez le lien envoyé à {new}" in words(asked)
    link = await mailed(town)
    assert link.email == new

    visitor = town.browser()
    followed = await visitor.get(f"/adresse/{link.token}")
    assert (followed.status_code, followed.headers["location"]) == (303, "/adresse")
    page = await visitor.landing(followed)
    assert new in words(page)
    assert link.token not in page.text
    await town.settle()
    assert (await town.signed_in(former, PASSWORD)).session_token

    done = await visitor.submit("/adresse", {"link": hidden(page, "link")})
    assert "La nouvelle adresse est confirmée" in words(done)
    assert "La nouvelle adresse est confirmée" in words(await visitor.get("/adresse"))
    await town.settle()
    again = await town.signed_in(new, PASSWORD)
    assert new in words(await again.get(PAGE))
    refused = await town.browser().submit("/connexion", {"login": former, "password": PASSWORD})
    assert is_refused(refused)
    rows = await town.services["notifications"].db.fetch("select template from notices")
    assert {"email_link", "email_change_asked", "email_replaced", "contact_changed"} <= {
        row["template"] for row in rows
    }


async def test_what_waits_is_sent_again_and_withdrawn(town: Town) -> None:
    """The former link says that another one was sent, and the withdrawn one that it was withdrawn."""
    parent, household = await town.parent()
    new = f"neuf-{household.adults[0].email}"
    await parent.submit(PAGE, {"email": new})
    first = await mailed(town)
    again = await parent.submit(PAGE, {"email": hidden(await parent.get(PAGE), "email")})
    assert "Le lien est parti" in words(again)
    visitor = town.browser()
    page = await visitor.landing(await visitor.get(f"/adresse/{first.token}"))
    assert "seul celui du dernier e-mail fonctionne" in words(page)
    kept = await parent.submit(f"{PAGE}/annuler")
    assert "votre adresse e-mail reste la même" in words(kept).replace("\u00a0", " ")
    assert new not in words(kept)
    page = await visitor.landing(await visitor.get(f"/adresse/{(await mailed(town)).token}"))
    assert "a été annulée depuis votre espace" in words(page)


async def test_a_wrong_address_is_refused_at_its_field_with_what_was_typed(town: Town) -> None:
    """Without a word about whose it is."""
    (parent, _), (_, other) = await town.parent(), await town.parent()
    taken = str(other.adults[0].email)
    refused = await parent.submit(PAGE, {"email": taken})
    assert field_errors(refused) == {"email"}
    assert "ouvre déjà un autre compte" in words(refused)
    assert other.reference not in words(refused)
    assert f'value="{taken}"' in refused.text
    assert field_errors(await parent.submit(PAGE, {"email": "neuf@"})) == {"email"}


async def test_a_link_that_is_none_says_what_to_do(town: Town) -> None:
    """Without one, made up, and a form of another link than the one that was followed last."""
    parent, household = await town.parent()
    visitor = town.browser()
    assert "ouvrez le lien reçu" in words(await visitor.get("/adresse"))
    page = await visitor.landing(await visitor.get("/adresse/un-lien-que-personne-n-a-envoye"))
    assert "Ce lien n’est pas l’un des nôtres" in words(page)
    await parent.submit(PAGE, {"email": f"neuf-{household.adults[0].email}"})
    other = await pressed(town, f"/adresse/{(await mailed(town)).token}", {"link": "another"})
    assert "Un autre lien de confirmation a été ouvert" in words(other)


@in_towns("structure")
async def test_where_the_town_changes_it_there_is_no_page(town: Town) -> None:
    parent, _ = await town.parent()
    assert PAGE not in (await parent.get(DETAILS)).text
    assert (await parent.get(PAGE)).status_code == 404


@in_towns("belfort")
async def test_whoever_signs_in_with_a_user_name_is_told_that_they_go_on_so(town: Town) -> None:
    """The page said that one would sign in with the new address, where nobody signs in with one."""
    parent, household = await town.parent()
    page = words(await parent.get(PAGE))
    assert "Vous continuerez de vous connecter avec votre nom d’utilisateur" in page
    assert "vous vous connecterez avec la nouvelle adresse" not in page
    desk = await town.agent(Role.FRONT_DESK)
    path = f"/agents/familles/{household.household_id}/coordonnees/{household.adults[0].adult_id}"
    form = await desk.get(path)
    assert form.status_code == 200
    assert "Elle sert à recevoir les messages" in words(form)
