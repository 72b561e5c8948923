"""A supervised part that ends is started again, counted and, when that does not help, given up; what is stopped is left alone."""

import asyncio
from uuid import uuid4

import pytest

from chassis import supervision
from chassis.supervision import Intensity, PartDied, Supervisor, while_alive
from chassis.telemetry import PART_DEATHS
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio

SHORT = Intensity(deaths_max=3, first_pause_seconds=0.001, pause_seconds_max=0.004)


def deaths(part: str) -> float:
    """How often a part was counted as dead."""
    return float(PART_DEATHS.labels(part)._value.get())


class Probe:
    """A part that runs until it is told how to end."""

    def __init__(self) -> None:
        self.name = f"probe {uuid4()}"
        self.runs = 0
        self.is_broken = False
        self.was_cleared = False

    async def work(self) -> None:
        self.runs += 1
        if self.is_broken:
            raise ZeroDivisionError
        try:
            await asyncio.Event().wait()
        finally:
            self.was_cleared = True

    @property
    def task(self) -> "asyncio.Task[None]":
        (task,) = [task for task in asyncio.all_tasks() if task.get_name() == self.name]
        return task


async def test_a_part_that_is_cancelled_is_started_again_and_counted() -> None:
    probe, supervisor = Probe(), Supervisor(SHORT)
    supervisor.start(probe.name, probe.work)
    await eventually(lambda: probe.runs == 1)
    probe.task.cancel()
    await eventually(lambda: probe.runs == 2)
    assert deaths(probe.name) == 1
    await supervisor.stop()
    assert (probe.runs, supervisor.given_up, deaths(probe.name)) == (2, [], 1)


async def test_a_part_that_returns_has_died() -> None:
    name, supervisor = f"probe {uuid4()}", Supervisor(SHORT)
    supervisor.start(name, lambda: asyncio.sleep(0))
    await eventually(lambda: supervisor.given_up == [name])
    assert deaths(name) == SHORT.deaths_max


async def test_a_part_that_dies_too_often_is_given_up_and_the_others_go_on() -> None:
    broken, well, supervisor = Probe(), Probe(), Supervisor(SHORT)
    broken.is_broken = True
    supervisor.start(broken.name, broken.work)
    supervisor.start(well.name, well.work)
    await eventually(lambda: supervisor.given_up == [broken.name])
    assert (broken.runs, deaths(broken.name)) == (3, 3)
    assert (well.runs, well.task.done()) == (1, False)
    await supervisor.stop()


async def test_deaths_that_lie_apart_are_never_too_many() -> None:
    name, died = f"probe {uuid4()}", 0

    async def work() -> None:
        nonlocal died
        died += 1

    supervisor = Supervisor(Intensity(deaths_max=2, period_seconds=0.0, first_pause_seconds=0.001))
    supervisor.start(name, work)
    await eventually(lambda: died >= 6)
    assert supervisor.given_up == []
    await supervisor.stop()


async def test_a_keeper_that_is_cancelled_ends_the_process_too() -> None:
    probe, supervisor = Probe(), Supervisor(SHORT)
    supervisor.start(probe.name, probe.work)
    await eventually(lambda: probe.runs == 1)
    (keeper,) = [task for task in asyncio.all_tasks() if task.get_name() == f"keeper of {probe.name}"]
    keeper.cancel()
    await eventually(lambda: supervisor.given_up == [probe.name])


async def test_a_stop_waits_until_each_part_has_cleared_up() -> None:
    probe, supervisor = Probe(), Supervisor(SHORT)
    supervisor.start(probe.name, probe.work)
    await eventually(lambda: probe.runs == 1)
    await supervisor.stop()
    assert (probe.was_cleared, supervisor.given_up, deaths(probe.name)) == (True, [], 0)


async def test_work_ends_with_a_task_that_it_depends_on() -> None:
    async def break_down() -> None:
        raise ZeroDivisionError

    probe = Probe()
    tasks = {"metadata": asyncio.create_task(break_down()), "fetcher": asyncio.create_task(probe.work())}
    with pytest.raises(PartDied, match="metadata") as raised:
        await while_alive(lambda: tasks, probe.work())
    assert isinstance(raised.value.__cause__, ZeroDivisionError)
    assert probe.was_cleared
    tasks["fetcher"].cancel()


async def test_a_task_that_is_replaced_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.supervision.REPLACEMENT_SECONDS", 0.01)
    done = asyncio.Event()
    tasks = {"heartbeat": asyncio.create_task(asyncio.sleep(0))}

    def current() -> dict[str, "asyncio.Task[None]"]:
        shown = dict(tasks)
        if tasks["heartbeat"].done():
            tasks["heartbeat"] = asyncio.create_task(asyncio.sleep(60))
            done.set()
        return shown

    async def work() -> str:
        await done.wait()
        return "well"

    assert await while_alive(current, work()) == "well"
    tasks["heartbeat"].cancel()


async def test_a_death_is_counted_under_the_library_task_that_brought_it_about() -> None:
    name = f"probe {uuid4()}"

    async def work() -> None:
        raise PartDied("coordinator") from RuntimeError("closed")

    supervisor = Supervisor(SHORT)
    supervisor.start(name, work)
    await eventually(lambda: supervisor.given_up == [name])
    assert deaths(f"{name} coordinator") == SHORT.deaths_max


async def test_a_part_that_lost_the_word_to_end_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "INSIST_SECONDS", 0.01)
    has_begun, lost = asyncio.Event(), []

    async def deaf_once() -> None:
        while True:
            has_begun.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if lost:
                    raise
                lost.append("the first word")

    supervisor = Supervisor(SHORT)
    supervisor.start(f"probe {uuid4()}", deaf_once)
    await has_begun.wait()
    async with asyncio.timeout(5):
        await supervisor.stop()
    assert lost
