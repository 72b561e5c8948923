"""Sending a procedure to a group: which one and to which school, then to whom of it and until when, whom that asks, and the press that sends it."""

from datetime import date, timedelta
from typing import Any, Final

from litestar import Response

from contracts.family.circulars import CircularCreate, CircularPreview
from contracts.family.circulars_api import preview_circular, send_circular
from contracts.family.procedure_words import Procedure, Subject
from contracts.family.procedures_api import list_procedures
from contracts.family.school_events import SchoolLevel
from contracts.family.schools import SchoolClasses
from contracts.family.schools_api import list_schools, read_classes
from gateway.auth import WrongSpace
from gateway.calls import Refused, typed_as
from portal.agents.circulars.pages import PATH
from portal.agents.schools.pages import level_options
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState
from portal.kit.days import school_year_of

NEW_PATH: Final = f"{PATH}/nouveau"
FORM: Final = Form(CircularCreate, "agents.circulars.form", ("levels", "class_ids", "ends_on", "since_on"))
CHOICES: Final = ("demarche", "ecole", "annee")
"""What the address says: the procedure, the school (none for every one) and the school year."""
ANSWER_DAYS: Final = 14


@page(NEW_PATH)
async def new_page(visit: Visit) -> Response[Any]:
    """The choices of a circular; whom they ask, once that was asked for."""
    if not visit.may(send_circular):
        raise WrongSpace
    today = visit.portal.today()
    procedures = [item.procedure for item in (await visit.call(list_procedures)).items]
    schools = (await visit.call(list_schools)).items
    asked = {name: visit.query(name) for name in CHOICES if visit.query(name)}
    years = [school_year_of(today) + ahead for ahead in range(2)]
    chosen = next((item for item in procedures if item.code == asked.get("demarche")), None)
    year = next((item for item in years if str(item) == asked.get("annee")), years[0])
    code = asked.get("ecole", "")
    school = await visit.call(read_classes, code, year) if chosen and code in {item.code for item in schools} else None
    form = visit.form(FORM, _proposed(today, year))
    context = {
        "procedures": [(item.code, item.label) for item in procedures if is_offered(item, today)],
        "schools": [(item.code, item.label) for item in schools],
        "years": [(str(item), visit.portal.texts("agents.circulars.year", year=item, next=item + 1)) for item in years],
        "asked": {**asked, "annee": str(year)},
        "chosen": chosen,
        "levels": _levels(visit, school),
        "classes": [(str(item.class_id), item.label) for item in school.classes if not item.is_closed]
        if school
        else [],
        "preview": await _preview(visit, form, asked, year) if chosen and form.note else None,
    }
    return visit.page("agents/circulars/new.html.j2", context, form=form)


def is_offered(procedure: Procedure, today: date) -> bool:
    """Whether it is worth offering: the service judges what may be sent."""
    is_plain = not procedure.leads_to and not procedure.service_key and procedure.after is None
    return procedure.subject is Subject.CHILD and is_plain and procedure.is_open(today)


def _proposed(today: date, year: int) -> dict[str, str]:
    """Two weeks to answer; what came in this school year is an answer."""
    begun_on = min(date(year, 9, 1), today)
    return {"ends_on": str(today + timedelta(days=ANSWER_DAYS)), "since_on": str(begun_on)}


def _levels(visit: Visit, school: SchoolClasses | None) -> list[tuple[str, str]]:
    taught = {str(level) for level in (school.school.levels if school else SchoolLevel)}
    return [(value, label) for value, label in level_options(visit.portal.texts) if value in taught]


def _body(form: FormState, asked: dict[str, str], year: int | str) -> CircularCreate:
    """What is sent, of the address and the form. Raises Refused."""
    typed = {
        "levels": list(form.all("levels")),
        "class_ids": list(form.all("class_ids")),
        "ends_on": form.value("ends_on"),
        "since_on": form.value("since_on"),
    }
    group = {"code": asked.get("demarche", ""), "school_year": str(year), "school_code": asked.get("ecole") or None}
    return typed_as(CircularCreate, {**FORM.body(typed), **group})


async def _preview(visit: Visit, form: FormState, asked: dict[str, str], year: int) -> CircularPreview | None:
    try:
        return await visit.call(preview_circular, _body(form, asked, year))
    except Refused:
        return None


@action(NEW_PATH)
async def send(visit: Visit) -> Response[Any]:
    """Say whom it asks; send it where that was pressed."""
    asked = {name: visit.posted.get(name) for name in CHOICES if visit.posted.get(name)}
    names = {"levels", "class_ids"}
    typed: dict[str, Any] = {name: visit.posted.get(name) for name in ("ends_on", "since_on")}
    typed |= {name: tuple(visit.posted.all(name)) for name in names}
    state = FormState(typed, note=visit.portal.texts("agents.circulars.previewed"))
    try:
        body = _body(state, asked, asked.get("annee", ""))
        if visit.posted.get("step") != "send":
            await visit.call(preview_circular, body)
            return await show_again(visit, new_page, state, asked)
        sent = await visit.call(send_circular, body)
    except Refused as refused:
        return await show_again(visit, new_page, visit.refused(refused, typed, FORM), asked)
    return visit.redirect(f"{PATH}/{sent.circular_id}", FlashNotice("success", "circular_sent"))


PAGES = [new_page, send]
