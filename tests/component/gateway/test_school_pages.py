"""Schools with plain pages and forms: classes opened and renamed, a child put in one, the whole school moved up and back, and what families read."""

import re
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.family.school_events import SchoolingState
from services.family.schools.domain import school_year_of
from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.town import UNTIL_MIDNIGHT, Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


def plain(page: Any) -> str:
    return words(page).replace("\u00a0", " ").replace("\u202f", " ")


class Office:
    """A director who keeps the schools of a town; the school is a new one each time."""

    def __init__(self, town: Town, browser: Browser, year: int) -> None:
        self.town, self.browser, self.year = town, browser, year
        self.code = f"ecole-{uuid4().hex[:10]}"
        self.path = f"/agents/ecoles/{self.code}/{year}"

    async def post(self, path: str, **form: Any) -> Any:
        await self.browser.get(self.path if path.startswith(self.path) else "/agents/ecoles")
        return await self.browser.landing(await self.browser.post(path, form))

    async def open(self) -> None:
        """The school, with a class of this year and one of the next."""
        levels = ["cp", "ce1", "ce2"]
        page = await self.post("/agents/ecoles", code=self.code, label=f"École {self.code}", levels=levels)
        assert "L’école est enregistrée." in plain(page)
        await self.post(self.path, label="CE1 A", levels="ce1", teacher="Mme Aubry")
        await self.post(f"/agents/ecoles/{self.code}/{self.year + 1}", label="CE2 A", levels="ce2")

    async def class_id(self, label: str = "CE1 A", year: int | None = None) -> str:
        family = self.town.services["family"]
        path = f"/schools/{self.code}/years/{year or self.year}"
        known = (await family.client.get(path, headers=family.as_system())).json()
        return next(item["class_id"] for item in known["classes"] if item["label"] == label)

    async def place(self, child_id: Any, class_id: str | None) -> None:
        family = self.town.services["family"]
        body = {"starts_on": f"{self.year}-09-01", "level": "ce1", "school_code": self.code, "class_id": class_id}
        answer = await family.client.put(f"/children/{child_id}/schooling", json=body, headers=family.as_system())
        assert answer.status_code == 200, answer.text


@pytest.fixture
async def office(town: Town) -> Office:
    year = school_year_of(await town.booking.today())
    return Office(town, await town.agent(Role.DIRECTOR), year)


async def test_a_class_is_opened_renamed_and_its_list_taken_away(town: Town, office: Office) -> None:
    await office.open()
    _, household = await town.parent()
    child = household.children[0]
    class_id = await office.class_id()
    await office.place(child.child_id, class_id)
    page = plain(await office.browser.get(office.path))
    assert "CE1 A" in page
    assert "Mme Aubry" in page
    taken = await office.post(office.path, label="ce1 a", levels="ce1")
    assert is_refused(taken)
    assert "porte déjà ce nom" in plain(taken)
    renamed = await office.post(f"{office.path}/classes/{class_id}", label="CE1 bleu", levels=["ce1", "ce2"])
    assert "CE1 bleu" in plain(renamed)
    assert "CE1, CE2" in plain(renamed)
    refused = await office.post(f"{office.path}/classes/{class_id}", step="close", label="x")
    assert "a encore des élèves (1)" in plain(refused)
    pupils = plain(await office.browser.get(f"{office.path}/eleves", params={"classe": class_id}))
    assert child.last_name.upper() in pupils
    assert "04/03/2019" in pupils
    table = await office.browser.get(f"{office.path}/eleves/tableau", params={"classe": class_id})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert "CE1 bleu" in table.content.decode("utf-8-sig")
    copied = await office.browser.landing(
        await office.browser.post(f"/agents/ecoles/{office.code}/{office.year + 1}/reprise", {})
    )
    assert "CE1 bleu" in plain(copied)
    assert "CE2 A" in plain(copied)


async def test_a_child_is_put_in_a_class_and_its_family_reads_it(town: Town, office: Office) -> None:
    """Level proposed by the year of birth; the family sees school, level and class, and who decides, and changes nothing."""
    await office.open()
    parent, household = await town.parent()
    child = household.children[0]
    path = f"/agents/enfants/{child.child_id}/scolarite"
    page = await office.browser.get(path, params={"ecole": office.code})
    assert re.search(r'<option value="[a-z0-9]+" selected>\s*C[EPM]', page.text)
    today = str(await town.booking.today())
    form = {"chosen": office.code, "starts_on": today, "level": "ce2", "class_id": await office.class_id()}
    refused = await office.browser.landing(await office.browser.post(path, form))
    assert is_refused(refused)
    assert "n’a pas ce niveau" in plain(refused)
    saved = await office.browser.landing(await office.browser.post(path, form | {"level": "ce1"}))
    assert "La scolarité est enregistrée." in plain(saved)
    assert "CE1 A" in plain(saved)
    for address in (f"/mes-enfants/{child.child_id}", "/ma-famille"):
        shown = plain(await parent.get(address))
        assert f"École {office.code}" in shown, address
        assert "CE1 A" in shown, address
    assert "sont enregistrées par" in plain(await parent.get(f"/mes-enfants/{child.child_id}"))
    gone = await office.browser.landing(await office.browser.post(f"{path}/fin", {"ends_on": today}))
    assert "La scolarité est enregistrée." in plain(gone)
    elsewhere = {"chosen": "ailleurs", "starts_on": today, "level": "ce1", "elsewhere": "École de Fontaine"}
    assert "École de Fontaine" in plain(await office.browser.landing(await office.browser.post(path, elsewhere)))
    nowhere = await office.browser.landing(await office.browser.post(path, {"chosen": "aucune", "starts_on": today}))
    assert "Hors école" in plain(nowhere)


