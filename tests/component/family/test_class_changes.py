"""Changes of classes of a whole school: proposed, corrected, started once, interrupted, and taken back as a whole."""

import asyncio
from datetime import date
from typing import Any

import pytest

from contracts.family.school_events import SchoolingState
from services.family.class_changes import commands
from tests.component.family.desk import Desk
from tests.component.family.school_office import SchoolOffice
from tests.support.roles import Role, agent_of
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio
CLASS_SIZES = {"CP A": 27, "CP B": 27}


@pytest.fixture
def office(service: RunningService) -> SchoolOffice:
    return SchoolOffice(service)


async def after_counts(service: RunningService) -> dict[str, int]:
    """How many children are in each class of the next year."""
    rows = await service.db.fetch(
        "select c.label, count(distinct s.child_id) as n from schoolings s join classes c using (class_id)"
        " where s.school_year = 2027 group by c.label"
    )
    return {row["label"]: row["n"] for row in rows}


async def whole_school(service: RunningService, desk: Desk, office: SchoolOffice) -> Any:
    """812 pupils in 29 classes of 28, and four in none; each class goes to that of its name in the next year."""
    household = await desk.open()
    await office.school()
    for number in range(29):
        class_id = await office.open_class(f"CE1 {number:02}", ["ce1"])
        await office.open_class(f"CE2 {number:02}", ["ce2"], year=2027)
        await office.many(household.household_id, 28, "ce1", class_id)
    await office.many(household.household_id, 4, "ce1", None)
    return await office.prepare()


async def test_812_children_change_class_once_however_often_it_is_started(
    service: RunningService, desk: Desk, office: SchoolOffice
) -> None:
    """Two agents start it at once, a third one afterwards, and two processes work on it: each of 812 children is in one class, those without one are listed."""
    run = await whole_school(service, desk, office)
    assert await office.outcomes(run) == {"to_move": 812, "unclassed": 4}
    path = f"/class-changes/{run['run_id']}/confirmation"
    others = [service.as_actor(agent_of(Role.DIRECTOR)) for _ in range(2)]
    answers = await asyncio.gather(*(office.post(path, headers=headers) for headers in others))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len({answer.json()["confirmed_by"] for answer in answers}) == 1
    await asyncio.gather(office.work(), office.work())
    late = await office.post(path)
    assert (late.json()["status"], late.json()["confirmed_by"]) == ("done", answers[0].json()["confirmed_by"])
    again = await office.post("/schools/tilleuls/class-changes", {"school_year": 2026})
    assert again.json()["run_id"] == run["run_id"]
    await office.work()
    assert await office.outcomes(run) == {"moved": 812, "unclassed": 4}
    assert await after_counts(service) == {f"CE2 {number:02}": 28 for number in range(29)}
    unclassed = await office.read(f"/class-changes/{run['run_id']}/pupils", outcome="unclassed")
    assert len(unclassed["items"]) == 4
    published = [event for event in await service.outbox() if isinstance(event, SchoolingState)]
    assert len({event.child_id for event in published}) == len(published) == 812
    doubled = "select count(*) from (select child_id from schoolings where school_year = 2027 group by 1 having count(*) > 1) d"
    assert await service.db.fetchval(doubled) == 0


