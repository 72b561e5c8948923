"""A request on paper: an agent says which procedure, who asks and for whom, types what the paper says on one page, and sends it.

Nothing is kept until it is sent: what was typed comes back with the page, whatever is wrong with it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import read_household
from contracts.family.models import Household
from contracts.family.procedure_words import FieldKind, Procedure, Subject
from contracts.family.procedures_api import list_procedures
from contracts.family.requests import PaperCheck, PaperRequest
from contracts.family.requests_api import check_paper_request, enter_paper_request
from gateway.auth import WrongSpace
from gateway.calls import Refused, typed_as
from portal.agents.requests.pages import PATH as REQUESTS
from portal.frame.requests import PREFIX, Wording, errors_of, name_of, questions, rows_shown
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import FormState

PATH: Final = "/agents/familles/{household_id:uuid}/demarche"
CHOICES: Final = ("demarche", "adulte", "enfant")
"""What the address says: the procedure, the adult who asks, and the child that it is about."""
SEEN: Final = "seen"


@page(PATH)
async def paper_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """Which procedure and whose; then all its questions that the answers leave open."""
    if not visit.may(enter_paper_request):
        raise WrongSpace
    household, known = await visit.call(read_household, household_id), await _procedures(visit)
    asked = {name: visit.query(name) for name in CHOICES if visit.query(name)}
    form = visit.form()
    body = _body(household, known, asked, form.all)
    context = {
        "household": household,
        "path": f"/agents/familles/{household_id}/demarche",
        "procedures": [(item.code, item.label) for item in known.values() if item.is_open(visit.portal.today())],
        "adults": [(str(item.adult_id), f"{item.first_name} {item.last_name}") for item in household.adults],
        "children": [(str(item.child_id), f"{item.first_name} {item.last_name}") for item in household.children],
        "asked": asked,
        "check": None,
        "refusal": "",
        "steps": [],
        "labels": {},
    }
    if body is not None:
        try:
            context |= _shown(visit, await visit.call(check_paper_request, typed_as(PaperRequest, body)))
        except Refused as refused:
            context["refusal"] = visit.portal.refusal_text(refused.problem)
    return visit.page("agents/requests/paper.html.j2", context, form=form)


async def _procedures(visit: Visit) -> dict[str, Procedure]:
    """What is filled in, by code: what is done on another page is not typed from a paper."""
    known = [item.procedure for item in (await visit.call(list_procedures)).items]
    return {item.code: item for item in known if not item.leads_to}


def _body(
    household: Household,
    known: Mapping[str, Procedure],
    asked: Mapping[str, str],
    values: Callable[[str], Sequence[str]],
) -> dict[str, Any] | None:
    """What was typed as a request; None until it is said which procedure, who asks, and for which child where it is about one."""
    procedure, adult_id, child_id = known.get(asked.get("demarche", "")), asked.get("adulte"), asked.get("enfant")
    if procedure is None or not adult_id or (procedure.subject is Subject.CHILD and not child_id):
        return None
    about = {Subject.CHILD: child_id, Subject.ADULT: adult_id, Subject.HOUSEHOLD: None}[procedure.subject]
    return {
        "code": procedure.code,
        "household_id": str(household.household_id),
        "adult_id": adult_id,
        "person_id": about,
        "answers": _answers(procedure, values),
        "seen": list(values(SEEN)),
    }


def _answers(procedure: Procedure, values: Callable[[str], Sequence[str]]) -> dict[str, Any]:
    """What was typed for each question, as it is kept; empty rows are left out."""

    def value(name: str, kind: FieldKind) -> str | list[str]:
        return list(values(name)) if kind is FieldKind.CHOICES else next(iter(values(name)), "")

    answers: dict[str, Any] = {}
    for step in procedure.steps:
        answers |= {field.code: value(name_of(field.code), field.kind) for field in step.fields}
        for rows in step.rows:
            items = [
                {field.code: value(name_of(rows.code, place, field.code), field.kind) for field in rows.fields}
                for place in range(rows.at_most)
            ]
            answers[rows.code] = [row for row in items if any(row.values())]
    return answers


def _shown(visit: Visit, check: PaperCheck) -> dict[str, Any]:
    """The questions that are open, page by page."""
    wording = Wording(visit.portal.texts, check.people, visit.portal.today())
    steps = [
        (step, questions(wording, check, step), rows_shown(wording, check, step)) for step in check.procedure.steps
    ]
    fields = [
        item
        for _, shown, rows in steps
        for item in (*shown, *(item for of in rows for row in of.items for item in row))
    ]
    return {"check": check, "steps": steps, "labels": {item.name: item.field.label for item in fields}}


@action(PATH)
async def enter(visit: Visit, household_id: UUID) -> Response[Any]:
    """Show what the answers open, or send where that was pressed."""
    asked = {name: visit.posted.get(name) for name in CHOICES if visit.posted.get(name)}
    kept: dict[str, Any] = {
        name: many[0] if len(many) == 1 else tuple(many)
        for name, many in visit.posted.lists.items()
        if name.startswith(f"{PREFIX}.") or name == SEEN
    }
    state = FormState(kept, note=visit.portal.texts("agents.paper.checked"))
    household, known = await visit.call(read_household, household_id), await _procedures(visit)
    body = _body(household, known, asked, visit.posted.all)
    if body is None or visit.posted.get("step") != "send":
        return await show_again(visit, paper_page, state, asked, household_id=household_id)
    try:
        request = typed_as(PaperRequest, body)
        entered = await visit.call(enter_paper_request, request)
    except Refused as refused:
        errors = {}
        if refused.problem.code == "request_incomplete":
            errors = errors_of(visit, (await visit.call(check_paper_request, request)).faults)
        state = FormState(kept, errors, visit.portal.refusal_text(refused.problem))
        return await show_again(visit, paper_page, state, asked, household_id=household_id)
    return visit.redirect(f"{REQUESTS}/{entered.request_id}", FlashNotice("success", "request_entered"))


PAGES = [paper_page, enter]
