"""Households imported in a browser, from the file to its refused lines sent again: on a telephone, at every width for axe, followed by refreshing."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.topics import in_thread
from tests.e2e.towns.test_agent_accounts import fits
from tests.e2e.towns.test_invitations import PHONE, director_of
from tests.e2e.towns.test_step_up import confirm_by_mail
from tests.e2e.towns.town import GuideTown
from tests.e2e.walk import press
from tests.support.polling import eventually
from tests.support.towns import in_towns

IMPORTS = "/agents/imports"
DOWNLOAD_MS = 30_000
LINES = (
    "Foyer;Rôle;Prénom;Nom;Date de naissance;Rue;Code postal;Ville\r\n"
    "A1;payeur;Inès;Kervella;;1 rue Basse;78140;Vélizy\r\nA1;enfant;Noé;Kervella;14/09/2018;;;\r\n"
    "A2;payeur;Marc;Aubry;;1 rue Haute;78140;Vélizy\r\nA2;enfant;Zoé;Aubry;31/02/2018;;;\r\n"
)


def send(town: GuideTown, page: Page, label: str, content: bytes) -> str:
    """Send a file, and wait until its lines were looked at, by refreshing the page; the run's id."""
    page.goto(f"{town.stack.portal_url}{IMPORTS}")
    page.fill("[name=label]", label)
    page.set_input_files("[name=content]", {"name": "foyers.csv", "mimeType": "text/csv", "buffer": content})
    press(page, "Examiner")
    expect(page.locator("h1")).to_have_text(label)
    run = page.url.rpartition("/")[2]
    follow(town, page, run, "proposed")
    return run


def follow(town: GuideTown, page: Page, run: str, status: str) -> None:
    """Wait until an import has come so far."""

    async def has_come() -> bool:
        return bool((await town.call("family", "GET", f"/household-imports/{run}"))["status"] == status)

    in_thread(eventually(has_come))
    page.goto(f"{town.stack.portal_url}{IMPORTS}/{run}")


@in_towns("velizy")
def test_a_file_is_examined_confirmed_followed_and_its_refused_lines_sent_again(
    town: GuideTown, browser: Browser, tmp_path: Path
) -> None:
    page = director_of(town, browser)
    page.set_viewport_size(PHONE)
    page.goto(f"{town.stack.portal_url}{IMPORTS}")
    fits(page)
    page.set_viewport_size(PHONE)
    page.fill("[name=label]", "Reprise")
    press(page, "Examiner")
    expect(page.locator(".field-error")).to_contain_text("Choisissez le fichier CSV")
    expect(page.locator("[name=label]")).to_have_value("Reprise")
    run = send(town, page, "Reprise", LINES.encode("cp1252"))
    expect(page.locator("main")).to_contain_text("Indiquez un jour qui existe")
    expect(page.locator("main")).to_contain_text("1 foyer (1 ligne)")
    fits(page)
    page.set_viewport_size(PHONE)
    press(page, "Importer le foyer")
    follow(town, page, run, "done")
    expect(page.locator("main")).to_contain_text("Toutes les lignes sont traitées")
    expect(page.locator("table.data")).to_contain_text("F-0")
    fits(page)
    page.click("main a:has-text('Voir les lignes refusées')")
    page.click("main a[href*='/tableau']")
    confirm_by_mail(town, page, "p.neveu@velizy.example")
    with page.expect_download(timeout=DOWNLOAD_MS) as download:
        page.click("main a[href*='/tableau']")
    report = tmp_path / "report.csv"
    download.value.save_as(report)
    corrected = report.read_bytes().replace(b"31/02/2018", b"28/02/2018")
    again = send(town, page, "Corrections", corrected)
    press(page, "Importer le foyer")
    follow(town, page, again, "done")
    expect(page.locator("main")).to_contain_text("Dossier ouvert")
    page.goto(f"{town.stack.portal_url}/agents/familles?recherche=aubry marc")
    expect(page.locator("table.data")).to_contain_text("Aubry")
    page.context.close()
