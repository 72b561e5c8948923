"""Importing households from a file: its report line by line, one confirmation, how far it has come, and the refused lines to correct and send again."""

import math
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.events import ImportColumn, ImportFinding
from contracts.family.imports import BODY_BYTES_MAX, LINES_MAX, ImportCreate, ImportFault, ImportLine
from contracts.family.imports_api import (
    confirm_household_import,
    list_household_imports,
    list_import_lines,
    propose_household_import,
    read_household_import,
)
from gateway.calls import Refused
from portal.frame.agents import agent_name
from portal.frame.exports import Column, export
from portal.frame.runs import Calls, Runs
from portal.frame.spaces import MenuLabel, action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

PATH: Final = "/agents/imports"
NEW_RUN: Final = Form(ImportCreate, "agents.imports", ("content", "is_updating", "is_inviting", "label"))
RUNS: Final = Runs(
    PATH, NEW_RUN, Calls(propose_household_import, read_household_import, list_import_lines), ImportFinding
)
TO_DO: Final = (ImportFinding.TO_OPEN, ImportFinding.TO_UPDATE, ImportFinding.TO_INVITE)
DONE: Final = (ImportFinding.OPENED, ImportFinding.UPDATED, ImportFinding.INVITED)


@page(PATH, entry=MenuLabel("agents.menu.imports", "family", list_household_imports))
async def runs_page(visit: Visit) -> Response[Any]:
    """The last imports, and the form of a new one."""
    runs = await visit.call(list_household_imports)
    return visit.page("agents/imports/runs.html.j2", {"runs": runs.items}, form=visit.form(NEW_RUN))


@action(PATH, body_max_bytes=BODY_BYTES_MAX)
async def propose(visit: Visit) -> Response[Any]:
    """Have a file looked at; nothing is opened yet."""
    return await RUNS.propose(visit, runs_page)


@page(f"{PATH}/{{run_id:uuid}}")
async def run_page(visit: Visit, run_id: UUID) -> Response[Any]:
    """An import: what its lines come to, the button that confirms it, and how far it has come."""
    run, lines, context = await RUNS.look(visit, run_id)
    left = run.households(*TO_DO)
    context |= {
        "lines": [(line, _reasons(visit, line.faults)) for line in lines.items],
        "to_do_count": left,
        "done_count": run.households(*DONE),
        "looked_at": run.line_count - sum(item.line_count for item in run.findings if item.finding == "waiting"),
        "minutes": max(1, math.ceil(left / run.per_minute)),
        "has_refused": bool(run.households(ImportFinding.REFUSED)),
        "confirmed_by": await agent_name(visit, run.confirmed_by) if run.confirmed_by else "",
    }
    return visit.page("agents/imports/run.html.j2", context, form=visit.form())


@action(f"{PATH}/{{run_id:uuid}}")
async def confirm(visit: Visit, run_id: UUID) -> Response[Any]:
    """Have the households opened that the import found."""
    try:
        await visit.call(confirm_household_import, run_id)
    except Refused as refused:
        facts = refused.problem.params
        form = visit.refused(refused)
        if refused.problem.code == "import_running":
            name = await agent_name(visit, UUID(facts["account_id"]))
            form = FormState(refusal=visit.portal.texts("agents.imports.running_by", label=facts["label"], name=name))
        return await show_again(visit, run_page, form, run_id=run_id)
    return visit.redirect(f"{PATH}/{run_id}", FlashNotice("success", "household_import_confirmed"))


@file(f"{PATH}/{{run_id:uuid}}/tableau")
async def run_file(visit: Visit, run_id: UUID) -> Response[Any]:
    """The report of an import, for a spreadsheet. What it says of refused lines, corrected, is a file to import again."""
    run = await visit.call(read_household_import, run_id)
    texts = visit.portal.texts
    columns: list[Column[ImportLine]] = [
        Column("agents.reports.line", lambda line: line.line_number),
        Column("agents.reports.finding", lambda line: texts(f"agents.imports.finding_of.{line.finding}")),
        Column("agents.imports.reason", lambda line: " / ".join(_reasons(visit, line.faults)) or None),
        Column("agents.imports.file_number", lambda line: line.reference),
        Column(
            f"agents.imports.column.{ImportColumn.HOUSEHOLD}",
            lambda line: line.cells.get(ImportColumn.HOUSEHOLD) or line.household_key,
        ),
        *(_said(visit, column) for column in ImportColumn if column is not ImportColumn.HOUSEHOLD),
    ]
    return await export(visit, f"import-{run.created_at:%Y-%m-%d}", columns, RUNS.report(visit, run_id), LINES_MAX)


def _said(visit: Visit, column: ImportColumn) -> Column[ImportLine]:
    """What a line says in a column. Why an address is secret is kept nowhere: sent again as it is, the file says all the same that it is."""
    again = visit.portal.texts("agents.imports.reason_again") if column is ImportColumn.SECRET_REASON else ""
    return Column(
        f"agents.imports.column.{column}", lambda line: line.cells[column] or again if column in line.cells else None
    )


def _reasons(visit: Visit, faults: Iterable[ImportFault]) -> list[str]:
    """What lines have against them, each with the name of its column."""
    texts, refusals = visit.portal.texts, visit.portal.refusals
    return [
        texts(
            "agents.imports.fault",
            column=texts(f"agents.imports.column.{fault.column}"),
            reason=refusals.field(f"/{fault.column}", fault.code, fault.params, "agents.imports"),
        )
        for fault in faults
    ]


PAGES = [runs_page, propose, run_page, confirm, run_file]
