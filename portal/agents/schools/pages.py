"""Schools for agents: the list, the classes of a year, and the pupils of each, also on paper and for a spreadsheet."""

from collections.abc import Awaitable, Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import read_household
from contracts.family.class_changes_api import prepare_class_change
from contracts.family.school_events import SchoolLevel
from contracts.family.schools import ClassChange, ClassCreate, ClassesCopy, Pupil, SchoolChange
from contracts.family.schools_api import (
    change_class,
    close_class,
    copy_classes,
    create_class,
    list_pupils,
    list_schools,
    read_classes,
    save_school,
)
from contracts.http import PAGE_SIZE_MAX, Page
from gateway.auth import WrongSpace
from gateway.calls import Refused, typed_as
from portal.frame.exports import Column, can_export, export
from portal.frame.spaces import MenuLabel, action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form
from portal.kit.days import school_year_of
from portal.kit.wording import Texts

PATH: Final = "/agents/ecoles"
YEAR: Final = f"{PATH}/{{school_code:str}}/{{year:int}}"
SCHOOL: Final = Form(SchoolChange, "agents.schools", ("label", "levels"))
CLASS: Final = Form(ClassChange, "agents.classes", ("label", "levels", "teacher"))
UNCLASSED: Final = "sans"
"""In an address: the pupils who are in no class."""


@page(PATH, entry=MenuLabel("agents.menu.schools", "school", list_schools))
async def schools_page(visit: Visit) -> Response[Any]:
    """The schools, and the form of another one."""
    schools = await visit.call(list_schools)
    context = {
        "schools": schools.items,
        "year": school_year_of(visit.portal.today()),
        "levels": level_options(visit.portal.texts),
        "can_keep": visit.may(save_school),
    }
    return visit.page("agents/schools/schools.html.j2", context, form=visit.form(SCHOOL))


def level_options(texts: Texts) -> list[tuple[str, str]]:
    """The levels of schools to choose from."""
    return [
        (level.value, texts(f"school.level.{level}")) for level in SchoolLevel if level is not SchoolLevel.OUT_OF_SCHOOL
    ]


@action(PATH)
async def keep_school(visit: Visit) -> Response[Any]:
    """Name a school, or say that it is called otherwise."""
    code = visit.posted.get("code").strip()
    typed: dict[str, Any] = {**SCHOOL.typed(visit.posted.values), "levels": visit.posted.all("levels")}
    try:
        await visit.call(save_school, code, typed_as(SchoolChange, SCHOOL.body(typed)))
    except Refused as refused:
        return await show_again(visit, schools_page, visit.refused(refused, {**typed, "code": code}, SCHOOL))
    return visit.redirect(PATH, FlashNotice("success", "school_saved"))


@page(YEAR)
async def school_page(visit: Visit, school_code: str, year: int) -> Response[Any]:
    """The classes of a school in a year."""
    known = await visit.call(read_classes, school_code, year)
    context = {
        "known": known,
        "levels": [(level.value, visit.portal.texts(f"school.level.{level}")) for level in known.school.levels],
        "can_keep": visit.may(create_class),
        "can_change_classes": visit.may(prepare_class_change),
        "is_present": year == school_year_of(visit.portal.today()),
    }
    return visit.page("agents/schools/school.html.j2", context, form=visit.form(CLASS))


def _class_body(visit: Visit) -> dict[str, Any]:
    return {**CLASS.typed(visit.posted.values), "levels": visit.posted.all("levels")}


@action(YEAR)
async def open_class(visit: Visit, school_code: str, year: int) -> Response[Any]:
    """Open a class."""
    typed = _class_body(visit)
    try:
        body = typed_as(ClassCreate, {**CLASS.body(typed), "school_year": year})
        await visit.call(create_class, school_code, body)
    except Refused as refused:
        form = visit.refused(refused, typed, CLASS)
        return await show_again(visit, school_page, form, school_code=school_code, year=year)
    return visit.redirect(_year(school_code, year), FlashNotice("success", "class_opened"))


def _year(school_code: str, year: int) -> str:
    return school_page.address({"school_code": school_code, "year": year})


