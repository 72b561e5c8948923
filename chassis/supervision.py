"""The supervisor: runs the background parts of a process, and starts a part again that ended although nobody stopped it.

Restart strategy: one for one, after a pause that doubles with every death up to a limit. Intensity: a part that died too often within
a period is given up, and the process ends (`Health.is_over`), so that whoever runs it starts a new one. Each death is counted
(`part_deaths_total`) and logged. `while_alive` takes in the tasks of a library, which hides them: work goes on while they live.
The words are those of Erlang's supervisors.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from chassis.telemetry import PART_DEATHS

LOOK_SECONDS = 1.0
REPLACEMENT_SECONDS = 0.1
"""How long an ended task may stand before it counts as dead: a library takes a moment to put the next one in its place."""

INSIST_SECONDS = 25.0
"""After how long a part that was told to end is told again: longer than any takes to clear up. A library may have lost the first word."""

T = TypeVar("T")
Work = Callable[[], Coroutine[Any, Any, None]]
Tasks = Callable[[], Mapping[str, "asyncio.Task[Any]"]]

log = structlog.get_logger()


class PartDied(Exception):
    """A part ended that should run as long as its process; the message names it."""


@dataclass(frozen=True, slots=True)
class Intensity:
    """How often a part may die within a period before it is given up, and how long it rests before it is started again."""

    deaths_max: int = 5
    period_seconds: float = 60.0
    first_pause_seconds: float = 0.5
    pause_seconds_max: float = 8.0


class Supervisor:
    """Keeps parts running until it is stopped."""

    def __init__(self, intensity: Intensity | None = None) -> None:
        self._intensity = intensity or Intensity()
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._is_stopping = False
        self.given_up: list[str] = []
        """The parts that could not be kept running: the process is over."""

    def start(self, part: str, work: Work) -> None:
        """Run `work`, and run it again whenever it ends by itself, by an exception or without one."""
        keeper = asyncio.create_task(self._keep(part, work), name=f"keeper of {part}")
        keeper.add_done_callback(lambda _keeper: self._give_up(part))
        self._keepers[part] = keeper

    async def stop(self) -> None:
        """End every part, and wait until it has cleared up."""
        self._is_stopping = True
        for keeper in self._keepers.values():
            keeper.cancel()
        await asyncio.gather(*self._keepers.values(), return_exceptions=True)

    async def _keep(self, part: str, work: Work) -> None:
        deaths: deque[float] = deque(maxlen=self._intensity.deaths_max)
        loop = asyncio.get_running_loop()
        while True:
            # A task of its own: what cancels it by mistake does not end the keeper.
            working = asyncio.create_task(work(), name=part)
            try:
                await asyncio.wait({working})
            finally:
                while not working.done():
                    working.cancel()
                    await asyncio.wait({working}, timeout=INSIST_SECONDS)
            if self._is_stopping:
                return
            note_death(part, _error_of(working))
            deaths.append(loop.time())
            if len(deaths) == deaths.maxlen and deaths[-1] - deaths[0] <= self._intensity.period_seconds:
                return
            recent = sum(loop.time() - death <= self._intensity.period_seconds for death in deaths)
            pause = self._intensity.first_pause_seconds * 2 ** (recent - 1)
            await asyncio.sleep(min(pause, self._intensity.pause_seconds_max))

    def _give_up(self, part: str) -> None:
        if not self._is_stopping:
            self.given_up.append(part)
            log.critical("part is given up, the process ends", name=part)


def note_death(part: str, error: BaseException | None) -> None:
    """Count and log that a part died; with the name of the library's task that took it along, if one did."""
    name = f"{part} {error}" if isinstance(error, PartDied) else part
    PART_DEATHS.labels(name).inc()
    cause = error.__cause__ if isinstance(error, PartDied) else error
    log.error("part died", name=name, cause=type(cause).__name__ if cause else "it returned", exc_info=cause)


async def while_alive(tasks: Tasks, work: Coroutine[Any, Any, T]) -> T:
    """Do `work` while the tasks that it depends on live; `tasks` names those of the moment, which a library may replace.

    Raises:
        PartDied: one of them ended and was not replaced, whatever became of the work.
    """
    working = asyncio.create_task(work)
    try:
        while True:
            waited = {working, *tasks().values()}
            await asyncio.wait(waited, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            await _raise_for_dead(tasks)
            if working.done():
                return working.result()
    finally:
        if not working.done():
            working.cancel()
            await asyncio.wait({working})
        _error_of(working)  # unless it is read, the event loop logs an error that is raised here already


async def _raise_for_dead(tasks: Tasks) -> None:
    ended = {name: task for name, task in tasks().items() if task.done()}
    if not ended:
        return
    await asyncio.sleep(REPLACEMENT_SECONDS)
    now = tasks()
    for name, task in ended.items():
        if now.get(name) is task:
            raise PartDied(name) from _error_of(task)


def _error_of(task: "asyncio.Task[Any]") -> BaseException | None:
    return asyncio.CancelledError() if task.cancelled() else task.exception()
