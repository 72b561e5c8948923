"""Schools, their classes, and where a child goes to school, day by day."""

import asyncio
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.timeline import Timeline
from contracts.family.school_events import SchoolingState, SchoolLevel
from services.family.schooling.domain import Place, ended, placed
from services.family.schools.domain import days_of, next_level, proposed_level, school_year_of
from tests.component.family.desk import Desk
from tests.component.family.school_office import SchoolOffice
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
def office(service: RunningService) -> SchoolOffice:
    return SchoolOffice(service)


async def states(service: RunningService, child_id: UUID) -> list[SchoolingState]:
    """What was published of where a child goes to school."""
    return [
        event for event in await service.outbox() if isinstance(event, SchoolingState) and event.child_id == child_id
    ]


def faults(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


async def test_a_child_changes_school_during_a_year(service: RunningService, desk: Desk, office: SchoolOffice) -> None:
    """Elsewhere until a day, then in a class of the town: both are read, published and noted; said again, nothing changes."""
    household = await desk.open()
    (child,) = household.children
    await office.school()
    class_id = await office.open_class("CE2 A", ["ce2"])
    assert (
        await office.place(child.child_id, "ce2", school_code=None, elsewhere="École de Fontaine")
    ).status_code == 200
    answer = await office.place(child.child_id, "ce2", class_id, starts_on="2026-11-09")
    assert answer.status_code == 200, answer.text
    assert [
        (item["school_label"], item["class_label"], item["starts_on"], item["ends_on"])
        for item in answer.json()["schoolings"]
    ] == [
        ("École de Fontaine", None, "2026-09-01", "2026-11-08"),
        ("École des Tilleuls", "CE2 A", "2026-11-09", "2027-08-31"),
    ]
    assert answer.json()["proposed_level"] == "ce2"
    mark = len(await service.outbox())
    await office.place(child.child_id, "ce2", class_id, starts_on="2026-11-09")
    assert len(await service.outbox()) == mark
    last = (await states(service, child.child_id))[-1]
    assert [item.class_label for item in last.schoolings] == [None, "CE2 A"]
    history = await office.read("/history", household_id=str(household.household_id))
    assert [entry["action"] for entry in history["items"]][:2] == ["schooling_changed", "schooling_changed"]
    ended_answer = await office.post(f"/children/{child.child_id}/schooling/end", {"ends_on": "2027-01-15"})
    assert ended_answer.json()["schoolings"][-1]["ends_on"] == "2027-01-15"
    after = await office.post(f"/children/{child.child_id}/schooling/end", {"ends_on": "2027-03-01"})
    assert faults(after) == [("/ends_on", "not_at_school")]


async def test_what_does_not_fit_is_refused_with_its_field(
    service: RunningService, desk: Desk, office: SchoolOffice
) -> None:
    (child,) = (await desk.open()).children
    await office.school()
    class_id = await office.open_class("CE1-CE2", ["ce1", "ce2"])
    next_id = await office.open_class("CP", ["cp"], year=2027)
    place = office.place
    assert faults(await place(child.child_id, "cp", class_id)) == [("/class_id", "level_not_of_class")]
    assert faults(await place(child.child_id, "cp", next_id)) == [("/class_id", "class_unknown")]
    assert faults(await place(child.child_id, "ulis")) == [("/level", "level_not_of_school")]
    assert faults(await place(child.child_id, "ce1", school_code="nulle-part")) == [("/school_code", "school_unknown")]
    assert faults(await place(child.child_id, "ce1", school_code=None)) == [("/school_code", "school_missing")]
    assert faults(await place(child.child_id, "ce1", elsewhere="Ailleurs")) == [("/elsewhere", "school_named_twice")]
    assert faults(await place(child.child_id, "out_of_school")) == [("/level", "out_of_school_has_none")]
    assert faults(await place(child.child_id, "tps", starts_on="2017-09-01", school_code=None, elsewhere="X")) == [
        ("/starts_on", "before_birth")
    ]
    assert (await place(uuid4(), "ce1", class_id)).status_code == 404
    answer = await place(child.child_id, "out_of_school", school_code=None)
    assert (answer.status_code, answer.json()["schoolings"][0]["school_label"]) == (200, None)


async def test_classes_are_opened_renamed_copied_and_closed(
    service: RunningService, desk: Desk, office: SchoolOffice
) -> None:
    """A name is of one class of a year, what it becomes is published of its pupils, and one with pupils is not closed."""
    (child,) = (await desk.open()).children
    await office.school()
    class_id = await office.open_class("CE1 A", ["ce1"])
    body = {"school_year": 2026, "label": "ce1  a", "levels": ["ce1"]}
    assert faults(await office.post("/schools/tilleuls/classes", body)) == [("/label", "class_label_taken")]
    body = {"school_year": 2026, "label": "ULIS", "levels": ["ulis"]}
    assert faults(await office.post("/schools/tilleuls/classes", body)) == [("/levels", "level_not_of_school")]
    await office.place(child.child_id, "ce1", class_id)
    changed = await office.put(f"/classes/{class_id}", {"label": "CE1 bleu", "levels": ["ce1"], "teacher": "Mme Aubry"})
    assert (changed.status_code, changed.json()["pupil_count"]) == (200, 1)
    assert (await states(service, child.child_id))[-1].schoolings[0].class_label == "CE1 bleu"
    await office.school(label="École Simone-Veil")
    assert (await states(service, child.child_id))[-1].schoolings[0].school_label == "École Simone-Veil"
    refused = await office.post(f"/classes/{class_id}/closing")
    assert (refused.status_code, refused.json()["code"], refused.json()["params"]) == (
        409,
        "class_has_pupils",
        {"count": 1},
    )
    for _ in range(2):
        copied = await office.post("/schools/tilleuls/classes/copies", {"school_year": 2026})
        assert [item["label"] for item in copied.json()["classes"]] == ["CE1 bleu"]
    await office.place(child.child_id, "ce1", None)
    closed = await office.post(f"/classes/{class_id}/closing")
    assert (closed.status_code, closed.json()["is_closed"]) == (200, True)
    assert faults(await office.place(child.child_id, "ce1", class_id)) == [("/class_id", "class_closed")]
    year = await office.read("/schools/tilleuls/years/2026")
    assert (year["unclassed_count"], [item["is_closed"] for item in year["classes"]]) == (1, [True])


async def test_pupils_are_listed_by_class_and_without_one(
    service: RunningService, desk: Desk, office: SchoolOffice
) -> None:
    household = await desk.open(
        children=[
            {"first_name": "Emma", "last_name": "Morel", "birth_on": "2018-03-02"},
            {"first_name": "Emma", "last_name": "Morel", "birth_on": "2018-09-14"},
            {"first_name": "Ali", "last_name": "Zidane", "birth_on": "2018-01-01"},
        ]
    )
    await office.school()
    class_id = await office.open_class("CE1 A", ["ce1"])
    first, second, third = household.children
    await office.place(first.child_id, "ce1", class_id)
    await office.place(third.child_id, "ce1", class_id)
    await office.place(second.child_id, "ce1")
    pupils = "/schools/tilleuls/years/2026/pupils"
    page = await office.read(pupils, limit=2)
    assert [(item["birth_on"], item["class_label"]) for item in page["items"]] == [
        ("2018-03-02", "CE1 A"),
        ("2018-09-14", None),
    ]
    rest = await office.read(pupils, limit=2, cursor=page["next_cursor"])
    assert [item["last_name"] for item in rest["items"]] == ["Zidane"]
    assert {item["child_id"] for item in (await office.read(pupils, class_id=class_id))["items"]} == {
        str(first.child_id),
        str(third.child_id),
    }
    unclassed = await office.read(pupils, is_unclassed=True)
    assert [(item["birth_on"], item["household_id"]) for item in unclassed["items"]] == [
        ("2018-09-14", str(household.household_id))
    ]


async def test_who_reads_and_who_writes(service: RunningService, desk: Desk, office: SchoolOffice) -> None:
    """A guardian reads; an agent of another site knows of nothing, one of the school's site reads its pupils; the list of schools is the whole town's."""
    household = await desk.open()
    (child,) = household.children
    (adult,) = household.adults
    await office.school()
    await office.school("jaures", "École Jaurès")
    class_id = await office.open_class("CE1 A", ["ce1"])
    await office.place(child.child_id, "ce1", class_id)
    path = f"/children/{child.child_id}/schooling"
    parent, stranger = service.as_parent(adult.adult_id), service.as_parent(uuid4())
    assert (await office.get(path, parent)).json()["schoolings"][0]["class_label"] == "CE1 A"
    homes = await office.get(f"/households/{household.household_id}/schoolings", parent)
    assert [item["child_id"] for item in homes.json()["items"]] == [str(child.child_id)]
    assert (await office.get(path, stranger)).status_code == 404
    assert (await office.get(f"/households/{household.household_id}/schoolings", stranger)).status_code == 404
    here = service.as_agent(Role.DIRECTOR, sites=frozenset({"tilleuls"}))
    there = service.as_agent(Role.DIRECTOR, sites=frozenset({"jaures"}))
    assert [item["code"] for item in (await office.get("/schools", here)).json()["items"]] == ["tilleuls"]
    year = "/schools/tilleuls/years/2026"
    for known in (path, year, f"{year}/pupils"):
        assert (await office.get(known, here)).status_code == 200, known
        assert (await office.get(known, there)).status_code == 404, known
    body = {"starts_on": "2026-09-01", "level": "ce1", "school_code": "tilleuls", "class_id": None}
    assert (await office.put(path, body, there)).status_code == 404
    assert faults(await office.put(path, body | {"school_code": "jaures"}, here)) == [
        ("/school_code", "school_unknown")
    ]
    change = {"label": "CE1 B", "levels": ["ce1"]}
    assert (await office.put(f"/classes/{class_id}", change, there)).status_code == 404
    assert (await office.post(f"/classes/{class_id}/closing", headers=there)).status_code == 404
    assert (await office.post("/schools/tilleuls/classes", change | {"school_year": 2026}, there)).status_code == 404
    assert (await office.post("/schools/tilleuls/class-changes", {"school_year": 2026}, there)).status_code == 404
    assert (await office.put("/schools/neuve", {"label": "Neuve", "levels": ["cp"]}, here)).status_code == 403
    assert (await office.put(path, body, service.as_agent(Role.FINANCE))).status_code == 403


async def test_two_agents_put_a_child_in_two_classes_at_once(
    service: RunningService, desk: Desk, office: SchoolOffice
) -> None:
    """One place each day, and what was published last is what is there."""
    (child,) = (await desk.open()).children
    await office.school()
    ids = [await office.open_class(label, ["ce1"]) for label in ("CE1 A", "CE1 B", "CE1 C")]
    answers = await asyncio.gather(
        *(
            office.place(child.child_id, "ce1", class_id, starts_on=f"2026-{month}-01")
            for class_id in ids
            for month in ("09", "10", "12")
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    now = (await office.read(f"/children/{child.child_id}/schooling"))["schoolings"]
    assert (await states(service, child.child_id))[-1].model_dump(mode="json")["schoolings"] == now


def test_levels_are_proposed_by_the_year_of_birth() -> None:
    """Source: education code, L131-1: compulsory from the calendar year of the third birthday."""
    assert [proposed_level(date(year, 12, 31), 2026) for year in (2023, 2020, 2016)] == [
        SchoolLevel.PS,
        SchoolLevel.CP,
        SchoolLevel.CM2,
    ]
    assert (proposed_level(date(2015, 1, 1), 2026), proposed_level(date(2025, 1, 1), 2026)) == (None, None)
    assert (next_level(SchoolLevel.GS), next_level(SchoolLevel.CM2)) == (SchoolLevel.CP, None)
    assert next_level(SchoolLevel.ULIS) is SchoolLevel.ULIS


PLACES = st.tuples(
    st.booleans(), st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.sampled_from([UUID(int=n) for n in range(3)])
)


@given(st.lists(PLACES, max_size=12))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_child_is_in_one_class_at_most_on_a_day_and_never_past_its_year(
    entries: list[tuple[bool, date, UUID]],
) -> None:
    places: Timeline[Place] = Timeline()
    for is_end, day, class_id in entries:
        year = school_year_of(day)
        if is_end:
            after = ended(places, day)
            places = after if isinstance(after, Timeline) else places
        else:
            places = placed(places, Place(year, SchoolLevel.CE1, "tilleuls", None, class_id), day)
            assert places.at(day) == Place(year, SchoolLevel.CE1, "tilleuls", None, class_id)
        slices = list(places)
        assert all(one.during.last < two.during.first for one, two in pairwise(slices))
        assert all(
            item.during.first in days_of(item.value.school_year) and item.during.last in days_of(item.value.school_year)
            for item in slices
        )
