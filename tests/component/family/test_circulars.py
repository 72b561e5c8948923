"""Circulars: a procedure that is sent to a group, who is written to and how often, and who answered."""

import asyncio
from pathlib import Path

import pytest

from services.family.erasure.commands import erase_household
from tests.component.family.circular_office import CODE, CircularOffice
from tests.component.family.delegating import OTHERS, codes, opened
from tests.component.family.desk import Desk
from tests.component.family.request_forms import RequestForms
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

FATHER, MOTHER = "eric.legoff", "anna"


@pytest.fixture
async def office(service: RunningService, desk: Desk, secrets_dir: Path) -> CircularOffice:
    made = CircularOffice(RequestForms(await opened(service, desk)), secrets_dir)
    await made.open()
    return made


async def test_each_adult_has_one_mail_for_all_children_however_often_it_is_sent(office: CircularOffice) -> None:
    preview = (await office.preview()).json()
    assert preview == {
        "child_count": 2,
        "household_count": 1,
        "line_count": 2,
        "answered_count": 0,
        "unreached_count": 0,
    }
    assert await office.own() == [], "a preview asks nobody"
    key = office.schools.headers | office.service.key()
    presses = [office.service.client.post("/circulars", json=office.body(), headers=key) for _ in range(2)]
    answers = await asyncio.gather(*presses)
    assert len({answer.json()["circular_id"] for answer in answers}) == 1, [answer.text for answer in answers]
    circular_id = answers[0].json()["circular_id"]
    assert await office.own() == [("Léa Le Goff", False), ("Tom Le Goff", False)]
    assert (await office.read(circular_id))["wanted_count"] == 2
    await asyncio.gather(office.work(), office.work())
    await office.work()
    assert await office.mailed() == [(FATHER, ("Léa", "Tom"), False), (MOTHER, ("Léa", "Tom"), False)]
    (letter, _) = await office.letters()
    assert (letter.label, str(letter.ends_on)) == ("Autorisations piscine et sorties", "2026-09-20")
    known = await office.read(circular_id)
    assert (known["line_count"], known["answered_count"], known["wanted_count"]) == (2, 0, 0)


async def test_who_answers_is_asked_no_more_and_the_others_are_reminded_by_themselves(office: CircularOffice) -> None:
    """Five days before the end, as the town says."""
    circular_id = await office.sent()
    await office.work()
    assert (await office.read(circular_id))["remind_on"] == "2026-09-15"
    begun = await office.requests.begun(CODE, person_id=office.children[1])
    assert await office.own() == [("Léa Le Goff", False), ("Tom Le Goff", True)]
    assert await office.own(office.requests.mother) == [("Léa Le Goff", False), ("Tom Le Goff", True)], (
        "a draft is its household’s"
    )
    assert (await office.answered(1))["request_id"] == begun
    assert await office.own(office.requests.mother) == [("Léa Le Goff", False)]
    assert await office.listed(circular_id) == [("Léa", "awaited"), ("Tom", "answered")]
    assert await office.listed(circular_id, state="awaited") == [("Léa", "awaited")]
    office.service.advance(days=13)
    await office.work()
    assert len(await office.mailed()) == 2, "the day has not come"
    office.service.advance(days=1)
    await asyncio.gather(office.work(), office.work())
    office.service.advance(days=1)
    await office.work()
    assert (await office.mailed())[2:] == [(FATHER, ("Léa",), True), (MOTHER, ("Léa",), True)]
    assert (await office.read(circular_id))["remind_on"] is None


