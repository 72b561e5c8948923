"""A civil status, and a child that a file has not, as forms: for whoever is meant or answers for the child, and for agents who act for them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.changes import ChangeAsked, ChildWanted, PersonChange, PersonChanges, StatusChange, StatusFields
from contracts.family.changes_api import ask_child, change_civil_status, list_changes, read_civil_status
from contracts.family.child_events import ChangeStatus
from contracts.family.editing import EditedForm
from contracts.types import Civility
from gateway.calls import Refused, typed_as
from portal.frame.contact import AGAIN
from portal.frame.editing import Edited
from portal.frame.spaces import Screen, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

STATUS: Final = Form(StatusChange, "changes.form", ("civility", "first_name", "last_name", "birth_on"))
CHILD: Final = Form(ChildWanted, "changes.form", ("first_name", "last_name", "birth_on", "is_expected", "guardian_ids"))
GUARDIANS: Final = "guardian_ids"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a form stands: its address, the page that it leads back to, and whether it is an agent's. `parameters` are those of the address."""

    path: str
    back: str
    is_town: bool
    parameters: Mapping[str, Any] = field(default_factory=dict)


async def show_status(visit: Visit, place: Place, person_id: UUID) -> Response[Any]:
    """The form of a civil status, with what becomes of each field."""
    known, refused = await asyncio.gather(visit.call(read_civil_status, person_id), _refused(visit))
    texts, values = visit.portal.texts, _values(known) | (_values(refused.after) if refused else {})
    context = {
        "known": known,
        "refused": refused,
        "place": place,
        "person_id": person_id,
        "editor": await Edited(EditedForm.CIVIL_STATUS, person_id).other_editor(visit),
        "civilities": [(item.value, texts(f"agents.civility.{item}")) for item in Civility],
    }
    return visit.page("civil_status.html.j2", context, form=visit.form(STATUS, values))


async def correct_status(visit: Visit, place: Place, page: Screen, person_id: UUID) -> Response[Any]:
    """Correct it, or ask for that."""
    typed = STATUS.typed(visit.posted.values)
    edited = Edited(EditedForm.CIVIL_STATUS, person_id)
    if again := await edited.pressed(visit, FormState(typed)):
        return await show_again(visit, page, again, person_id=person_id, **place.parameters)
    try:
        body = STATUS.body(typed) | {"version": visit.posted.get("version")}
        answer = await visit.call(change_civil_status, person_id, typed_as(StatusChange, body))
    except Refused as refused:
        state = visit.refused(refused, typed, STATUS)
        return await show_again(visit, page, state, person_id=person_id, **place.parameters)
    await edited.leave(visit)
    return visit.redirect(place.back, _notice(answer))


async def show_child(
    visit: Visit, place: Place, household_id: UUID, adults: Sequence[tuple[str, str]] = ()
) -> Response[Any]:
    """The form of a child that a file has not; an agent says which of its adults answer for the child."""
    changes = None if place.is_town else await visit.call(list_changes)
    refused = _named(visit, changes) if changes else None
    proposed: dict[str, str | Sequence[str]] = {GUARDIANS: [value for value, _ in adults]}
    if refused:
        proposed = _values(refused.after) | ({"is_expected": "1"} if refused.is_expected else {})
    context = {
        "household_id": refused.household_id if refused else household_id,
        "rule": changes.add_child if changes else None,
        "refused": refused,
        "place": place,
        "adults": adults,
    }
    return visit.page("new_child.html.j2", context, form=visit.form(CHILD, proposed))


async def add_child(visit: Visit, place: Place, page: Screen) -> Response[Any]:
    """Have a child added, or ask for that."""
    typed: dict[str, Any] = {**CHILD.typed(visit.posted.values), GUARDIANS: visit.posted.all(GUARDIANS)}
    try:
        body = CHILD.body(typed) | {"household_id": visit.posted.get("household_id") or None}
        answer = await visit.call(ask_child, typed_as(ChildWanted, body))
    except Refused as refused:
        return await show_again(visit, page, _at_group(visit.refused(refused, typed, CHILD)), **place.parameters)
    return visit.redirect(place.back, FlashNotice("success", "child_filed") if answer.is_done else _notice(answer))


def _at_group(state: FormState) -> FormState:
    """What is wrong with one adult is shown at the group of them."""
    return replace(state, errors={name.partition(".")[0]: text for name, text in state.errors.items()})


async def _refused(visit: Visit) -> PersonChange | None:
    """The refused request that the address names, to be corrected and asked for again."""
    return _named(visit, await visit.call(list_changes)) if visit.query(AGAIN) else None


def _named(visit: Visit, changes: PersonChanges) -> PersonChange | None:
    named, status = visit.query(AGAIN), ChangeStatus.REFUSED
    return next((item for item in changes.items if str(item.change_id) == named and item.status is status), None)


def _values(fields: StatusFields) -> dict[str, str | Sequence[str]]:
    """What is said of a civil status, by field as it would be typed."""
    values = {name: str(getattr(fields, name) or "") for name in STATUS.fields}
    return {name: value for name, value in values.items() if value}


def _notice(answer: ChangeAsked) -> FlashNotice:
    """What became of what was sent."""
    if answer.change_id:
        return FlashNotice("success", "change_sent_partly" if answer.is_done else "change_sent")
    return FlashNotice("success", "change_done") if answer.is_done else FlashNotice("info", "change_needless")
