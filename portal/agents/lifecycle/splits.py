"""A file that becomes two: the form, what it makes of the file, and the split as it was shown."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.booking.api import list_enrollments
from contracts.family.api import read_custody, read_household
from contracts.family.splits import ChildPlace, SplitConfirm, SplitCreate
from contracts.family.splits_api import preview_split, split_household
from contracts.types import EnrollmentStatus
from gateway.calls import Refused, typed_as
from gateway.composing import permitted
from portal.frame.alike import child_names
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

PATH: Final = "/agents/familles/{household_id:uuid}/partage"
PLACE: Final = "place."
"""What the field of a child begins with: its id follows."""
SPLIT: Final = Form(
    SplitCreate,
    "agents.split",
    (
        "adult_ids",
        "from_on",
        *(f"address.{name}" for name in ("street", "complement", "postal_code", "city", "country")),
        "payer_adult_id",
        "former_payer_id",
        "secret_reason",
    ),
)
LASTING: Final = (EnrollmentStatus.REQUESTED, EnrollmentStatus.VALIDATED)


@page(PATH)
async def split_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """Who leaves, from when on, where to, and who pays."""
    household, texts = await visit.call(read_household, household_id), visit.portal.texts
    adults = [(str(adult.adult_id), f"{adult.first_name} {adult.last_name.upper()}") for adult in household.adults]
    context = {
        "household": household,
        "adults": adults,
        "places": [(place.value, texts(f"agents.split.place_of.{place}")) for place in ChildPlace],
    }
    form = visit.form(SPLIT, {"from_on": visit.portal.today().isoformat()})
    context["has_secret"] = bool(form.value("secret_reason").strip() or form.error("secret_reason"))
    return visit.page("agents/lifecycle/split.html.j2", context, form=form)


@action(PATH)
async def show_split(visit: Visit, household_id: UUID) -> Response[Any]:
    """Lead to what was typed as a preview, or back to the form of it."""
    where = split_page if visit.posted.get("step") == "edit" else preview_page
    return await show_again(visit, where, FormState(_typed(visit)), household_id=household_id)


@page(f"{PATH}/apercu")
async def preview_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """What the split makes of the file; without anything typed, the form."""
    form = visit.form(SPLIT)
    if not form.values:
        return visit.redirect(split_page.address({"household_id": household_id}))
    try:
        preview = await visit.call(preview_split, household_id, typed_as(SplitCreate, _body(form.values)))
    except Refused as refused:
        if refused.problem.status in (403, 404):
            raise
        typed: dict[str, Any] = dict(form.values)
        state = visit.refused(refused, typed, SPLIT)
        return await show_again(visit, split_page, state, household_id=household_id)
    household = await visit.call(read_household, household_id)
    enrollments = await permitted(visit.call(list_enrollments, household_id=household_id))
    along = {name.removeprefix(PLACE) for name in form.values if form.value(name) == ChildPlace.NEW}
    context = {
        "household": household,
        "names": child_names(household.children),
        "preview": preview,
        "hidden": [(name, value) for name in form.values for value in form.all(name)],
        "enrollments": enrollments,
        "staying": [
            item
            for item in (enrollments.value.items if enrollments and enrollments.value else ())
            if item.status in LASTING and str(item.child_id) in along and item.ends_on >= preview.from_on
        ],
        "can_see_custody": visit.may(read_custody),
    }
    return visit.page("agents/lifecycle/split_preview.html.j2", context, form=visit.form())


@action(f"{PATH}/confirmation")
async def confirm_split(visit: Visit, household_id: UUID) -> Response[Any]:
    """Split the file as it was shown."""
    typed = _typed(visit)
    body = _body(typed) | {"fingerprint": visit.posted.get("fingerprint")}
    try:
        new = await visit.call(split_household, household_id, typed_as(SplitConfirm, body))
    except Refused as refused:
        state = visit.refused(refused, typed, SPLIT)
        return await show_again(visit, split_page, state, household_id=household_id)
    return visit.redirect(f"/agents/familles/{new.household_id}", FlashNotice("success", "household_split"))


def _typed(visit: Visit) -> dict[str, Any]:
    """What was posted of the form: adults are many, and each child has its place."""
    places = {name: value for name, value in visit.posted.values.items() if name.startswith(PLACE)}
    return {**SPLIT.typed(visit.posted.values), **places, "adult_ids": tuple(visit.posted.all("adult_ids"))}


def _body(typed: Mapping[str, str | Sequence[str]]) -> dict[str, Any]:
    fields = {name: value for name, value in typed.items() if not name.startswith(PLACE) and name != "adult_ids"}
    chosen = typed.get("adult_ids", ())
    children = [
        {"child_id": name.removeprefix(PLACE), "place": value}
        for name, value in typed.items()
        if name.startswith(PLACE)
    ]
    # A part that was left blank is sent empty, so that each of its fields is said to be missing.
    adult_ids = [chosen] if isinstance(chosen, str) else list(chosen)
    return {"address": {}} | SPLIT.body(fields) | {"adult_ids": adult_ids, "children": children}


PAGES = [split_page, show_split, preview_page, confirm_split]
