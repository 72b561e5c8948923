"""Where a child goes to school, at the counter: school, level and class from a day on, and the last day."""

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.school_events import SchoolLevel
from contracts.family.schools import ChildSchooling, School, SchoolClass, SchoolingChange, SchoolingEnd
from contracts.family.schools_api import change_schooling, end_schooling, list_schools, read_classes, read_schooling
from gateway.calls import Refused, typed_as
from portal.agents.schools.pages import level_options
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

PATH: Final = "/agents/enfants/{child_id:uuid}/scolarite"
ELSEWHERE: Final = "ailleurs"
NOWHERE: Final = "aucune"
"""In an address, in the place of a school: one elsewhere, or none. Codes of schools have five letters or more, or others."""
SCHOOLING: Final = Form(
    SchoolingChange, "agents.schooling", ("starts_on", "level", "school_code", "class_id", "elsewhere")
)
END: Final = Form(SchoolingEnd, "agents.schooling.end", ("ends_on",))


@page(PATH)
async def schooling_page(visit: Visit, child_id: UUID) -> Response[Any]:
    """Where a child goes to school and went, and the form of what changes."""
    known, schools = await asyncio.gather(visit.call(read_schooling, child_id), visit.call(list_schools))
    today, texts = visit.portal.today(), visit.portal.texts
    present = known.on(today)
    chosen = _chosen(visit, known, schools.items)
    context = {
        "known": known,
        "present": present,
        "today": today,
        "schools": [(school.code, school.label) for school in schools.items]
        + [(ELSEWHERE, texts("agents.schooling.elsewhere_choice")), (NOWHERE, texts("agents.schooling.nowhere"))],
        "chosen": chosen,
        "classes": await _classes(visit, chosen, known.school_year) if chosen not in (ELSEWHERE, NOWHERE, "") else (),
        "levels": level_options(texts),
        "can_change": visit.may(change_schooling),
        "can_end": present is not None,
    }
    level = (present.level if present else None) or known.proposed_level or ""
    values = {
        "starts_on": today.isoformat(),
        "level": "" if level == SchoolLevel.OUT_OF_SCHOOL else str(level),
        "class_id": str(present.class_id or "") if present else "",
    }
    return visit.page("agents/schools/schooling.html.j2", context, form=visit.form(SCHOOLING, values))


def _chosen(visit: Visit, known: ChildSchooling, schools: tuple[School, ...]) -> str:
    """The school of the form: that of the address, else that of the child."""
    present, codes = known.on(visit.portal.today()), {school.code for school in schools}
    asked = visit.query("ecole")
    if asked in codes | {ELSEWHERE, NOWHERE}:
        return asked
    return present.school_code if present and present.school_code in codes else ""


async def _classes(visit: Visit, school_code: str, year: int) -> list[tuple[str, str]]:
    """The classes of this school year and of the next one, to choose from."""
    years = await asyncio.gather(*(visit.call(read_classes, school_code, number) for number in (year, year + 1)))
    return [
        (str(item.class_id), _class_name(visit, item))
        for known in years
        for item in known.classes
        if not item.is_closed
    ]


def _class_name(visit: Visit, item: SchoolClass) -> str:
    return visit.portal.texts(
        "agents.schooling.class_of_year", label=item.label, year=item.school_year, next=item.school_year + 1
    )


@action(PATH)
async def save(visit: Visit, child_id: UUID) -> Response[Any]:
    """Say where the child goes to school from a day on."""
    typed, chosen = SCHOOLING.typed(visit.posted.values), visit.posted.get("chosen")
    body = SCHOOLING.body(typed)
    if chosen == NOWHERE:
        body["level"] = SchoolLevel.OUT_OF_SCHOOL
    elif chosen != ELSEWHERE:
        body["school_code"] = chosen
    try:
        await visit.call(change_schooling, child_id, typed_as(SchoolingChange, body))
    except Refused as refused:
        form = visit.refused(refused, typed, SCHOOLING)
        return await show_again(visit, schooling_page, form, {"ecole": chosen}, child_id=child_id)
    return visit.redirect(schooling_page.address({"child_id": child_id}), FlashNotice("success", "schooling_saved"))


@action(f"{PATH}/fin")
async def stop(visit: Visit, child_id: UUID) -> Response[Any]:
    """Say on which day the child is in its school for the last time."""
    typed = END.typed(visit.posted.values)
    try:
        await visit.call(end_schooling, child_id, typed_as(SchoolingEnd, END.body(typed)))
    except Refused as refused:
        return await show_again(visit, schooling_page, visit.refused(refused, typed, END), child_id=child_id)
    return visit.redirect(schooling_page.address({"child_id": child_id}), FlashNotice("success", "schooling_saved"))


PAGES = [schooling_page, save, stop]
