"""Requests of families: the list with age, state and owner, and one beside its pieces, its thread and its decision."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.editing import EditedForm
from contracts.family.procedures_api import list_procedures
from contracts.family.request_words import RequestMove, RequestStatus
from contracts.family.requests import Request, RequestDecision, RequestLine, RequestMessageCreate, RequestTaking
from contracts.family.requests_api import (
    decide_request,
    finish_request_task,
    list_requests,
    read_request,
    refusal_grounds,
    take_request,
    write_message,
)
from gateway.calls import Refused, typed_as
from portal.agents.accounts.filters import Options, chosen
from portal.frame.agents import agent_name, agents_by_name
from portal.frame.editing import Edited
from portal.frame.requests import Wording, answers_shown
from portal.frame.spaces import MenuLabel, action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

PATH: Final = "/agents/demarches"
ONE_PATH: Final = f"{PATH}/{{request_id:uuid}}"
DECISION: Final = Form(RequestDecision, "agents.requests.decision", ("ground", "words", "task_on"))
MESSAGE: Final = Form(RequestMessageCreate, "agents.requests.message", ("words",))
UNDECIDED: Final = "message"
"""The field of a message without a decision, beside that of the words of one."""
FIELDS_OF: Final = {"accept": ("words", "task_on"), "refuse": ("ground", "words"), "ask": ("words",)}
"""What counts of the form, by the button that was pressed."""
OPEN: Final = (RequestStatus.SENT, RequestStatus.UNDER_REVIEW, RequestStatus.MORE_ASKED)
WAITING: Final = "ouvertes"
MINE: Final = "moi"


@page(PATH, entry=MenuLabel("agents.menu.procedures", "document", list_requests))
async def requests_page(visit: Visit) -> Response[Any]:
    """Those that are not settled by default, the oldest first."""
    options = await _options(visit)
    asked = chosen(visit, options) if set(visit.asked) & set(options) else {"etat": WAITING}
    state = asked.get("etat", "")
    requests = await visit.call(
        list_requests,
        RequestStatus(state) if state and state != WAITING else None,
        asked.get("demarche"),
        None,
        visit.session.account_id if asked.get("suivi") == MINE else None,
        is_open=state == WAITING,
        cursor=visit.cursor,
    )
    context = {
        "requests": requests.items,
        "owners": await _owners(visit, requests.items),
        "next_cursor": requests.next_cursor,
        "options": options,
        "asked": asked,
        "today": visit.portal.today(),
    }
    return visit.page("agents/requests/list.html.j2", context)


async def _options(visit: Visit) -> Options:
    texts, procedures = visit.portal.texts, await visit.call(list_procedures)
    states = [status for status in RequestStatus if status is not RequestStatus.DRAFT]
    return {
        "etat": [
            (WAITING, texts("agents.requests.waiting")),
            *((status.value, texts(f"requests.status.{status}")) for status in states),
        ],
        "demarche": [
            (item.procedure.code, item.procedure.label) for item in procedures.items if not item.procedure.leads_to
        ],
        "suivi": [(MINE, texts("agents.requests.mine"))],
    }


async def _owners(visit: Visit, requests: tuple[RequestLine, ...]) -> dict[UUID, str]:
    """The agents who have these requests, by name."""
    owner_ids = {item.owner_id for item in requests if item.owner_id}
    somebody = visit.portal.texts("editing.somebody")
    return dict.fromkeys(owner_ids, somebody) | await agents_by_name(visit, owner_ids)


@page(ONE_PATH)
async def request_page(visit: Visit, request_id: UUID) -> Response[Any]:
    """A request, its answers beside its pieces, its thread and its decision: one agent at a time."""
    request = await visit.call(read_request, request_id)
    is_open, can_decide = request.status in OPEN, visit.may(decide_request)
    edited = Edited(EditedForm.REQUEST, request_id)
    writers = {message.sent_by for message in request.messages if message.is_by_agent and message.sent_by}
    names = {account_id: await agent_name(visit, account_id) for account_id in writers}
    context = {
        "request": request,
        "path": f"{PATH}/{request_id}",
        "pages": answers_shown(Wording(visit.portal.texts, request.people, visit.portal.today()), request),
        "is_open": is_open,
        "can_decide": can_decide and is_open,
        "owner": await agent_name(visit, request.owner_id) if request.owner_id else "",
        "is_own": request.owner_id == visit.session.account_id,
        "editor": await edited.other_editor(visit) if can_decide and is_open else None,
        "grounds": await _grounds(visit, request) if can_decide and is_open else [],
        "typist": await agent_name(visit, request.entered_by) if request.entered_by else "",
        "decided_by": await agent_name(visit, request.decided_by) if request.decided_by else "",
        "agent_names": names,
        "has_task_left": can_decide and request.task_on is not None and not request.is_task_done,
        "today": visit.portal.today(),
    }
    return visit.page("agents/requests/request.html.j2", context, form=visit.form(DECISION))


async def _grounds(visit: Visit, request: Request) -> list[tuple[str, str, str]]:
    """The grounds on which this one may be refused: the sentence, and the remedy that goes with it."""
    grounds = (await visit.call(refusal_grounds)).items
    return [
        (ground.code, ground.sentence, ground.remedy)
        for ground in grounds
        if not ground.procedures or request.code in ground.procedures
    ]


@action(f"{ONE_PATH}/prise", typing=None)
async def take(visit: Visit, request_id: UUID) -> Response[Any]:
    """Take a request, also from another agent where that was pressed."""
    body = RequestTaking(is_taking_over=bool(visit.posted.get("is_taking_over")))
    try:
        await visit.call(take_request, request_id, body)
    except Refused as refused:
        return await show_again(visit, request_page, visit.refused(refused), request_id=request_id)
    return visit.redirect(f"{PATH}/{request_id}", FlashNotice("success", "request_taken"))


@action(f"{ONE_PATH}/decision")
async def decide(visit: Visit, request_id: UUID) -> Response[Any]:
    """Accept, refuse or ask for more; a decision goes on to the next one that waits."""
    move, typed = visit.posted.get("move"), DECISION.typed(visit.posted.values)
    edited = Edited(EditedForm.REQUEST, request_id)
    if again := await edited.pressed(visit, FormState(typed, form=DECISION)):
        return await show_again(visit, request_page, again, request_id=request_id)
    try:
        request = await visit.call(decide_request, request_id, _decision(move, typed))
    except Refused as refused:
        state = visit.refused(refused, typed, DECISION)
        return await show_again(visit, request_page, state, request_id=request_id)
    await edited.leave(visit)
    notice = FlashNotice("success", f"request_{request.status}")
    return visit.redirect(f"{PATH}/{request.next_id}" if request.next_id else PATH, notice)


def _decision(move: str, typed: Mapping[str, str]) -> RequestDecision:
    """What was decided, by the fields of its button. Raises Refused."""
    fields = {name: value for name, value in typed.items() if name in FIELDS_OF.get(move, ()) and value.strip()}
    return typed_as(RequestDecision, {"move": move or RequestMove.TAKE, **DECISION.body(fields)})


@action(f"{ONE_PATH}/messages")
async def write(visit: Visit, request_id: UUID) -> Response[Any]:
    """Write to the family; what is refused is there to be corrected."""
    words = visit.posted.get(UNDECIDED)
    try:
        await visit.call(write_message, request_id, typed_as(RequestMessageCreate, {"words": words}))
    except Refused as refused:
        refusal = visit.refused(refused, {UNDECIDED: words}, MESSAGE)
        state = replace(
            refusal, errors=dict.fromkeys([UNDECIDED] if refusal.errors else [], " ".join(refusal.errors.values()))
        )
        return await show_again(visit, request_page, state, request_id=request_id)
    return visit.redirect(f"{PATH}/{request_id}#echanges", FlashNotice("success", "request_written_to"))


@action(f"{ONE_PATH}/tache", typing=None)
async def finish(visit: Visit, request_id: UUID) -> Response[Any]:
    """Say that the task of an accepted request is done."""
    await visit.call(finish_request_task, request_id)
    return visit.redirect(PATH, FlashNotice("success", "request_task_done"))


PAGES = [requests_page, request_page, take, decide, write, finish]