async def test_a_change_that_is_killed_goes_on_where_it_stopped(
    service: RunningService, desk: Desk, office: SchoolOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies in the middle of some pupils, twice: what was committed stays, the rest follows, nobody is moved twice."""
    run = await whole_school(service, desk, office)
    await office.post(f"/class-changes/{run['run_id']}/confirmation")

    async def killed(*_: Any) -> None:
        raise asyncio.CancelledError

    for _ in range(2):
        assert await commands.work(service.db)
        monkeypatch.setattr(commands, "publish_schoolings", killed)
        with pytest.raises(asyncio.CancelledError):
            await commands.work(service.db)
        monkeypatch.undo()
    assert await office.outcomes(run) == {"moved": 50, "to_move": 762, "unclassed": 4}
    assert sum((await after_counts(service)).values()) == 50
    await office.work()
    assert await office.outcomes(run) == {"moved": 812, "unclassed": 4}
    published = [event for event in await service.outbox() if isinstance(event, SchoolingState)]
    assert len({event.child_id for event in published}) == len(published) == 812


async def test_steps_of_classes_and_of_single_pupils(service: RunningService, desk: Desk, office: SchoolOffice) -> None:
    """A class of two levels goes two ways, the last level leaves, one repeats, one leaves, one without a class gets one; what is undecided is asked for."""
    household = await desk.open()
    await office.school()
    ce1 = await office.open_class("CE1 A", ["ce1"])
    both = await office.open_class("CE1-CE2", ["ce1", "ce2"])
    last = await office.open_class("CM2", ["cm2"])
    next_ce1 = await office.open_class("CE1", ["ce1"], year=2027)
    next_ce2 = await office.open_class("CE2 A", ["ce2"], year=2027)
    other_ce2 = await office.open_class("CE2 B", ["ce2"], year=2027)
    next_cm1 = await office.open_class("CM1", ["cm1"], year=2027)
    many = office.many
    first, second, _ = await many(household.household_id, 3, "ce1", ce1)
    await many(household.household_id, 2, "ce1", both)
    await many(household.household_id, 2, "ce2", both)
    await many(household.household_id, 5, "cm2", last)
    (alone,) = await many(household.household_id, 1, "ce1", None)
    run = await office.prepare()
    path = f"/class-changes/{run['run_id']}"
    steps = {(step["class_label"], step["level"]): (step["kind"], step["to_class_label"]) for step in run["steps"]}
    assert steps == {
        ("CE1 A", "ce1"): ("moves_up", "CE2 A"),
        ("CE1-CE2", "ce1"): ("undecided", None),
        ("CE1-CE2", "ce2"): ("moves_up", "CM1"),
        ("CM2", "cm2"): ("leaves", None),
    }
    refused = await office.post(f"{path}/confirmation")
    assert (refused.status_code, refused.json()["code"]) == (409, "class_steps_missing")
    assert refused.json()["params"] == {"count": 2}
    step = {"class_id": both, "level": "ce1", "kind": "moves_up", "to_class_id": next_cm1}
    refused = await office.put(f"{path}/steps", {"steps": [step]})
    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [
        ("/steps/0/to_class_id", "level_not_of_class")
    ]
    assert (await office.put(f"{path}/steps", {"steps": [step | {"to_class_id": other_ce2}]})).status_code == 200
    for child_id, body in (
        (first, {"kind": "repeats", "to_class_id": next_ce1}),
        (second, {"kind": "leaves"}),
        (alone, {"kind": "moves_up", "to_class_id": next_ce2}),
    ):
        answer = await office.put(f"{path}/pupils/{child_id}", body)
        assert answer.status_code == 200, answer.text
    assert await office.outcomes(run) == {"to_move": 7, "leaves": 6}
    await office.post(f"{path}/confirmation")
    started = await office.put(f"{path}/pupils/{first}", {"kind": None})
    assert (started.status_code, started.json()["code"]) == (409, "class_change_started")
    await office.work()
    assert await after_counts(service) == {"CE1": 1, "CE2 A": 2, "CE2 B": 2, "CM1": 2}
    lines = (await office.read(f"{path}/pupils", limit=100))["items"]
    own = {line["child_id"]: (line["own_kind"], line["outcome"]) for line in lines if line["own_kind"]}
    assert own == {
        str(first): ("repeats", "moved"),
        str(second): ("leaves", "leaves"),
        str(alone): ("moves_up", "moved"),
    }


async def test_what_an_agent_said_of_a_child_meanwhile_counts(
    service: RunningService, desk: Desk, office: SchoolOffice
) -> None:
    """One whose next year is known stays there, one who left the class between start and work is not moved."""
    household = await desk.open()
    await office.school()
    class_id = await office.open_class("CE1", ["ce1"])
    await office.open_class("CE2", ["ce2"], year=2027)
    known, gone, _ = await office.many(household.household_id, 3, "ce1", class_id)
    run = await office.prepare()
    await office.place(known, "ce2", school_code=None, elsewhere="Privée", starts_on="2027-09-01")
    assert await office.outcomes(run) == {"to_move": 2, "known": 1}
    await office.post(f"/class-changes/{run['run_id']}/confirmation")
    await office.place(gone, "ce1", school_code=None, elsewhere="Ailleurs", starts_on="2027-06-20")
    await office.work()
    assert await office.outcomes(run) == {"moved": 1, "known": 1, "changed": 1}


async def test_a_change_is_taken_back_as_a_whole_or_not_at_all(
    service: RunningService, desk: Desk, office: SchoolOffice
) -> None:
    """Not while it works, nor once something else is said of one pupil; whoever asks twice takes it back once, and it may be started anew."""
    household = await desk.open()
    await office.school()
    class_id = await office.open_class("CE1", ["ce1"])
    next_id = await office.open_class("CE2", ["ce2"], year=2027)
    children = await office.many(household.household_id, 30, "ce1", class_id)
    run = await office.prepare()
    path = f"/class-changes/{run['run_id']}"
    early = await office.post(f"{path}/undoing")
    assert (early.status_code, early.json()["code"]) == (409, "class_change_running")
    await office.post(f"{path}/confirmation")
    await office.work()
    assert (await office.read(path))["is_undoable"]
    await office.place(children[0], "ce2", None, starts_on="2027-09-01")
    refused = await office.post(f"{path}/undoing")
    assert (refused.json()["code"], refused.json()["params"]) == ("class_change_overwritten", {"count": 1})
    assert not (await office.read(path))["is_undoable"]
    await office.place(children[0], "ce2", next_id, starts_on="2027-09-01")
    answers = await asyncio.gather(*(office.post(f"{path}/undoing") for _ in range(2)))
    assert [(answer.status_code, answer.json()["status"]) for answer in answers] == [(200, "undone")] * 2
    assert await after_counts(service) == {}
    assert await office.outcomes(run) == {"undone": 30}
    last = {event.child_id: event for event in await service.outbox() if isinstance(event, SchoolingState)}
    assert all(len(last[child_id].schoolings) == 1 for child_id in children)
    fresh = await office.prepare()
    assert fresh["run_id"] != run["run_id"]
    assert await office.outcomes(fresh) == {"to_move": 30}


async def test_a_change_is_of_the_year_that_ends_and_is_forgotten_when_the_next_one_is_over(
    service: RunningService, desk: Desk, office: SchoolOffice
) -> None:
    await desk.open()
    await office.school()
    refused = await office.post("/schools/tilleuls/class-changes", {"school_year": 2028})
    assert [fault["code"] for fault in refused.json()["errors"]] == ["class_change_year"]
    run = await office.prepare()
    await office.post(f"/class-changes/{run['run_id']}/confirmation")
    await office.work()
    await service.run_job("forget_class_changes")
    assert (await office.get(f"/class-changes/{run['run_id']}")).status_code == 200
    office.be_on(date(2028, 8, 1))
    await service.run_job("forget_class_changes")
    assert (await office.get(f"/class-changes/{run['run_id']}")).status_code == 404
