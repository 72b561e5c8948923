"""Runs, as agents follow them: a list is sent and looked at, its report is read line by line and taken away, and it is confirmed once. An area adds what its
lines say:

    RUNS = Runs("/agents/imports", NEW_RUN, Calls(propose_household_import, read_household_import, list_import_lines), ImportFinding)
"""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from litestar import Response

from contracts.http import PAGE_SIZE_MAX, Page
from contracts.operation import Operation
from contracts.runs import Run, RunStatus
from gateway.calls import Refused, typed_as
from portal.frame.exports import can_export
from portal.frame.spaces import Screen, show_again
from portal.frame.visit import Visit
from portal.kit import Form

RunT = TypeVar("RunT", bound=Run)
LineT = TypeVar("LineT")
FindingT = TypeVar("FindingT", bound=StrEnum)

WORKING: Final = (RunStatus.EXAMINING, RunStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class Calls(Generic[RunT, LineT]):
    """What a service offers of its runs. `lines` takes the run, the finding that is asked for or None, a cursor, and how many."""

    propose: Operation[[Any], RunT]
    read: Operation[[UUID], RunT]
    lines: Operation[..., Page[LineT]]


@dataclass(frozen=True, slots=True)
class Runs(Generic[RunT, LineT, FindingT]):
    """The runs of an area, below its path. The form has the field `content` for a file."""

    path: str
    form: Form
    calls: Calls[RunT, LineT]
    findings: type[FindingT]

    async def propose(self, visit: Visit, runs_page: Screen) -> Response[Any]:
        """Have what was posted looked at, and lead to its report; what is refused is shown again by the page of its form."""
        typed = self.form.typed(visit.posted.values)
        body = self.form.body({name: value for name, value in typed.items() if name != "content"})
        if content := visit.posted.file("content"):
            body["content"] = b64encode(content)
        try:
            run = await visit.call(self.calls.propose, typed_as(self.form.model, body))
        except Refused as refused:
            return await show_again(visit, runs_page, visit.refused(refused, typed, self.form))
        return visit.redirect(f"{self.path}/{run.run_id}")

    async def look(self, visit: Visit, run_id: UUID) -> tuple[RunT, Page[LineT], dict[str, Any]]:
        """A run with a page of its report, and what each page of a run is given: run, finding, next_cursor, can_export, is_working."""
        finding = self.finding(visit)
        run, lines = await asyncio.gather(
            visit.call(self.calls.read, run_id), visit.call(self.calls.lines, run_id, finding, visit.cursor)
        )
        is_working = run.status in WORKING
        context = {"run": run, "finding": finding, "next_cursor": lines.next_cursor, "is_working": is_working}
        return run, lines, {**context, "can_export": can_export(visit)}

    def report(self, visit: Visit, run_id: UUID) -> Callable[[str | None], Awaitable[Page[LineT]]]:
        """The pages of a report by their cursors, with those lines that the address asks for."""
        return lambda cursor: visit.call(self.calls.lines, run_id, self.finding(visit), cursor, PAGE_SIZE_MAX)

    def finding(self, visit: Visit) -> FindingT | None:
        """Which lines of a report the address asks for."""
        asked = visit.query("constat")
        return self.findings(asked) if asked in tuple(self.findings) else None
