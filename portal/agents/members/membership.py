"""Who belongs to a file and who pays for it, at the counter: somebody of another file joins, somebody leaves, another adult pays, each on a day."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from litestar import Response
from litestar.exceptions import NotFoundException, PermissionDeniedException

from contracts.family.api import change_payer, find_households, join_household, leave_household, read_household
from contracts.family.models import Household, MembershipChange, MembershipEnd, PayerChange
from contracts.http import PAGE_SIZE
from contracts.operation import Operation
from gateway.calls import Refused, typed_as
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

FILE: Final = "/agents/familles/{household_id:uuid}"
LEAVING: Final = f"{FILE}/membres/{{person_id:uuid}}/depart"
JOINING: Final = f"{FILE}/membres/nouveau"
PAYING: Final = f"{FILE}/payeur"
OTHER: Final = "dossier"
"""The parameter of an address that names the file in which somebody is looked for."""
REFERENCE_MAX: Final = 20
LEAVE: Final = Form(MembershipEnd, "agents.members", ("ends_on",))
JOIN: Final = Form(MembershipChange, "agents.members", ("starts_on", "ends_on"))
PAY: Final = Form(PayerChange, "agents.members", ("adult_id", "starts_on", "ends_on"))


@page(LEAVING)
async def leaving_page(visit: Visit, household_id: UUID, person_id: UUID) -> Response[Any]:
    """On which day somebody belongs to the file for the last time."""
    household = await _file(visit, household_id, leave_household)
    name = dict(_people(household)).get(str(person_id))
    if name is None:
        raise NotFoundException
    context = {"household": household, "person_id": person_id, "name": name}
    form = visit.form(LEAVE, {"ends_on": visit.portal.today().isoformat()})
    return visit.page("agents/members/leaving.html.j2", context, form=form)


@action(LEAVING)
async def leave(visit: Visit, household_id: UUID, person_id: UUID) -> Response[Any]:
    """Say that day."""
    typed = LEAVE.typed(visit.posted.values)
    try:
        await visit.call(leave_household, household_id, person_id, typed_as(MembershipEnd, LEAVE.body(typed)))
    except Refused as refused:
        state = visit.refused(refused, typed, LEAVE)
        return await show_again(visit, leaving_page, state, household_id=household_id, person_id=person_id)
    return _done(visit, household_id, "member_left")


@page(JOINING)
async def joining_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """Somebody of another file, which its reference names, who belongs to this one too from a day on."""
    household, sought = await _file(visit, household_id, join_household), visit.query(OTHER)[:REFERENCE_MAX].strip()
    other = await _other_file(visit, household, sought)
    context = {
        "household": household,
        "sought": sought,
        "other": other,
        "people": [one for one in _people(other) if one not in list(_people(household))] if other else [],
    }
    form = visit.form(JOIN, {"starts_on": visit.portal.today().isoformat()})
    return visit.page("agents/members/joining.html.j2", context, form=form)


@action(JOINING)
async def join(visit: Visit, household_id: UUID) -> Response[Any]:
    """Let them belong to it."""
    person, again = visit.posted.get("person_id"), {OTHER: visit.posted.get(OTHER)}
    fields = JOIN.typed(visit.posted.values)
    typed = fields | {"person_id": person}
    try:
        person_id = UUID(person)
    except ValueError:
        missing = FormState(typed, {"person_id": visit.portal.texts("fields.person_id")})
        return await show_again(visit, joining_page, missing, again, household_id=household_id)
    try:
        await visit.call(join_household, household_id, person_id, typed_as(MembershipChange, JOIN.body(fields)))
    except Refused as refused:
        state = visit.refused(refused, typed, JOIN)
        return await show_again(visit, joining_page, state, again, household_id=household_id)
    return _done(visit, household_id, "member_joined")


@page(PAYING)
async def paying_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """Which adult of the file pays from a day on."""
    household = await _file(visit, household_id, change_payer)
    context = {"household": household, "adults": list(_adults(household))}
    form = visit.form(PAY, {"starts_on": visit.portal.today().isoformat()})
    return visit.page("agents/members/paying.html.j2", context, form=form)


@action(PAYING)
async def pay(visit: Visit, household_id: UUID) -> Response[Any]:
    """Say that they pay."""
    typed = PAY.typed(visit.posted.values)
    try:
        await visit.call(change_payer, household_id, typed_as(PayerChange, PAY.body(typed)))
    except Refused as refused:
        return await show_again(visit, paying_page, visit.refused(refused, typed, PAY), household_id=household_id)
    return _done(visit, household_id, "payer_changed")


async def _file(visit: Visit, household_id: UUID, operation: Operation[..., Any]) -> Household:
    """The file, for whoever may do that with it. Raises PermissionDeniedException."""
    if not visit.may(operation):
        raise PermissionDeniedException
    return await visit.call(read_household, household_id)


async def _other_file(visit: Visit, household: Household, reference: str) -> Household | None:
    """The file that a reference names, if it is another one."""
    if not reference:
        return None
    files = (await visit.call(find_households, reference, limit=PAGE_SIZE)).items
    named = (item for item in files if item.reference == reference.upper())
    first = next(named, files[0] if len(files) == 1 else None)
    if first is None or first.household_id == household.household_id:
        return None
    return await visit.call(read_household, first.household_id)


def _people(household: Household) -> Iterator[tuple[str, str]]:
    """Id and name of everybody of a file."""
    yield from _adults(household)
    for child in household.children:
        yield str(child.child_id), f"{child.first_name} {child.last_name.upper()}"


def _adults(household: Household) -> Iterator[tuple[str, str]]:
    for adult in household.adults:
        yield str(adult.adult_id), f"{adult.first_name} {adult.last_name.upper()}"


def _done(visit: Visit, household_id: UUID, notice: str) -> Response[Any]:
    return visit.redirect(f"/agents/familles/{household_id}/personnes", FlashNotice("success", notice))


PAGES = [leaving_page, leave, joining_page, join, paying_page, pay]
