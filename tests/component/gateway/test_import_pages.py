"""An agent imports households with plain pages and forms: a file, its report, one confirmation, and refused lines corrected and sent again."""

from uuid import uuid4

import httpx2
import pytest

from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PAGE = "/agents/imports"
HEADING = "Foyer;Rôle;Prénom;Nom;Date de naissance;Rue;Code postal;Ville\n"
GOOD = "1;payeur;Inès;Ferrand;;1 rue Basse;14000;Valmont\n1;enfant;Léa;Ferrand;14/09/2018;;;\n"
BAD = "2;payeur;Marc;Aubry;;1 rue Haute;14000;Valmont\n2;enfant;=1+1;Aubry;31/02/2018;;;\n"


@pytest.fixture
async def director(town: Town) -> Browser:
    """A director of a town whose events were all published: an import waits for its turn behind what is not."""
    await town.settle()
    await town.services["family"].db.execute("delete from outbox")
    return await town.agent(Role.DIRECTOR)


async def send(browser: Browser, content: bytes, label: str = "Reprise") -> httpx2.Response:
    """Post the form as a browser does that has a file."""
    await browser.get(PAGE)
    form = {"csrf_token": browser.form_token, "label": label}
    headers = {"Origin": browser.origin}
    files = {"content": ("foyers.csv", content, "text/csv")}
    return await browser.http.post(PAGE, data=form, files=files, headers=headers)


async def test_a_file_is_looked_at_confirmed_followed_and_its_refused_lines_sent_again(
    town: Town, director: Browser
) -> None:
    family = town.services["family"]
    page = await director.landing(await send(director, (HEADING + GOOD + BAD).encode("cp1252")))
    address = str(page.url.path)
    assert "Examen en cours" in words(page)
    await family.run_job("household_imports")
    text = words(await director.get(address)).replace("\u00a0", " ")
    assert "À confirmer" in text
    assert "Sera ouvert : 1 foyer (2 lignes)" in text
    assert "Date de naissance : Indiquez un jour qui existe" in text
    assert "Personne n’est invité." in text
    landed = await director.landing(await director.done(address))
    assert "L’import avance" in words(landed)
    await family.run_job("household_imports")
    assert "Toutes les lignes sont traitées" in words(await director.get(address))
    report = await director.get(f"{address}/tableau", params={"constat": "refused"})
    assert report.headers["content-type"] == "text/csv; charset=utf-8"
    corrected = report.content.replace(b"'=1+1", "Zoé".encode()).replace(b"31/02/2018", b"28/02/2018")
    again = str((await director.landing(await send(director, corrected))).url.path)
    await family.run_job("household_imports")
    assert "Sera ouvert : 1 foyer (2 lignes)" in words(await director.get(again)).replace("\u00a0", " ")


async def test_two_at_once_are_refused_with_the_name_of_who_runs_the_other(town: Town, director: Browser) -> None:
    first = str((await director.landing(await send(director, (HEADING + GOOD).encode(), "Premier"))).url.path)
    second = str((await director.landing(await send(director, (HEADING + GOOD).encode()))).url.path)
    await town.services["family"].run_job("household_imports")
    await director.done(first)
    refused = words(await director.landing(await director.post(second))).replace("\u00a0", " ")
    assert "Un autre import, « Premier », est en cours, lancé par Camille Marchand." in refused
    await town.services["family"].run_job("household_imports")


async def test_what_was_typed_is_kept_and_the_line_is_named(director: Browser) -> None:
    page = await director.landing(await send(director, b'Foyer;Nom\n1;"jamais\n', label="École"))
    assert is_refused(page)
    assert "au moins les colonnes « Foyer »" in words(page).replace("\u00a0", " ")
    assert 'value="École"' in page.text
    assert (await send(director, b"x" * 40_000_000)).status_code == 413


async def test_only_whoever_may_sees_it(town: Town) -> None:
    desk = await town.agent(Role.FRONT_DESK)
    assert PAGE not in (await desk.get("/agents")).text
    assert (await desk.get(PAGE)).status_code == 403
    assert (await desk.get(f"{PAGE}/{uuid4()}")).status_code == 403
