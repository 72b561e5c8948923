"""Inviting many families at once: a list or a choice, its report line by line, one confirmation, and how far the mails have come."""

import math
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.identity.events import InvitationFinding
from contracts.identity.invitation_runs import (
    BODY_BYTES_MAX,
    LINES_MAX,
    InvitationChoice,
    InvitationLine,
    InvitationRun,
    InvitationRunCreate,
)
from contracts.identity.invitation_runs_api import (
    confirm_invitation_run,
    list_invitation_lines,
    list_invitation_runs,
    propose_invitation_run,
    read_invitation_run,
)
from contracts.runs import RunStatus
from portal.frame.exports import Column, export, on_the_clock
from portal.frame.runs import Calls, Runs
from portal.frame.spaces import MenuLabel, action, file, page
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, Texts

PATH: Final = "/agents/invitations"
NEW_RUN: Final = Form(InvitationRunCreate, "agents.invitations", ("choice", "content", "label"))
RUNS: Final = Runs(
    PATH, NEW_RUN, Calls(propose_invitation_run, read_invitation_run, list_invitation_lines), InvitationFinding
)
ROWS_MAX: Final = 3 * LINES_MAX
"""Of a report: a line of the file that names a household has one for each of its adults."""


@page(PATH, entry=MenuLabel("agents.menu.invitations", "mail", list_invitation_runs))
async def runs_page(visit: Visit) -> Response[Any]:
    """The last runs, and the form of a new one."""
    texts = visit.portal.texts
    runs = await visit.call(list_invitation_runs)
    context = {
        "runs": runs.items,
        "choices": [(choice.value, texts(f"agents.invitations.choice_of.{choice}")) for choice in InvitationChoice],
        "lines_max": f"{LINES_MAX:,}".replace(",", "\u00a0"),
    }
    fresh = {"choice": InvitationChoice.FILE.value}
    return visit.page("agents/invitations/runs.html.j2", context, form=visit.form(NEW_RUN, fresh))


@action(PATH, body_max_bytes=BODY_BYTES_MAX)
async def propose(visit: Visit) -> Response[Any]:
    """Have a list, or a choice, looked at; nobody is invited yet."""
    return await RUNS.propose(visit, runs_page)


@page(f"{PATH}/{{run_id:uuid}}")
async def run_page(visit: Visit, run_id: UUID) -> Response[Any]:
    """A run: what its lines come to, the button that confirms it, and how far it has come."""
    run, lines, context = await RUNS.look(visit, run_id)
    to_invite = run.count(InvitationFinding.TO_INVITE)
    context |= {
        "lines": lines.items,
        "to_invite_count": to_invite,
        "requested_count": run.count(InvitationFinding.REQUESTED),
        "minutes": math.ceil(to_invite / run.per_minute),
    }
    return visit.page("agents/invitations/run.html.j2", context, form=visit.form())


@action(f"{PATH}/{{run_id:uuid}}")
async def confirm(visit: Visit, run_id: UUID) -> Response[Any]:
    """Have those invited whom the run found."""
    await visit.call(confirm_invitation_run, run_id)
    return visit.redirect(f"{PATH}/{run_id}", FlashNotice("success", "invitation_run_confirmed"))


@file(f"{PATH}/{{run_id:uuid}}/tableau")
async def run_file(visit: Visit, run_id: UUID) -> Response[Any]:
    """The report of a run, for a spreadsheet."""
    run = await visit.call(read_invitation_run, run_id)
    lines = RUNS.report(visit, run_id)
    return await export(visit, f"invitations-{run.created_at:%Y-%m-%d}", _columns(visit, run), lines, ROWS_MAX)


def _columns(visit: Visit, run: InvitationRun) -> Sequence[Column[InvitationLine]]:
    texts = visit.portal.texts
    return (
        Column("agents.reports.line", lambda line: line.line_number),
        Column("agents.invitations.reference", lambda line: line.reference),
        Column("agents.invitations.email", lambda line: line.email),
        Column("agents.reports.finding", lambda line: _words(texts, run, line)),
        Column("agents.invitations.invited_at", lambda line: on_the_clock(visit, line.invited_at)),
        Column(
            "agents.invitations.mail",
            lambda line: texts(f"agents.invitations.mail_of.{line.mail}") if line.mail else None,
        ),
        Column("agents.invitations.refusal", lambda line: line.refusal),
    )


def _words(texts: Texts, run: InvitationRun, line: InvitationLine) -> str:
    """What a line comes to, in words: before its run is confirmed, and after."""
    is_waiting = line.finding is InvitationFinding.TO_INVITE and run.status is not RunStatus.PROPOSED
    words = texts("agents.invitations.waiting" if is_waiting else f"agents.invitations.finding_of.{line.finding}")
    return words if line.same_as_line is None else texts("agents.invitations.same_as", line=line.same_as_line)


PAGES = [runs_page, propose, run_page, confirm, run_file]
