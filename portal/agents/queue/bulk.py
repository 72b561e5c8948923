"""Decisions on many things at once: what would happen, line by line; the press that does it once; the report; and taking it back.

Like goes with like: documents and requests for enrollments are decided by their own services, each of which says what it did.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from litestar import Response
from litestar.exceptions import NotFoundException
from pydantic import BaseModel

from contracts.booking.decisions import EnrollmentsDecision
from contracts.booking.queue_api import (
    decide_enrollments,
    preview_enrollment_decisions,
    read_enrollment_decisions,
    undo_enrollment_decisions,
)
from contracts.family.document_words import DocumentReason
from contracts.family.documents import DocumentsDecision
from contracts.family.queue_api import (
    decide_documents,
    preview_document_decisions,
    read_document_decisions,
    undo_document_decisions,
)
from contracts.operation import Operation
from contracts.queue import ITEMS_AT_ONCE_MAX, DecisionPreview, DecisionReport
from gateway.calls import Refused, typed_as
from gateway.composing import Part, optional, permitted
from portal.agents.queue.sources import PATH, Filters
from portal.frame.agents import agents_by_name
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

BULK: Final = f"{PATH}/lot"
REPORT: Final = f"{PATH}/lot/resultat"
ACCEPT: Final = "accepter"


@dataclass(frozen=True, slots=True)
class Bulk:
    """How things of a kind are decided together, by their service."""

    form: Form
    body: type[BaseModel]
    truth: str
    preview: Operation[[Any], DecisionPreview]
    decide: Operation[[Any], DecisionReport]
    read: Operation[[UUID], DecisionReport]
    undo: Operation[[UUID], DecisionReport]

    def request(self, ids: Sequence[str], values: Mapping[str, str], *, is_accepted: bool) -> Any:
        """What is decided of these. Raises Refused."""
        written = {} if is_accepted else {name: text for name, text in self.form.typed(values).items() if text.strip()}
        return typed_as(self.body, {"item_ids": list(ids), self.truth: is_accepted, **written})


BULKS: Final = {
    "documents": Bulk(
        Form(DocumentsDecision, "agents.documents.decision", ("reason", "words")),
        DocumentsDecision,
        "is_valid",
        preview_document_decisions,
        decide_documents,
        read_document_decisions,
        undo_document_decisions,
    ),
    "inscriptions": Bulk(
        Form(EnrollmentsDecision, "agents.enrollments", ("reason",)),
        EnrollmentsDecision,
        "is_validated",
        preview_enrollment_decisions,
        decide_enrollments,
        read_enrollment_decisions,
        undo_enrollment_decisions,
    ),
}
"""What is decided together, by the word of the address."""
PREVIEWED: Final[Mapping[str, Mapping[str, str]]] = {
    "documents": {"reason": DocumentReason.INCOMPLETE},
    "inscriptions": {"reason": "-"},
}
"""What a refusal is previewed with, before its reason is chosen."""


def _choices(visit: Visit) -> list[str]:
    """What was chosen, as `kind/id`: each in a parameter of its own, or several in one."""
    asked = visit.request.query_params.getall("choix", [visit.query("choix")])
    return [choice for several in asked for choice in several.split(",") if choice.partition("/")[0] in BULKS]


def _chosen(choices: Sequence[str]) -> dict[str, list[str]]:
    """What was chosen, by kind; what is no choice is left out."""
    chosen: dict[str, list[str]] = {}
    for choice in dict.fromkeys(choices):
        kind, _, item_id = choice.partition("/")
        if kind in BULKS:
            chosen.setdefault(kind, []).append(item_id)
    return chosen


@page(BULK)
async def preview_page(visit: Visit) -> Response[Any]:
    """What a decision would do with what was chosen. A refusal, whose reason is of one kind, is of one kind at a time."""
    choices = _choices(visit)
    chosen, is_accepted = _chosen(choices), visit.query("decision") == ACCEPT
    fault = _fault(chosen, is_accepted=is_accepted)
    if fault:
        filters = Filters.of(dict(parse_qsl(visit.query("retour"))))
        listed = filters.at(suite=filters.asked.get("suite", ""), choix=",".join(choices))
        return visit.redirect(listed, FlashNotice("warning", fault))
    kinds = [*chosen]
    requests = [
        BULKS[kind].request(chosen[kind], {} if is_accepted else PREVIEWED[kind], is_accepted=is_accepted)
        for kind in kinds
    ]
    parts = await asyncio.gather(
        *(permitted(visit.call(BULKS[kind].preview, body)) for kind, body in zip(kinds, requests, strict=True))
    )
    previews: dict[str, Part[DecisionPreview] | None] = dict(zip(kinds, parts, strict=True))
    lines = [line for part in parts if part and part.value for line in part.value.lines]
    texts = visit.portal.texts
    context = {
        "previews": previews,
        "choices": choices,
        "is_accepted": is_accepted,
        "kind": kinds[0],
        "count": sum(line.code is None for line in lines),
        "names": await agents_by_name(visit, {line.decided_by for line in lines if line.code}),
        "reasons": [(reason.value, texts(f"papers.reason.{reason}")) for reason in DocumentReason],
    }
    form = visit.form(None if is_accepted else BULKS[kinds[0]].form)
    return visit.page("agents/queue/bulk.html.j2", context, form=form)


def _fault(chosen: Mapping[str, Sequence[str]], *, is_accepted: bool) -> str:
    """Why what was chosen cannot be decided together: the key of the notice."""
    if not chosen:
        return "queue_nothing_chosen"
    if len(chosen) > 1 and not is_accepted:
        return "queue_refuse_one_kind"
    return "queue_too_many" if max(map(len, chosen.values())) > ITEMS_AT_ONCE_MAX else ""


@action(BULK)
async def decide(visit: Visit) -> Response[Any]:
    """Decide all of it once, whichever kinds; what was done leads to its report."""
    choices = visit.posted.all("choix")
    chosen, is_accepted = _chosen(choices), visit.posted.get("decision") == ACCEPT
    if fault := _fault(chosen, is_accepted=is_accepted):
        return visit.redirect(PATH, FlashNotice("warning", fault))
    reports: dict[str, str] = {}
    for kind, ids in chosen.items():
        try:
            body = BULKS[kind].request(ids, visit.posted.values, is_accepted=is_accepted)
            part = await optional(visit.call(BULKS[kind].decide, body))
        except Refused as refused:
            state: FormState = visit.refused(refused, BULKS[kind].form.typed(visit.posted.values), BULKS[kind].form)
            asked = {"choix": ",".join(choices), "decision": visit.posted.get("decision")}
            return await show_again(visit, preview_page, state, asked)
        reports[kind] = str(part.value.batch_id) if part.value else ""
    return visit.redirect(f"{REPORT}?{urlencode(reports)}")


@page(REPORT)
async def report_page(visit: Visit) -> Response[Any]:
    """What was done, what was not and why, and until when it may be taken back."""
    ids = {kind: visit.query(kind) for kind in BULKS if kind in visit.asked}
    calls: dict[str, Awaitable[Part[DecisionReport] | None]] = {
        kind: permitted(visit.call(BULKS[kind].read, _id(named))) for kind, named in ids.items() if named
    }
    reports = dict(zip(calls, await asyncio.gather(*calls.values()), strict=True))
    if not ids or any(part is None for part in reports.values()):
        raise NotFoundException
    values = [part.value for part in reports.values() if part and part.value]
    now = visit.portal.now()
    context = {
        "reports": reports,
        "missing": [kind for kind, named in ids.items() if not named],
        "query": urlencode(ids),
        "is_open": {str(report.batch_id): now < report.final_at and report.undone_at is None for report in values},
        "names": await agents_by_name(
            visit, {line.decided_by for report in values for line in report.lines if line.code or line.followed}
        ),
    }
    return visit.page("agents/queue/report.html.j2", context)


def _id(named: str) -> UUID:
    """An id of the address. Raises NotFoundException."""
    try:
        return UUID(named)
    except ValueError as error:
        raise NotFoundException from error


@action(f"{BULK}/{{kind:str}}/{{batch_id:uuid}}/annulation")
async def undo(visit: Visit, kind: str, batch_id: UUID) -> Response[Any]:
    """Take it back, but for what something followed from."""
    if kind not in BULKS:
        raise NotFoundException
    notice = FlashNotice("success", "queue_undone")
    try:
        report = await visit.call(BULKS[kind].undo, batch_id)
        if any(line.followed for line in report.lines):
            notice = FlashNotice("warning", "queue_undone_partly")
    except Refused as refused:
        if refused.problem.code != "undo_too_late":
            raise
        notice = FlashNotice("warning", "queue_undo_too_late")
    asked = visit.posted.get("retour")
    query = asked if asked.startswith(tuple(BULKS)) else urlencode({kind: batch_id})
    return visit.redirect(f"{REPORT}?{query}", notice)


PAGES: Final[Sequence[Any]] = [preview_page, decide, report_page, undo]
