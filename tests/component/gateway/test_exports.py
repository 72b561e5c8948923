"""Lists of agents as files for a spreadsheet: the rows of the page with its filters, for whom the page is open."""

from uuid import UUID, uuid4

import pytest

from contracts.types import EnrollmentStatus
from portal.frame import exports
from tests.component.gateway.browser import Browser, words
from tests.component.gateway.months import Month
from tests.component.gateway.test_invoicing import invoiced
from tests.component.gateway.town import Town, household_body, paying_since
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

MARK = b"\xef\xbb\xbf"
FILES = (
    "/agents/familles",
    "/agents/familles/comptes",
    "/agents/inscriptions",
    "/agents/paiements",
    f"/agents/facturation/{UUID(int=1)}",
    "/agents/comptes",
)
TAKEN_SQL = "select count(*) from history where action = 'list_exported'"


@pytest.fixture
async def desk(town: Town) -> Browser:
    return await town.agent(Role.FRONT_DESK)


@pytest.fixture
async def finance(town: Town) -> Browser:
    return await town.agent(Role.FINANCE)


async def test_the_families_found_are_exact(town: Town, desk: Browser) -> None:
    """What somebody typed in a file (a name has a letter, so the very inputs stand in the unit test); the filter of the page holds."""
    body = household_body(
        children=0, first_name="=Ana+1", last_name="Dupont; SARL Œuvré", email=f"{uuid4().hex}@f.example"
    )
    body["address"] |= {"city": "@Caen"}
    body["children"] = [{"first_name": "Éloi", "last_name": "Œuvré", "birth_on": "2019-03-04"}]
    family = town.services["family"]
    household = await family.client.post("/households", json=body, headers=family.as_system() | family.key())
    assert household.status_code == 201, household.text
    file = await desk.get("/agents/familles/tableau", params={"recherche": "Dupont; SARL"})
    assert file.status_code == 200
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.headers["content-disposition"].startswith('attachment; filename="familles-20')
    assert file.headers["cache-control"] == "no-store"
    email, reference = body["guardian"]["email"], household.json()["reference"]
    assert (
        file.content
        == MARK
        + (
            "Responsable;Enfants;Commune;E-mail;Dossier\r\n"
            f"\"'=Ana+1 Dupont; SARL Œuvré\";Éloi Œuvré (04/03/2019);'@Caen;{email};{reference}\r\n"
        ).encode()
    )
    page = await desk.get("/agents/familles", params={"recherche": "Dupont; SARL"})
    assert 'href="/agents/familles/tableau?recherche=Dupont%3B+SARL"' in page.text


async def test_the_enrollments_of_the_status_that_is_shown(town: Town, desk: Browser) -> None:
    """French dates, and the filter of the page."""
    _, household = await town.parent()
    activity_id = await town.booking.activity()
    (child,) = household.children
    wish = {"child_id": str(child.child_id), "activity_id": str(activity_id)}
    booking = town.services["booking"]
    asked = await booking.client.post("/enrollments", json=wish, headers=booking.as_system() | booking.key())
    assert asked.status_code == 201, asked.text
    starts_on, ends_on = ("/".join(reversed(asked.json()[name].split("-"))) for name in ("starts_on", "ends_on"))
    row = f"{child.first_name};{child.last_name};{child.birth_on:%d/%m/%Y};Centre de loisirs;{starts_on};{ends_on};"
    requested = (await desk.get("/agents/inscriptions/tableau")).content.decode("utf-8-sig")
    assert requested.startswith(
        "Prénom de l’enfant;Nom de l’enfant;Date de naissance;Activité;Du;Au;Demandée le;État;Décidée le;Motif\r\n"
    )
    (line,) = [line for line in requested.splitlines() if line.startswith(row)]
    assert line.endswith(";À décider;;")
    for status in set(EnrollmentStatus) - {EnrollmentStatus.REQUESTED}:
        assert row not in (await desk.get(f"/agents/inscriptions/tableau?etat={status}")).text


async def test_the_invoices_of_a_run(town: Town, finance: Browser) -> None:
    """Amounts with a decimal comma, in words what the page says in words."""
    _, household = await town.parent()
    await paying_since(town, household, "2019-08-01")
    invoice_id = await invoiced(town, household, Month.EXPORTED, 3)
    payer = f"{household.adults[0].first_name} {household.adults[0].last_name}"
    billing = town.services["billing"]
    runs = await billing.client.get("/invoice-runs", headers=billing.as_system())
    (run,) = [run for run in runs.json()["items"] if run["period"] == Month.EXPORTED]
    file = await finance.get(f"/agents/facturation/{run['run_id']}/tableau")
    number = await billing.db.fetchval("select number from invoices where invoice_id = $1", invoice_id)
    assert f"{payer};3;27,60;Sans quotient;{number}\r\n" in file.content.decode("utf-8-sig")
    assert 'filename="factures-2019-08-20' in file.headers["content-disposition"]


