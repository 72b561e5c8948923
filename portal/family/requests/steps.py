"""Filling a request in, page by page: each press keeps the page, whatever is wrong with it; then its pieces, and the sending."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Response
from litestar.exceptions import NotFoundException

from contracts.family.procedure_words import Code, FieldKind, Step
from contracts.family.request_words import RequestStatus
from contracts.family.requests import Request, RequestFault, StepAnswers
from contracts.family.requests_api import keep_step, read_request, renew_draft, send_request
from gateway.calls import Refused, typed_as
from portal.family.requests import editing
from portal.family.requests.catalogue import PATH
from portal.frame.requests import (
    PREFIX,
    Wording,
    answers_shown,
    codes_of,
    errors_of,
    name_of,
    path_of,
    questions,
    rows_shown,
    values_of,
)
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import FormState

ONE_PATH: Final = f"{PATH}/{{request_id:uuid}}"
STEP_PATH: Final = f"{ONE_PATH}/etape/{{step:int}}"
SENDING_PATH: Final = f"{ONE_PATH}/envoi"
SHOWN: Final = "shown"
"""The hidden field that names each question that a page showed: a box that is not ticked is posted by nobody."""
BY_ITSELF: Final = "auto"
"""The button that drafts.js stands in for."""


@page(STEP_PATH)
async def step_page(visit: Visit, request_id: UUID, step: int) -> Response[Any]:
    """A page of questions: those that the answers leave open."""
    request = await visit.call(read_request, request_id)
    if request.status is not RequestStatus.DRAFT:
        return visit.redirect(f"{PATH}/{request_id}")
    wording, asked = wording_of(visit, request), step_of(request, step)
    form = visit.form(values=values_of(request.answers))
    seen = editing.with_typed(request, asked, form) if form.is_shown_again else request
    shown, rows = questions(wording, seen, asked), rows_shown(wording, seen, asked)
    context = {
        "editor": await editing.other_editor(visit, request_id),
        "after": request.presses.get(step),
        "beside": editing.kept_beside(wording, request, seen, asked) if form.is_shown_again else {},
        "request": request,
        "step": asked,
        "number": step,
        "path": f"{PATH}/{request_id}",
        "steps": path_of(request.procedure, visit.portal.texts),
        "questions": shown,
        "rows": rows,
        "labels": {
            item.name: item.field.label for item in (*shown, *(item for of in rows for row in of.items for item in row))
        },
    }
    return visit.page("family/requests/step.html.j2", context, form=form)


def step_of(request: Request, number: int) -> Step:
    """A page of questions by its number, from 1. Raises NotFoundException."""
    if not 1 <= number <= len(request.procedure.steps):
        raise NotFoundException
    return request.procedure.steps[number - 1]


def wording_of(visit: Visit, request: Request) -> Wording:
    """What turns the answers of a request into words."""
    return Wording(visit.portal.texts, request.people, visit.portal.today())


@action(STEP_PATH)
async def keep(visit: Visit, request_id: UUID, step: int) -> Response[Any]:
    """Keep a page and go where the button leads: on, back, to one more row, or away for now; a script that keeps it by itself goes nowhere."""
    answer = await _pressed(visit, request_id, step)
    return Response(None, status_code=204) if visit.posted.get("step") == BY_ITSELF else answer


async def _pressed(visit: Visit, request_id: UUID, step: int) -> Response[Any]:
    request = await visit.call(read_request, request_id)
    shown = visit.posted.all(SHOWN)
    answers = _typed(visit, step_of(request, step), shown)
    typed = {name: many[0] if len(many) == 1 else tuple(many) for name, many in visit.posted.lists.items()}
    kept = {name: value for name, value in typed.items() if name.startswith(f"{PREFIX}.")}
    pressed = {"answers": answers, "press": visit.idempotency_key, "after": visit.posted.get("after") or None}
    try:
        if again := await editing.pressed(visit, request_id, FormState(kept)):
            return await show_again(visit, step_page, again, request_id=request_id, step=step)
        request = await visit.call(keep_step, request_id, step, typed_as(StepAnswers, pressed))
    except Refused as refused:
        if refused.problem.code == "request_not_draft":
            return visit.redirect(f"{PATH}/{request_id}")
        state = FormState(kept, refusal=visit.portal.refusal_text(refused.problem))
        return await show_again(visit, step_page, state, request_id=request_id, step=step)
    return await _go_on(visit, request, step, FormState(kept))


async def _go_on(visit: Visit, request: Request, step: int, typed: FormState) -> Response[Any]:
    here = f"{PATH}/{request.request_id}/etape/{step}"
    match visit.posted.get("step"):
        case "row":
            return visit.redirect(f"{here}#lignes")
        case "later":
            await editing.leave(visit, request.request_id)
            return visit.redirect(PATH, FlashNotice("success", "request_kept"))
        case "back":
            before = f"{PATH}/{request.request_id}/etape/{step - 1}"
            return visit.redirect(before if step > 1 else PATH, FlashNotice("success", "request_kept"))
    shown = set(visit.posted.all(SHOWN))
    faults = [fault for fault in request.faults if fault.step == step]
    unseen = [fault for fault in faults if _code_of(fault) not in shown]
    errors = errors_of(visit, [fault for fault in faults if fault not in unseen])
    if errors:
        state = FormState(typed.values, errors)
        return await show_again(visit, step_page, state, request_id=request.request_id, step=step)
    if unseen:
        return visit.redirect(here, FlashNotice("info", "request_asks_more"))
    return visit.redirect(_after(request, step))


def _after(request: Request, step: int) -> str:
    """What comes after a page of questions: the next one that asks anything, the pieces, or the sending."""
    path = f"{PATH}/{request.request_id}"
    for number in range(step + 1, len(request.procedure.steps) + 1):
        if codes_of(request.procedure.steps[number - 1]) & {*request.asked}:
            return f"{path}/etape/{number}"
    return f"{path}/pieces" if request.pieces else f"{path}/envoi"


def _code_of(fault: RequestFault) -> Code:
    return fault.pointer.split("/")[2]


def _typed(visit: Visit, step: Step, shown: Sequence[str]) -> dict[str, Any]:
    """What was typed for each question that was shown, as it is kept; empty rows are left out."""
    answers: dict[str, Any] = {
        field.code: _value(visit, name_of(field.code), field.kind) for field in step.fields if field.code in shown
    }
    for rows in step.rows:
        if rows.code in shown:
            items = [
                {field.code: _value(visit, name_of(rows.code, place, field.code), field.kind) for field in rows.fields}
                for place in range(rows.at_most)
            ]
            answers[rows.code] = [row for row in items if _is_filled(row)]
    return answers


def _is_filled(row: Mapping[str, Any]) -> bool:
    return any(value.strip() if isinstance(value, str) else value for value in row.values())


def _value(visit: Visit, name: str, kind: FieldKind) -> str | list[str]:
    return visit.posted.all(name) if kind is FieldKind.CHOICES else visit.posted.get(name)


@page(SENDING_PATH)
async def sending_page(visit: Visit, request_id: UUID) -> Response[Any]:
    """All that is answered, with the way to change it, what is missing, and the sending."""
    request = await visit.call(read_request, request_id)
    if request.status is not RequestStatus.DRAFT:
        return visit.redirect(f"{PATH}/{request_id}")
    steps = path_of(request.procedure, visit.portal.texts)
    missing = sorted({fault.step for fault in request.faults})
    context = {
        "request": request,
        "path": f"{PATH}/{request_id}",
        "steps": steps,
        "pages": answers_shown(wording_of(visit, request), request),
        "missing": [(number, steps[number - 1]) for number in missing],
        "pieces_step": len(request.procedure.steps) + 1,
        "editor": await editing.other_editor(visit, request_id),
    }
    return visit.page("family/requests/sending.html.j2", context, form=visit.form())


@action(SENDING_PATH, typing=None)
async def send(visit: Visit, request_id: UUID) -> Response[Any]:
    """Send a request: once, however often the button is pressed."""
    try:
        await visit.call(send_request, request_id)
    except Refused as refused:
        return await show_again(visit, sending_page, visit.refused(refused), request_id=request_id)
    return visit.redirect(f"{PATH}/{request_id}", FlashNotice("success", "request_sent"))


@action(f"{ONE_PATH}/version", typing=None)
async def renew(visit: Visit, request_id: UUID) -> Response[Any]:
    """Go on with a draft by the newest version of its procedure."""
    await visit.call(renew_draft, request_id)
    return visit.redirect(f"{PATH}/{request_id}/etape/1", FlashNotice("success", "request_renewed"))


PAGES = [*editing.PAGES, step_page, keep, sending_page, send, renew]