async def test_a_reminder_by_hand_is_one_a_day_and_takes_the_place_of_that_day_s(office: CircularOffice) -> None:
    circular_id = await office.sent()
    await office.work()
    refused = await office.act(circular_id, "reminders")
    assert (refused.status_code, refused.json()["code"]) == (409, "circular_mailed_today")
    office.service.advance(days=14)
    answers = await asyncio.gather(*(office.act(circular_id, "reminders") for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert not (await office.read(circular_id))["is_remindable"]
    await office.work()
    await office.work()
    reminders = [letter for letter in await office.mailed() if letter[2]]
    assert reminders == [(FATHER, ("Léa", "Tom"), True), (MOTHER, ("Léa", "Tom"), True)]


async def test_who_comes_late_is_asked_once_and_nobody_else_again(office: CircularOffice, desk: Desk) -> None:
    circular_id = await office.sent(class_ids=[office.ce1])
    await office.work()
    other = await desk.open(**OTHERS)
    await office.schools.place(other.children[0].child_id, "ce1", office.ce1)
    await office.schools.place(office.children[1], "cp", office.cp)
    assert (await office.read(circular_id))["late_count"] == 1
    for _ in range(2):
        known = (await office.act(circular_id, "latecomers")).json()
        assert (known["late_count"], known["line_count"]) == (0, 2)
    await office.work()
    assert [letter[:2] for letter in await office.mailed()] == [
        (FATHER, ("Léa",)),
        (MOTHER, ("Léa",)),
        ("paul", ("Zoé",)),
    ]


async def test_an_adult_without_authority_is_neither_asked_nor_written_to(office: CircularOffice) -> None:
    home = office.requests.home
    await home.answers_for(str(office.children[0]), home.mother_id, "none")
    await office.sent()
    await office.work()
    assert await office.mailed() == [(FATHER, ("Léa", "Tom"), False), (MOTHER, ("Tom",), False)]
    assert await office.own(office.requests.mother) == [("Tom Le Goff", False)]


async def test_who_lost_authority_meanwhile_is_not_reminded(office: CircularOffice) -> None:
    """The rule is that of the day on which each mail is written."""
    circular_id = await office.sent()
    await office.work()
    home = office.requests.home
    for child_id in office.children:
        await home.answers_for(str(child_id), home.mother_id, "none")
    office.service.advance(days=1)
    await office.act(circular_id, "reminders")
    await office.work()
    assert (await office.mailed())[2:] == [(FATHER, ("Léa", "Tom"), True)]


async def test_an_answer_of_before_counts_from_the_day_that_the_agent_said(office: CircularOffice) -> None:
    await office.answered(0)
    office.service.advance(days=2)
    assert (await office.preview(since_on="2026-09-02")).json()["answered_count"] == 0
    assert (await office.preview(since_on="2026-09-01")).json()["answered_count"] == 1
    await office.sent()
    await office.work()
    assert await office.mailed() == [(FATHER, ("Tom",), False), (MOTHER, ("Tom",), False)]


async def test_what_is_closed_asks_nobody_any_more(office: CircularOffice) -> None:
    circular_id = await office.sent()
    for _ in range(2):
        assert (await office.act(circular_id, "closing")).status_code == 200
    await office.work()
    assert await office.mailed() == []
    assert await office.own() == []
    office.service.advance(days=1)
    for what in ("reminders", "latecomers"):
        assert (await office.act(circular_id, what)).json()["code"] == "circular_closed"


async def test_what_cannot_be_sent_is_refused_with_its_field(office: CircularOffice) -> None:
    assert codes(await office.send(code="attestation_paiement")) == [("/code", "circular_procedure_unfit")]
    assert codes(await office.send(code="creche_dossier")) == [("/code", "circular_procedure_unfit")]
    assert codes(await office.send(ends_on="2026-08-31", since_on="2026-09-02")) == [
        ("/ends_on", "circular_end_unlikely"),
        ("/since_on", "circular_since_unlikely"),
    ]
    assert codes(await office.send(school_year=2029)) == [("/school_year", "circular_year_unlikely")]
    other = await office.schools.open_class("CE1 A", ["ce1"], year=2027)
    assert codes(await office.send(class_ids=[other])) == [("/class_ids", "circular_class_unknown")]
    assert (await office.send(levels=["cm2"])).json()["code"] == "circular_empty"
    assert (await office.send(school_code="ailleurs")).status_code == 404


async def test_an_agent_of_a_school_sends_to_it_alone_and_reads_no_answers(office: CircularOffice) -> None:
    own = office.service.as_agent(Role.DIRECTOR, sites=frozenset({"tilleuls"}))
    elsewhere = office.service.as_agent(Role.DIRECTOR, sites=frozenset({"plateau"}))
    assert codes(await office.send(own, school_code=None)) == [("/school_code", "circular_school_missing")]
    assert (await office.send(elsewhere)).status_code == 404
    circular_id = (await office.send(own)).json()["circular_id"]
    everywhere = await office.sent(school_code=None)
    assert [item["circular_id"] for item in (await office.schools.read("/circulars"))["items"]] == [
        everywhere,
        circular_id,
    ]
    await office.answered(0)
    listed = (await office.schools.get(f"/circulars/{circular_id}/children", own)).json()["items"]
    assert [(item["state"], item["request_id"]) for item in listed] == [("answered", None), ("awaited", None)]
    for path in (f"/circulars/{everywhere}", f"/circulars/{everywhere}/children"):
        assert (await office.schools.get(path, own)).status_code == 404
    assert (await office.schools.get(f"/circulars/{circular_id}", elsewhere)).status_code == 404
    assert (await office.schools.get("/circulars", elsewhere)).json()["items"] == []


async def test_a_home_without_an_address_is_named_to_the_agent(office: CircularOffice, desk: Desk) -> None:
    other = await desk.open(
        guardian={"first_name": "Paul", "last_name": "Petit", "email": None}, children=OTHERS["children"]
    )
    await office.schools.place(other.children[0].child_id, "ce1", office.ce1)
    assert (await office.preview()).json()["unreached_count"] == 1
    circular_id = await office.sent()
    await office.work()
    assert ("Zoé", "unreached") in await office.listed(circular_id)
    assert (await office.read(circular_id))["unreached_count"] == 1


async def test_each_home_of_a_child_answers_for_itself(office: CircularOffice, desk: Desk) -> None:
    """What one home sent is the other's in no list and no mail, which it is asked for too."""
    anne = {"first_name": "Anne", "last_name": "Martin", "email": "anne@courriel.example"}
    second = await desk.open(guardian=anne, children=[], known_child_ids=[str(office.children[0])])
    other = office.service.as_parent(second.adults[0].adult_id)
    circular_id = await office.sent()
    await office.answered(0)
    assert await office.own() == [("Tom Le Goff", False)]
    assert await office.own(other) == [("Léa Le Goff", False)]
    await office.work()
    assert sorted(await office.mailed()) == [
        (MOTHER, ("Tom",), False),
        ("anne", ("Léa",), False),
        (FATHER, ("Tom",), False),
    ]
    assert await office.listed(circular_id) == [("Léa", "answered"), ("Léa", "awaited"), ("Tom", "awaited")]


async def test_an_erased_file_is_asked_no_more(office: CircularOffice, desk: Desk) -> None:
    circular_id = await office.sent()
    await office.work()
    household_id = office.requests.home.household.household_id
    async with office.service.db.transaction() as tx:
        await erase_household(tx, household_id)
    assert await office.listed(circular_id) == []
    assert (await office.read(circular_id))["line_count"] == 0


@pytest.mark.parametrize("is_written", [False, True])
async def test_nobody_is_written_to_after_the_last_day(office: CircularOffice, is_written: bool) -> None:
    """The job stood still: neither the question nor the reminder goes out for a day that is past."""
    circular_id = await office.sent()
    if is_written:
        await office.work()
    office.service.advance(days=20)
    for _ in range(2):
        await office.work()
    assert [letter[2] for letter in await office.mailed()] == ([False, False] if is_written else [])
    known = await office.read(circular_id)
    assert (known["wanted_count"], known["remind_on"]) == (0, None)


async def test_who_left_the_group_is_not_reminded(office: CircularOffice) -> None:
    await office.sent(class_ids=[office.ce1])
    await office.work()
    office.service.advance(days=1)
    await office.schools.place(office.children[0], "cp", office.cp)
    office.service.advance(days=13)
    for _ in range(2):
        await office.work()
    assert [letter[2] for letter in await office.mailed()] == [False, False]


async def test_a_page_counts_its_circulars_as_each_counts_itself(office: CircularOffice) -> None:
    circular_ids = {await office.sent(), await office.sent(class_ids=[office.ce1])}
    await office.answered(0)
    lines = {line["circular_id"]: line for line in (await office.schools.read("/circulars"))["items"]}
    assert lines.keys() == circular_ids
    for circular_id, line in lines.items():
        known = await office.read(circular_id)
        assert line == {name: known[name] for name in line}
    assert sorted((line["line_count"], line["answered_count"]) for line in lines.values()) == [(1, 1), (2, 1)]


async def test_a_procedure_that_cannot_be_begun_any_more_is_asked_of_nobody(office: CircularOffice) -> None:
    """The agent published a version that closed: whoever follows the mail would find nothing to fill in."""
    await office.sent()
    assert len(await office.own()) == 2
    published = await office.schools.read(f"/procedures/{CODE}")
    text = published["text"].replace("delay_days = 30\n", "delay_days = 30\ncloses_on = 2026-08-31\n")
    answer = await office.schools.post("/procedures", {"text": text, "after_version": published["version"]})
    assert answer.status_code == 200, answer.text
    assert await office.own() == []