@pytest.mark.parametrize("page", FILES)
async def test_a_file_is_open_to_whom_the_page_is(town: Town, page: str) -> None:
    """Nobody gets from the file what the page denies, and whoever sees the page gets the file."""
    answers = {}
    for role in Role:
        agent = await town.agent(role)
        answers[role] = (await agent.get(page)).status_code
        assert (await agent.get(f"{page}/tableau")).status_code == answers[role], role
    assert 403 in answers.values()
    parent, _ = await town.parent()
    assert (await parent.get(f"{page}/tableau")).status_code == 404
    assert (await town.browser().get(f"{page}/tableau")).status_code == 401


async def test_every_page_of_a_list_is_in_the_file_up_to_its_limit(
    town: Town, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"Nombreux{uuid4().hex[:8].translate(str.maketrans('0123456789', 'ghijklmnop'))}"
    family = town.services["family"]
    for number in range(3):
        body = household_body(last_name=name, first_name=f"Ana {chr(97 + number)}", email=f"{uuid4().hex}@f.example")
        await family.client.post("/households", json=body, headers=family.as_system() | family.key())
    monkeypatch.setattr("portal.agents.counter.families.PAGE_SIZE_MAX", 1)
    path = f"/agents/familles/tableau?recherche={name}"
    taken = await town.services["identity"].db.fetchval(TAKEN_SQL)
    assert (await desk.get(path)).text.count(name) == 3
    assert await town.services["identity"].db.fetchval(TAKEN_SQL) == taken + 1
    monkeypatch.setattr(exports, "ROWS_MAX", 2)
    answer = await desk.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/agents/familles?recherche={name}")
    assert "trop long pour un fichier" in words(await desk.landing(answer))
    assert await town.services["identity"].db.fetchval(TAKEN_SQL) == taken + 1, "nobody took it away"


async def test_the_accounts_of_families_and_where_they_stand(town: Town, desk: Browser) -> None:
    """Whoever opened their space, and who was invited alone, in the page and in the file; the act is noted."""
    _, opened = await town.parent(last_name="Ouvertevoix")
    invited, _ = await town.household(last_name="Jamaisvenu")
    taken = await town.services["identity"].db.fetchval(TAKEN_SQL)
    page = words(await desk.get("/agents/familles/comptes"))
    assert "Ouvert" in page
    assert "Invité, jamais ouvert" in page
    file = await desk.get("/agents/familles/comptes/tableau", params={"etat": "invited"})
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0] == (
        "Adultes;Dossier;E-mail;État du compte;Dernière invitation;Lien valable jusqu’au;Dernière connexion"
    )
    (line,) = [line for line in lines if invited.reference in line]
    assert "Jamaisvenu" in line
    assert ";Invité, jamais ouvert;" in line
    assert line.endswith(";")
    assert opened.reference not in file.text
    everybody = (await desk.get("/agents/familles/comptes/tableau")).content.decode("utf-8-sig")
    (line,) = [line for line in everybody.splitlines() if opened.reference in line]
    assert ";Ouvert;" in line
    assert not line.endswith(";"), "they signed in"
    never = (await desk.get("/agents/familles/comptes/tableau", params={"connexion": "never"})).text
    assert (opened.reference in never, invited.reference in never) == (False, True)
    assert await town.services["identity"].db.fetchval(TAKEN_SQL) == taken + 3


async def test_the_agents_of_the_page_are_in_the_file(town: Town) -> None:
    director = await town.agent(Role.DIRECTOR)
    await town.agent(Role.SITE, last_name="Exportée")
    query = {"recherche": "exportee", "role": "site", "connexion": "within_30_days", "etat": "active"}
    page = await director.get("/agents/comptes", params=query)
    assert "EXPORTÉE" in page.text
    assert 'href="/agents/comptes/tableau?recherche=exportee&amp;role=site' in page.text
    file = (await director.get("/agents/comptes/tableau", params=query)).content.decode("utf-8-sig").splitlines()
    assert file[0].startswith("Nom de l’agent;Prénom de l’agent;Service;Rôles;Sites;État du compte;Dernière")
    assert [line.split(";")[0] for line in file[1:]] == ["Exportée"]
    assert not file[1].endswith(";")
    gone = await director.get("/agents/comptes/tableau", params=query | {"connexion": "never"})
    assert len(gone.text.splitlines()) == 1
