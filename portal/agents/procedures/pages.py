"""Procedures of the town, for agents who keep them: what counts, and a new version, which is read and compared before it is published."""

from typing import Any, Final

from litestar import Response

from contracts.family.procedures import ProcedureCheck, ProcedureDraft, ProcedurePublication
from contracts.family.procedures_api import check_procedure, list_procedures, publish_procedure, read_procedure
from contracts.family.requests_api import list_requests
from gateway.calls import Refused, typed_as
from portal.frame.agents import agent_name
from portal.frame.spaces import Screen, action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

PATH: Final = "/agents/procedures"
NEW_PATH: Final = f"{PATH}/nouvelle"
ONE_PATH: Final = f"{PATH}/version/{{code:str}}"
TEXT: Final = Form(ProcedurePublication, "agents.procedures.form", ("text", "after_version"))
TEXT_BYTES_MAX: Final = 400_000


@page(PATH)
async def procedures_page(visit: Visit) -> Response[Any]:
    """What counts."""
    procedures = (await visit.call(list_procedures)).items
    context = {
        "procedures": [
            {
                "code": item.procedure.code,
                "label": item.procedure.label,
                "service": item.procedure.service,
                "version": item.version,
                "is_open": item.procedure.is_open(visit.portal.today()),
            }
            for item in procedures
        ],
        "can_keep": visit.may(publish_procedure),
        "can_list": visit.may(list_requests),
    }
    return visit.page("agents/procedures/list.html.j2", context)


@page(NEW_PATH)
async def new_page(visit: Visit) -> Response[Any]:
    """A procedure that is not there yet."""
    form = visit.form(TEXT, {"after_version": "0"})
    return visit.page("agents/procedures/edit.html.j2", await _context(visit, form, NEW_PATH), form=form)


@page(ONE_PATH)
async def edit_page(visit: Visit, code: str) -> Response[Any]:
    """The text of a procedure, its versions, and what a changed text would change."""
    published = await visit.call(read_procedure, code)
    form = visit.form(TEXT, {"text": published.text, "after_version": str(published.version)})
    authors = {item.published_by for item in published.versions if item.published_by}
    context = {
        **await _context(visit, form, f"{PATH}/version/{code}"),
        "published": published,
        "names": {account_id: await agent_name(visit, account_id) for account_id in authors},
    }
    return visit.page("agents/procedures/edit.html.j2", context, form=form)


async def _context(visit: Visit, form: FormState, path: str) -> dict[str, Any]:
    """What was read of a text that was typed: it stands in the form that is shown again, and is read anew whenever that is."""
    check = await _checked(visit, form) if visit.may(check_procedure) and form.is_shown_again else None
    return {
        "path": path,
        "published": None,
        "names": {},
        "check": check,
        "can_keep": visit.may(publish_procedure),
        "lines": list(enumerate(form.value("text").splitlines(), start=1)) if check and check.flaws else [],
    }


async def _checked(visit: Visit, form: FormState) -> ProcedureCheck | None:
    try:
        return await visit.call(check_procedure, typed_as(ProcedureDraft, {"text": form.value("text")}))
    except Refused:
        return None


@action(NEW_PATH, body_max_bytes=TEXT_BYTES_MAX)
async def publish_new(visit: Visit) -> Response[Any]:
    return await _publish(visit, new_page)


@action(ONE_PATH, body_max_bytes=TEXT_BYTES_MAX)
async def publish(visit: Visit, code: str) -> Response[Any]:
    return await _publish(visit, edit_page, code=code)


async def _publish(visit: Visit, shown_by: Screen, **parameters: Any) -> Response[Any]:
    """Read a text and say what it would change; publish it where that was pressed."""
    typed = TEXT.typed(visit.posted.values) | {"text": visit.posted.get("text").replace("\r\n", "\n")}
    if visit.posted.get("step") != "publish":
        state = FormState(typed, note=visit.portal.texts("agents.procedures.checked"))
        return await show_again(visit, shown_by, state, **parameters)
    try:
        published = await visit.call(publish_procedure, typed_as(ProcedurePublication, typed))
    except Refused as refused:
        return await show_again(visit, shown_by, visit.refused(refused, typed, TEXT), **parameters)
    path = f"{PATH}/version/{published.procedure.code}"
    return visit.redirect(path, FlashNotice("success", "procedure_published"))


PAGES = [procedures_page, new_page, edit_page, publish_new, publish]
