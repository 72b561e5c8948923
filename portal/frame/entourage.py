"""The people around children: the list, the form of one of them, their order; for a family, and for agents on behalf of one."""

import asyncio
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response

from chassis.clock import age_on
from contracts.family.child_events import EntourageKind
from contracts.family.editing import EditedForm
from contracts.family.entourage import (
    Entourage,
    EntourageChange,
    EntourageCreate,
    EntourageEnd,
    EntourageOrder,
    EntouragePerson,
    PortraitCreate,
)
from contracts.family.entourage_api import (
    add_to_entourage,
    change_entourage,
    end_entourage,
    keep_portrait,
    order_entourage,
    read_entourage,
    read_portrait,
    remove_portrait,
)
from gateway.auth import WrongSpace
from gateway.calls import Refused, typed_as
from portal.frame.editing import Edited
from portal.frame.pictures import served
from portal.frame.spaces import Screen, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

_FIELDS: Final = ("first_name", "last_name", "relation", "phone", "birth_on", "decision", "decided_on", "starts_on")
NEW: Final = Form(EntourageCreate, "entourage.form", ("kind", "child_ids", *_FIELDS, "ends_on"))
CHANGE: Final = Form(EntourageChange, "entourage.form", ("child_ids", *_FIELDS, "ends_on"))
CHILDREN: Final = "child_ids"
SEPARATOR: Final = ","
PORTRAIT: Final = Form(PortraitCreate, "entourage.portrait", ("content", "photo"))
COLLECTING: Final = (EntourageKind.PICKUP, EntourageKind.TRUSTED)
"""Of whom there may be a picture."""
BY_FAMILIES: Final = (EntourageKind.EMERGENCY, EntourageKind.PICKUP)


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is shown: at an address, of which children by id and name, and whether to an agent. `parameters` are those of the address."""

    path: str
    children: Mapping[UUID, str]
    is_town: bool
    parameters: Mapping[str, Any]

    @property
    def kinds(self) -> Sequence[EntourageKind]:
        """Whom whoever looks may name."""
        return tuple(EntourageKind) if self.is_town else BY_FAMILIES


async def _around(visit: Visit, place: Place) -> list[Entourage]:
    return list(await asyncio.gather(*(visit.call(read_entourage, child_id) for child_id in place.children)))


async def show_list(visit: Visit, place: Place) -> Response[Any]:
    """The people around each child."""
    around = await _around(visit, place)
    context = {
        "around": around,
        "path": place.path,
        "is_town": place.is_town,
        "kinds": list(EntourageKind),
        "own_kinds": place.kinds,
        "today": visit.portal.today(),
        "too_young": _too_young(around, visit.portal.today()),
        "can_change": visit.may(add_to_entourage),
    }
    return visit.page("entourage.html.j2", context, form=visit.form())


def _too_young(around: Sequence[Entourage], today: date) -> set[UUID]:
    """Who collects a child and is younger than the town wants by now: they were entered under another rule."""
    return {
        person.contact_id
        for item in around
        for person in item.people
        if person.kind is EntourageKind.PICKUP
        and person.birth_on
        and age_on(person.birth_on, today) < item.pickup_age_min
    }


async def show_new(visit: Visit, place: Place) -> Response[Any]:
    """The form of somebody new."""
    around = await _around(visit, place)
    proposed = {"kind": EntourageKind.EMERGENCY.value, CHILDREN: [str(child_id) for child_id in place.children]}
    return _form_page(visit, place, visit.form(NEW, proposed), {"around": around})


async def show_one(visit: Visit, place: Place, contact_id: UUID) -> Response[Any]:
    """The form of somebody who is around these children."""
    around = await _around(visit, place)
    person = _named(around, contact_id)
    if person is None or person.kind not in place.kinds:
        raise WrongSpace
    elsewhere = [str(child_id) for child_id in person.child_ids if child_id not in place.children]
    editor = await Edited(EditedForm.ENTOURAGE, contact_id).other_editor(visit)
    context = {"around": around, "person": person, "elsewhere": SEPARATOR.join(elsewhere), "editor": editor}
    context["has_portrait_form"] = person.kind in COLLECTING and visit.may(keep_portrait)
    values = _values(person)
    form = visit.form(CHANGE, values)
    # A picture that is refused says nothing of the rest of the page.
    return _form_page(visit, place, replace(form, values={**values, **form.values}), context)


def _form_page(visit: Visit, place: Place, form: FormState, context: Mapping[str, Any]) -> Response[Any]:
    texts = visit.portal.texts
    around = context["around"]
    known = {
        "person": None,
        "elsewhere": "",
        "editor": None,
        "has_portrait_form": False,
        "path": place.path,
        "is_town": place.is_town,
        "children": [(str(child_id), name) for child_id, name in place.children.items()],
        "kinds": [(kind.value, texts(f"entourage.kind.{kind}")) for kind in place.kinds],
        "pickup_age_min": around[0].pickup_age_min if around else 0,
    }
    return visit.page("entourage_form.html.j2", {**known, **context}, form=form)


def _named(around: Sequence[Entourage], contact_id: UUID) -> EntouragePerson | None:
    people = (person for item in around for person in item.people)
    return next((person for person in people if person.contact_id == contact_id), None)


def _values(person: EntouragePerson) -> dict[str, str | Sequence[str]]:
    values: dict[str, str | Sequence[str]] = {name: str(getattr(person, name) or "") for name in (*_FIELDS, "ends_on")}
    return values | {CHILDREN: [str(child_id) for child_id in person.child_ids]}


def _typed(visit: Visit, form: Form) -> dict[str, Any]:
    return {**form.typed(visit.posted.values), CHILDREN: visit.posted.all(CHILDREN)}


def _at_group(state: FormState) -> FormState:
    """What is wrong with one child is shown at the group of them."""
    errors: dict[str, str] = {}
    for name, text in state.errors.items():
        errors.setdefault(name.partition(".")[0], text)
    return replace(state, errors=errors)


async def add(visit: Visit, place: Place, page: Screen) -> Response[Any]:
    """Name somebody new."""
    typed = _typed(visit, NEW)
    try:
        await visit.call(add_to_entourage, typed_as(EntourageCreate, NEW.body(typed)))
    except Refused as refused:
        return await show_again(visit, page, _at_group(visit.refused(refused, typed, NEW)), **place.parameters)
    return visit.redirect(place.path, FlashNotice("success", "entourage_kept"))


async def change(visit: Visit, place: Place, page: Screen, contact_id: UUID) -> Response[Any]:
    """Correct somebody; the children whom this page does not list keep them."""
    typed = _typed(visit, CHANGE)
    edited = Edited(EditedForm.ENTOURAGE, contact_id)
    if again := await edited.pressed(visit, FormState(typed)):
        return await show_again(visit, page, again, contact_id=contact_id, **place.parameters)
    elsewhere = [item for item in visit.posted.get("elsewhere").split(SEPARATOR) if item]
    body = CHANGE.body(typed | {CHILDREN: [*typed[CHILDREN], *elsewhere]}) | {"version": visit.posted.get("version")}
    try:
        await visit.call(change_entourage, contact_id, typed_as(EntourageChange, body))
    except Refused as refused:
        state = _at_group(visit.refused(refused, typed, CHANGE))
        return await show_again(visit, page, state, contact_id=contact_id, **place.parameters)
    await edited.leave(visit)
    return visit.redirect(place.path, FlashNotice("success", "entourage_kept"))


async def end(visit: Visit, place: Place, page: Screen, contact_id: UUID) -> Response[Any]:
    """Take somebody off the lists."""
    try:
        version = typed_as(EntourageEnd, {"version": visit.posted.get("version")})
        await visit.call(end_entourage, contact_id, version)
    except Refused as refused:
        return await show_again(visit, page, visit.refused(refused), **place.parameters)
    return visit.redirect(place.path, FlashNotice("success", "entourage_ended"))


async def order(visit: Visit, place: Place, page: Screen, child_id: UUID) -> Response[Any]:
    """Say whom to call first."""
    try:
        named = typed_as(EntourageOrder, {"contact_ids": visit.posted.get("contact_ids").split(SEPARATOR)})
        await visit.call(order_entourage, child_id, named)
    except Refused as refused:
        return await show_again(visit, page, visit.refused(refused), **place.parameters)
    return visit.redirect(place.path, FlashNotice("success", "entourage_ordered"))


async def show_portrait(visit: Visit, contact_id: UUID) -> Response[Any]:
    """The picture of somebody."""
    return served(await visit.call(read_portrait, contact_id))


async def save_portrait(visit: Visit, place: Place, page: Screen, contact_id: UUID) -> Response[Any]:
    """Keep a picture of somebody, chosen or taken with a telephone."""
    files = [content for name in PORTRAIT.fields for content in visit.posted.files.get(name, ())]
    try:
        body = typed_as(PortraitCreate, {"content": b64encode(files[0] if files else b"")})
        await visit.call(keep_portrait, contact_id, body)
    except Refused as refused:
        state = visit.refused(refused, {"content": ""}, PORTRAIT)
        return await show_again(visit, page, state, contact_id=contact_id, **place.parameters)
    return visit.redirect(f"{place.path}/{contact_id}", FlashNotice("success", "portrait_kept"))


async def delete_portrait(visit: Visit, place: Place, page: Screen, contact_id: UUID) -> Response[Any]:
    """Delete the picture of somebody."""
    try:
        await visit.call(remove_portrait, contact_id)
    except Refused as refused:
        return await show_again(visit, page, visit.refused(refused), contact_id=contact_id, **place.parameters)
    return visit.redirect(f"{place.path}/{contact_id}", FlashNotice("success", "portrait_removed"))
