"""An agent invites many families at once with plain pages and forms: a list, its report, one confirmation, and the report as a file."""

import re
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from contracts.identity.invitation_runs import FILE_BYTES_MAX
from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.town import Town, household_body
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PAGE = "/agents/invitations"
END_LINKS_SQL = """
update invitations set expires_at = now() where account_id in (
    select p.account_id from household_versions v join invited_guardians g using (household_id) join account_persons p using (guardian_id)
    where v.reference = $1)
"""


@pytest.fixture
async def director(town: Town) -> Browser:
    return await town.agent(Role.DIRECTOR)


async def opened(town: Town, **fields: Any) -> str:
    """The reference of a new file."""
    family = town.services["family"]
    answer = await family.client.post(
        "/households", json=household_body(**fields), headers=family.as_system() | family.key()
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


async def send(browser: Browser, content: bytes | None, **fields: str) -> httpx2.Response:
    """Post the form as a browser does that has a file, or none."""
    await browser.get(PAGE)
    form = {"csrf_token": browser.form_token, "choice": "file", "label": "Rentrée", **fields}
    chosen = ("", b"", "application/octet-stream") if content is None else ("foyers.csv", content, "text/csv")
    headers = {"Origin": browser.origin}
    return await browser.http.post(PAGE, data=form, files={"content": chosen}, headers=headers)


async def test_a_list_is_looked_at_confirmed_and_followed(town: Town, director: Browser) -> None:
    reference = await opened(town)
    await town.settle()
    await town.services["identity"].db.execute(END_LINKS_SQL, reference)
    page = await director.landing(await send(director, f"Référence;E-mail\n{reference};\nF-999999;\n".encode("cp1252")))
    text = words(page)
    assert "À confirmer" in text
    assert "Sera invitée : 1" in text.replace("\u00a0", " ")
    assert "Référence inconnue" in text
    address = str(page.url.path)
    landed = await director.landing(await director.done(address))
    assert "Les invitations partent" in words(landed)
    await director.done(address)  # pressed again: nothing more happens
    await town.services["identity"].run_job("invitation_runs")
    await town.settle()
    await town.services["notifications"].run_job("send_messages")
    await town.settle()
    done = words(await director.get(address))
    assert "Terminé" in done
    assert "Invitée par cet envoi" in done
    only = words(await director.get(address, params={"constat": "unknown_reference"}))
    assert "F-999999" in only
    assert reference not in only


async def test_the_report_is_a_file_for_a_spreadsheet(town: Town, director: Browser) -> None:
    reference = await opened(town)
    await town.settle()
    typed = f'Dossier;E-mail\n=cmd|x;+33612345678\n{reference};"\'@SUM(A1)"\n'
    page = await director.landing(await send(director, typed.encode()))
    file = await director.get(f"{page.url.path}/tableau")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    lines = file.content.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("Ligne;Dossier;E-mail indiqué;Constat;")
    assert lines[1].startswith("2;'=CMD|X;'+33612345678;Référence inconnue;")
    assert lines[2].startswith(f"3;{reference};'@SUM(A1);Adresse e-mail mal écrite;")


async def test_what_was_typed_is_kept_and_the_line_is_named(town: Town, director: Browser) -> None:
    answer = await send(director, b'Dossier\nF-000001\nF-000002;"jamais\n', label="Écoles du nord")
    page = await director.landing(answer)
    assert is_refused(page)
    assert "La ligne 3 du fichier ne se lit pas" in words(page)
    assert 'value="Écoles du nord"' in page.text
    missing = await director.landing(await send(director, None))
    assert "Choisissez le fichier CSV" in words(missing)
    unnamed = await director.landing(await send(director, b"F-000001", label=" "))
    assert "Donnez un nom à cet envoi" in words(unnamed)
    heavy = await director.landing(await send(director, b"F-000001\n" + b"x" * FILE_BYTES_MAX, label="Lourd"))
    assert "trois mégaoctets au plus" in words(heavy)
    assert 'value="Lourd"' in heavy.text
    assert (await send(director, b"x" * (2 * FILE_BYTES_MAX))).status_code == 413


async def test_a_choice_without_a_file(town: Town, director: Browser) -> None:
    await opened(town)
    await town.settle()
    page = await director.landing(await send(director, None, choice="never_invited"))
    assert "Toutes les personnes jamais invitées" in words(page)
    assert "Cette liste n’invite personne" in words(page)
    assert "Il n’y a rien à envoyer" in words(page)
    assert "puis envoyez" not in words(page)


async def test_only_whoever_may_sees_it(town: Town) -> None:
    desk = await town.agent(Role.FRONT_DESK)
    assert PAGE not in (await desk.get("/agents")).text
    assert (await desk.get(PAGE)).status_code == 403
    assert (await desk.landing(await send(desk, b"F-000001"))).status_code == 403
    assert (await desk.get(f"{PAGE}/{uuid4()}")).status_code == 403


async def test_forged_forms_are_refused_with_their_file(town: Town, director: Browser) -> None:
    await director.get(PAGE)
    form = {"choice": "file", "label": "x", "csrf_token": "forged"}
    files = {"content": ("foyers.csv", b"F-000001", "text/csv")}
    answer = await director.http.post(PAGE, data=form, files=files, headers={"Origin": director.origin})
    assert answer.status_code == 403
    assert not re.search(r"F-000001", answer.text)
