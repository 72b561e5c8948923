"""A procedure is sent to a group with plain forms: previewed, sent, answered by a family from its home page, reminded, extended and closed."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.family.schools.domain import school_year_of
from tests.component.gateway.browser import Browser, words
from tests.component.gateway.test_request_pages import begin, fill
from tests.component.gateway.test_school_pages import Office, plain
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PATH = "/agents/envois"
NEW = f"{PATH}/nouveau"
CODE = "autorisations_piscine"
ANSWERS = ({"piscine": "yes", "sait_nager": "un_peu"}, {"sorties": "yes", "accompagner": "no", "lu": "yes"})


class Sender:
    """A director who sends a procedure to a school of their own, with a pupil whose parent reads."""

    def __init__(self, office: Office, today: date) -> None:
        self.office, self.browser, self.today = office, office.browser, today
        self.group = {"demarche": CODE, "ecole": office.code, "annee": str(office.year)}

    async def post(self, **fields: Any) -> Any:
        """The page after a press in the form of a circular."""
        await self.browser.get(NEW, params=self.group)
        days = {"ends_on": str(self.today + timedelta(days=14)), "since_on": str(self.today)}
        return await self.browser.landing(await self.browser.post(NEW, {**self.group, **days, **fields}))


@pytest.fixture
async def sender(town: Town) -> Sender:
    today = await town.booking.today()
    office = Office(town, await town.agent(Role.DIRECTOR), school_year_of(today))
    await office.open()
    return Sender(office, today)


async def test_a_group_is_asked_and_a_family_answers_from_its_home(town: Town, sender: Sender) -> None:
    parent, household = await town.parent()
    child = household.children[0]
    await sender.office.place(child.child_id, await sender.office.class_id())
    first = await sender.browser.get(NEW)
    assert "Autorisations piscine et sorties" in words(first)
    preview = await sender.post(step="preview", levels=["ce1"])
    assert "1 enfant, 1 foyer" in plain(preview)
    assert 'value="ce1" checked' in preview.text.replace("\n", " "), "what was chosen stays"
    assert "À remplir" not in words(await parent.get("/mon-accueil")), "a preview asks nobody"
    followed = await sender.post(step="send", levels=["ce1"])
    address = str(followed.url.path)
    assert "L’envoi est lancé" in words(followed)
    assert child.first_name in words(followed)
    for page in ("/mon-accueil", "/mes-demarches"):
        shown = await parent.get(page)
        assert f"Autorisations piscine et sorties – {child.first_name}" in words(shown)
        assert "À remplir au plus tard le" in words(shown)
        assert f"/mes-demarches/nouvelle/{CODE}?enfant={child.child_id}" in shown.text
    chosen = await parent.get(f"/mes-demarches/nouvelle/{CODE}?enfant={child.child_id}")
    assert f'value="{child.child_id}" checked' in chosen.text
    request = await begin(parent, CODE, str(child.child_id))
    await fill(parent, request, ANSWERS)
    await parent.get(f"{request}/envoi")
    await parent.done(f"{request}/envoi")
    assert "À remplir au plus tard le" not in words(await parent.get("/mon-accueil"))
    answered = await sender.browser.get(f"{address}?etat=answered")
    assert child.first_name in words(answered)
    assert request.rpartition("/")[2] in answered.text, "the answer is one press away"
    assert child.first_name not in words(await sender.browser.get(f"{address}?etat=awaited"))


async def test_who_did_not_answer_is_listed_for_a_spreadsheet_and_reminded_the_next_day(
    town: Town, sender: Sender
) -> None:
    _, household = await town.parent()
    child = household.children[0]
    await sender.office.place(child.child_id, await sender.office.class_id())
    address = str((await sender.post(step="send")).url.path)
    file = await sender.browser.get(f"{address}/tableau?etat=awaited")
    assert file.headers["content-type"].startswith("text/csv")
    assert child.first_name in file.text
    assert "Sans réponse" in file.text
    page = await sender.browser.get(address)
    assert "Relancer pour" not in words(page)
    refused = await sender.browser.submit(f"{address}/relance")
    assert "Une relance par jour au plus" in plain(refused)
    _, other = await town.parent()
    await sender.office.place(other.children[0].child_id, await sender.office.class_id())
    late = await sender.browser.get(address)
    assert "1 enfant a rejoint ce groupe depuis" in plain(late)
    added = await sender.browser.submit(f"{address}/arrivees")
    assert "Les familles arrivées depuis sont sollicitées" in words(added)
    assert "2 enfants, 2 foyers" in plain(added)
    closed = await sender.browser.submit(f"{address}/fin")
    assert "L’envoi est clos" in words(closed)
    assert "Clos" in words(await sender.browser.get(PATH))


async def test_a_choice_that_asks_nobody_and_a_wrong_day_are_said_with_what_was_typed(sender: Sender) -> None:
    nobody = await sender.post(step="preview", levels=["ce2"])
    assert "Personne n’est concerné" in plain(nobody)
    assert 'value="send"' not in nobody.text
    past = await sender.post(step="send", levels=["ce1"], ends_on="2020-01-01")
    assert "Choisissez une date limite" in words(past)
    assert 'value="2020-01-01"' in past.text
    assert 'value="ce1" checked' in past.text.replace("\n", " ")


async def test_the_front_desk_follows_nothing_and_a_family_neither(town: Town) -> None:
    desk, (parent, _) = await town.agent(Role.FRONT_DESK), await town.parent()
    visitors: tuple[Browser, Browser] = (desk, parent)
    for browser in visitors:
        for path in (PATH, NEW, f"{PATH}/{uuid4()}"):
            assert (await browser.get(path)).status_code in (403, 404), path
