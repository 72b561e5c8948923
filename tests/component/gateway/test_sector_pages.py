"""Sectors as a director works on them, tries and publishes them; derogations as agents record and decide them; what a family sees of both."""

import re
from typing import Any

import httpx2
import pytest

from tests.component.family.addressing import SECTORS
from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.test_agent_pages import field_errors
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PAGE = "/agents/secteurs"
SCHOOLS = ("lilas", "maison", "plateau", "tilleuls")


async def school_year(town: Town) -> int:
    day = await town.services["family"].db.today()
    return day.year if day.month >= 9 else day.year - 1


@pytest.fixture
async def agent(town: Town) -> Browser:
    """Somebody with every role, where no plan is left of another test, and the schools of the plans are schools of the town."""
    family = town.services["family"]
    await family.db.execute("delete from sector_segments")
    await family.db.execute("delete from sector_plans")
    for code in SCHOOLS:
        school = {"label": f"École {code}", "levels": ["ce1"]}
        answer = await family.client.put(f"/schools/{code}", json=school, headers=family.as_system() | family.key())
        assert answer.is_success, answer.text
    return await town.agent(*Role)


def rest(school: str = "maison", **fields: str) -> dict[str, str]:
    """The line for all that is left of the town of the tests' families."""
    line = {
        "school": school,
        "first_level": "tps",
        "last_level": "cm2",
        "street": "",
        "city": "Valmont",
        "side": "both",
    }
    return {**line, "from_number": "", "until_number": "", **fields}


async def test_lines_are_added_refused_and_taken_out(agent: Browser, town: Town) -> None:
    year = await school_year(town)
    assert "Aucune rue pour cette année" in words(await agent.get(PAGE))
    path = f"{PAGE}/{year}/rues"
    page = await agent.landing(await agent.done(path, rest(street="Rue des Lilas", side="odd")))
    assert "Rue des Lilas" in words(page)
    assert "Numéros impairs" in words(page)
    refused = await agent.submit(path, rest(street="r. des LILAS", from_number="7"))
    assert is_refused(refused)
    assert field_errors(refused) == {"street"}
    assert "r. des LILAS" in refused.text
    (link,) = set(re.findall(rf'action="({PAGE}/{year}/retrait/[^"]+)"', page.text))
    assert "Aucune rue pour cette année" in words(await agent.landing(await agent.done(link, {})))


async def send(agent: Browser, path: str, content: bytes) -> httpx2.Response:
    """Post a file as a browser does; the page that follows."""
    await agent.get(PAGE)
    files = {"content": ("secteurs.csv", content, "text/csv")}
    form, headers = {"csrf_token": agent.form_token}, {"Origin": agent.origin}
    return await agent.landing(await agent.http.post(path, data=form, files=files, headers=headers))


async def test_a_plan_is_sent_taken_away_and_sent_again(agent: Browser, town: Town) -> None:
    """The file that the page gives is one that it takes."""
    year = await school_year(town)
    path = f"{PAGE}/{year}/fichier"
    page = await send(agent, path, SECTORS.read_bytes())
    assert "remplacés" in words(page)
    table = await agent.get(f"{PAGE}/tableau", params={"annee": str(year)})
    assert table.headers["content-type"].startswith("text/csv")
    await send(agent, path, table.content)
    again = await agent.get(f"{PAGE}/tableau", params={"annee": str(year)})
    assert again.content == table.content
    wrong = "École;Du niveau;Au niveau;Commune;Voie\nx;CP;CM9;V;Rue\n"
    refused = await send(agent, path, wrong.encode())
    assert "La ligne 2 du fichier ne convient pas (colonne Au niveau)" in words(refused)
    assert "Choisissez un fichier CSV" in words(await send(agent, path, b"")), "and not a header that is missing"