async def test_the_whole_school_moves_up_and_back(town: Town, office: Office) -> None:
    """Preview with counts and who is in no class, one press, progress, report, and the way back; the second one is told who started it."""
    family = town.services["family"]
    await office.open()
    households = [(await town.parent())[1] for _ in range(3)]
    class_id = await office.class_id()
    for household in households[:2]:
        await office.place(household.children[0].child_id, class_id)
    await office.place(households[2].children[0].child_id, None)
    page = await office.post(f"{office.path}/passage")
    run = str(page.url.path)
    text = plain(page)
    assert "Sera placé : 2 élèves" in text
    assert "Sans classe : 1 élève" in text
    assert "1 élève n’a pas de classe cette année" in text
    step = f"step.{class_id}.ce1"
    assert f'name="{step}"' in page.text
    undecided = await office.browser.landing(await office.browser.post(run, {step: "", "action": "start"}))
    assert "rien ne dit ce que devient leur classe" in plain(undecided)
    next_id = await office.class_id("CE2 A", office.year + 1)
    lone = households[2].children[0].child_id
    own = await office.browser.landing(await office.browser.post(f"{run}/eleves/{lone}", {"way": "leaves"}))
    assert "Quitte l’école : 1 élève" in plain(own)
    start = {step: f"moves_up:{next_id}", "action": "start"}
    started = await office.browser.landing(await office.browser.post(run, start))
    assert "Le passage est lancé." in plain(started)
    assert "En cours" in plain(started)
    second = await town.agent(Role.DIRECTOR)
    await second.get(run)
    again = plain(await second.landing(await second.post(run, start)))
    assert "déjà lancé" in again
    assert "Lancé par Camille Marchand" in again
    # The job waits while too much waits to be published.
    await town.settle()
    await family.db.execute("delete from outbox")
    await family.run_job("class_changes")
    done = plain(await office.browser.get(run))
    assert "Placé : 2 élèves" in done
    assert "Terminé" in done
    report = (await office.browser.get(f"{run}/tableau")).content.decode("utf-8-sig")
    assert report.count("CE2 A") == 2
    assert "Quitte l’école" in report
    undone = await office.browser.landing(await office.browser.post(f"{run}/annulation", {}))
    assert "Placement annulé : 2 élèves" in plain(undone)


async def test_another_site_s_agent_finds_no_school(town: Town, office: Office) -> None:
    await office.open()
    elsewhere = await town.agent(Role.SITE, sites=["maison"], has_every_site=False)
    assert office.code not in (await elsewhere.get("/agents/ecoles")).text
    for path in (office.path, f"{office.path}/eleves", f"{office.path}/eleves/tableau"):
        assert (await elsewhere.get(path)).status_code == 404, path


async def test_two_children_of_one_name_are_told_apart_wherever_one_chooses(town: Town) -> None:
    """Birth dates of both in the sheet, in the list of who may be added, among requests and in search; the class where it is known."""
    booking = town.booking
    name = f"Emma M{uuid4().hex[:6].translate(str.maketrans('0123456789', 'ghijklmnop'))}"
    one, two, three = [await booking.family(name) for _ in range(3)]
    activity_id = await booking.activity(cutoff=UNTIL_MIDNIGHT)
    (slot_id,) = await booking.open(activity_id, 0)
    for family in (one, two, three):
        await booking.enroll(family, activity_id)
    for family in (one, two):
        await booking.book(family, slot_id)
    await booking.service.deliver(_in_class(one.child_id, await booking.today()))
    agent = await town.agent(Role.SITE, Role.FRONT_DESK)
    sheet = plain(await agent.get(f"/agents/pointage/{slot_id}"))
    first, last = name.split(" ")
    assert re.search(rf"{first} {last.upper()} \(naissance le [0-9/]+, CE1 A\)", sheet)
    assert len(set(re.findall(rf"{first} {last.upper()} \(naissance le ([0-9/]+)", sheet))) >= 1
    choices = (await agent.get(f"/agents/pointage/{slot_id}")).text.partition('id="champ-child"')[2]
    assert f"{first} {last.upper()} (naissance le" in choices
    requests = plain(await agent.get("/agents/inscriptions", params={"etat": "validated"}))
    assert requests.count(f"{first} {last.upper()} (naissance le") == 3


def _in_class(child_id: UUID, day: date) -> SchoolingState:
    schooling = {
        "level": "ce1",
        "school_code": "tilleuls",
        "school_label": "École des Tilleuls",
        "class_id": str(uuid4()),
        "class_label": "CE1 A",
        "starts_on": str(day),
        "ends_on": str(day),
    }
    return SchoolingState.model_validate({"child_id": str(child_id), "schoolings": [schooling]})
