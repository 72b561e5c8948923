"""Who insures a child for a school year, as a form: for its family, and for agents on behalf of one."""

from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.editing import EditedForm
from contracts.family.insurance import Insurance, InsuranceChange
from contracts.family.insurance_api import change_insurance, read_insurance
from gateway.calls import Refused, typed_as
from portal.frame.editing import Edited
from portal.frame.spaces import Screen, action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

INSURANCE: Final = Form(InsuranceChange, "insurance.form", ("company", "contract_number", "ends_on"))


@dataclass(frozen=True, slots=True)
class InsurancePlace:
    """Where the form stands: its own address, where it leads back to, and whether to an agent."""

    path: str
    back: str
    is_town: bool


def insurance_pages(child: str, back: str = "", *, is_town: bool) -> list[Screen]:
    """The form below the address of a child, for each school year, and what carries it out; it leads back to the child, to `back` there."""
    form_path = f"{child}/{{child_id:uuid}}/assurance/{{school_year:int}}"

    def place(child_id: UUID, school_year: int) -> InsurancePlace:
        path = f"{child}/{child_id}"
        return InsurancePlace(f"{path}/assurance/{school_year}", f"{path}{back}", is_town)

    @page(form_path)
    async def form_page(visit: Visit, child_id: UUID, school_year: int) -> Response[Any]:
        """What is known, and the form."""
        return await _show(visit, place(child_id, school_year), child_id, school_year)

    @action(form_path)
    async def change(visit: Visit, child_id: UUID, school_year: int) -> Response[Any]:
        """Say it."""
        return await _save(visit, place(child_id, school_year), form_page, child_id, school_year)

    return [form_page, change]


async def _show(visit: Visit, place: InsurancePlace, child_id: UUID, school_year: int) -> Response[Any]:
    """What is known for a school year, and the form to say it; what was said the year before is there to be checked."""
    known = await visit.call(read_insurance, child_id, school_year)
    context = {"known": known, "place": place, "editor": await _edited(child_id).other_editor(visit)}
    form = visit.form(INSURANCE)
    form = replace(form, values={**_proposed(known), **form.values})
    return visit.page("insurance_form.html.j2", context, form=form)


async def _save(visit: Visit, place: InsurancePlace, screen: Screen, child_id: UUID, school_year: int) -> Response[Any]:
    """Carry out what was typed."""
    typed = INSURANCE.typed(visit.posted.values)
    edited = _edited(child_id)
    if again := await edited.pressed(visit, FormState(typed)):
        return await show_again(visit, screen, again, child_id=child_id, school_year=school_year)
    body = INSURANCE.body(typed) | {"revision": visit.posted.get("revision")}
    try:
        await visit.call(change_insurance, child_id, school_year, typed_as(InsuranceChange, body))
    except Refused as refused:
        state = visit.refused(refused, typed, INSURANCE)
        return await show_again(visit, screen, state, child_id=child_id, school_year=school_year)
    await edited.leave(visit)
    return visit.redirect(place.back, FlashNotice("success", "insurance_saved"))


def _edited(child_id: UUID) -> Edited:
    """The form, whichever school year it is of, which one agent at a time edits."""
    return Edited(EditedForm.INSURANCE, child_id)


def _proposed(known: Insurance) -> dict[str, str]:
    """What is known, or else the contract of the year before without its last day, which is another one."""
    if known.contract is not None:
        return {name: str(value) for name, value in known.contract.model_dump(mode="json").items()}
    former = known.former
    return {"company": former.company, "contract_number": former.contract_number} if former else {}