async def published(agent: Browser, town: Town, city: str) -> int:
    year = await school_year(town)
    await agent.get(PAGE)
    await agent.done(f"{PAGE}/{year}/rues", rest(city=city))
    trial = await agent.get(f"{PAGE}/{year}/essai")
    assert "Aucune école connue" in words(trial)
    page = await agent.landing(await agent.done(f"{PAGE}/{year}/essai", {}))
    assert "Ces secteurs comptent depuis" in words(page)
    return year


async def test_a_family_sees_its_school_and_what_became_of_its_request(agent: Browser, town: Town) -> None:
    parent, household = await town.parent()
    (child,) = household.children
    file = f"/mes-enfants/{child.child_id}"
    assert "École de secteur" not in words(await parent.get(file))
    year = await published(agent, town, household.address.city)
    assert "École de secteur" in words(await parent.get(file))
    counter = f"/agents/enfants/{child.child_id}/ecole"
    page = await agent.get(counter)
    assert "adresse non vérifiée" not in words(page)
    assert "maison" in words(page).lower()
    typed: dict[str, Any] = {"school_year": str(year), "school": "", "reason": "sibling", "asked_on": "2020-01-01"}
    refused = await agent.submit(counter, typed | {"note": "Livret de famille"})
    assert field_errors(refused) == {"school"}
    assert "Livret de famille" in refused.text
    typed |= {"school": "plateau", "note": "Livret de famille"}
    # A school that is no site of the list is the town's to name: the form offers those that there are.
    done = await agent.done(counter, typed)
    shown = await agent.landing(done)
    assert "En attente de décision" in words(shown)
    assert "Livret de famille" in words(shown)
    url = done.headers["location"].partition("?")[0]
    refusal = await agent.submit(f"{url}/decision", {"decision": "refuse", "reason": ""})
    assert field_errors(refusal) == {"reason"}
    await agent.get(url)
    await agent.done(f"{url}/decision", {"decision": "refuse", "reason": "École complète."})
    seen = words(await parent.get(file))
    assert "École complète." in seen
    assert "tribunal administratif" in seen
    assert "Livret de famille" not in seen
    listing = await agent.get("/agents/derogations", params={"etat": "refused"})
    assert child.last_name.upper() in words(listing)
    table = await agent.get("/agents/derogations/tableau", params={"etat": "refused"})
    assert child.last_name in table.content.decode("utf-8-sig")


async def test_a_granted_derogation_is_shown_and_given_up(agent: Browser, town: Town) -> None:
    parent, household = await town.parent()
    (child,) = household.children
    year = await school_year(town)
    counter = f"/agents/enfants/{child.child_id}/ecole"
    await agent.get(counter)
    typed = {"school_year": str(year), "school": "plateau", "reason": "health", "asked_on": "2020-01-01", "note": ""}
    url = (await agent.done(counter, typed)).headers["location"].partition("?")[0]
    await agent.get(url)
    await agent.done(f"{url}/decision", {"decision": "grant", "reason": ""})
    assert "École accordée" in words(await agent.get(counter))
    assert "Accordée" in words(await parent.get(f"/mes-enfants/{child.child_id}"))
    looked = await parent.get(f"/mes-enfants/{child.child_id}/consultations")
    assert (looked.status_code, "érogation" in words(looked)) == (200, True)
    await agent.get(url)
    page = await agent.landing(await agent.done(f"{url}/retrait", {}))
    assert "Retirée par la famille" in words(page)
    assert "École accordée" not in words(await agent.get(counter))


async def test_the_front_desk_records_and_does_not_decide(town: Town) -> None:
    _, household = await town.parent()
    (child,) = household.children
    desk = await town.agent(Role.FRONT_DESK)
    counter = f"/agents/enfants/{child.child_id}/ecole"
    await desk.get(counter)
    typed = {
        "school_year": str(await school_year(town)),
        "school": "plateau",
        "reason": "other",
        "asked_on": "2020-01-01",
    }
    page = await desk.landing(await desk.done(counter, typed))
    assert "attend la décision d’un agent qui en a le droit" in words(page)
    assert 'value="grant"' not in page.text
    assert (await desk.get(PAGE)).status_code == 403