@action(f"{YEAR}/reprise", typing=None)
async def copy(visit: Visit, school_code: str, year: int) -> Response[Any]:
    """Open the classes of the year before in this one."""
    try:
        await visit.call(copy_classes, school_code, typed_as(ClassesCopy, {"school_year": year - 1}))
    except Refused as refused:
        return await show_again(visit, school_page, visit.refused(refused), school_code=school_code, year=year)
    return visit.redirect(_year(school_code, year), FlashNotice("success", "classes_copied"))


@page(f"{YEAR}/classes/{{class_id:uuid}}")
async def class_page(visit: Visit, school_code: str, year: int, class_id: UUID) -> Response[Any]:
    """The form of a class, and how it is closed."""
    known = await visit.call(read_classes, school_code, year)
    item = next((item for item in known.classes if item.class_id == class_id), None)
    if item is None:
        raise WrongSpace
    context = {
        "known": known,
        "item": item,
        "levels": [(level.value, visit.portal.texts(f"school.level.{level}")) for level in known.school.levels],
    }
    values = {"label": item.label, "levels": tuple(item.levels), "teacher": item.teacher or ""}
    return visit.page("agents/schools/class.html.j2", context, form=visit.form(CLASS, values))


@action(f"{YEAR}/classes/{{class_id:uuid}}")
async def keep_class(visit: Visit, school_code: str, year: int, class_id: UUID) -> Response[Any]:
    """Say what a class is called, which levels it has and who teaches it; or close it."""
    typed = _class_body(visit)
    try:
        if visit.posted.get("step") == "close":
            await visit.call(close_class, class_id)
        else:
            await visit.call(change_class, class_id, typed_as(ClassChange, CLASS.body(typed)))
    except Refused as refused:
        form = visit.refused(refused, typed, CLASS)
        return await show_again(visit, class_page, form, school_code=school_code, year=year, class_id=class_id)
    return visit.redirect(_year(school_code, year), FlashNotice("success", "class_saved"))


@page(f"{YEAR}/eleves")
async def pupils_page(visit: Visit, school_code: str, year: int) -> Response[Any]:
    """The pupils of a school, of one class, or in none; a class is whole on its page, for paper."""
    known = await visit.call(read_classes, school_code, year)
    pupils = await visit.call(list_pupils, school_code, year, *_asked(visit), visit.cursor, PAGE_SIZE_MAX)
    context = {
        "known": known,
        "pupils": pupils.items,
        "next_cursor": pupils.next_cursor,
        "chosen": visit.query("classe"),
        "item": next((item for item in known.classes if str(item.class_id) == visit.query("classe")), None),
        "can_export": can_export(visit),
        "can_read_households": visit.may(read_household),
    }
    return visit.page("agents/schools/pupils.html.j2", context)


def _asked(visit: Visit) -> tuple[UUID | None, bool]:
    """Which pupils the address asks for: those of a class, and whether those in none."""
    asked = visit.query("classe")
    try:
        return (UUID(asked), False) if asked and asked != UNCLASSED else (None, asked == UNCLASSED)
    except ValueError as error:
        raise WrongSpace from error


@file(f"{YEAR}/eleves/tableau")
async def pupils_file(visit: Visit, school_code: str, year: int) -> Response[Any]:
    """The pupils of the page, for a spreadsheet."""
    texts = visit.portal.texts
    class_id, is_unclassed = _asked(visit)

    def read(cursor: str | None) -> Awaitable[Page[Pupil]]:
        return visit.call(list_pupils, school_code, year, class_id, is_unclassed, cursor, PAGE_SIZE_MAX)

    columns: Sequence[Column[Pupil]] = (
        Column("agents.pupils.last_name", lambda pupil: pupil.last_name),
        Column("agents.pupils.first_name", lambda pupil: pupil.first_name),
        Column("agents.pupils.birth_on", lambda pupil: pupil.birth_on),
        Column("agents.pupils.level", lambda pupil: texts(f"school.level.{pupil.level}")),
        Column("agents.pupils.class", lambda pupil: pupil.class_label),
        Column("agents.pupils.since", lambda pupil: pupil.starts_on),
    )
    return await export(visit, f"eleves-{school_code}-{year}", columns, read)


PAGES = [
    schools_page,
    keep_school,
    school_page,
    open_class,
    copy,
    class_page,
    keep_class,
    pupils_page,
    pupils_file,
]
