"""The resources of a file: the quotient that counts and all that were known, what the family declared, and entering another one, shown before it is done."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.documents_api import read_document
from contracts.family.readings_api import read_quotient
from contracts.family.resource_words import DeclarationStatus
from contracts.family.resources import ResourcesEntry
from contracts.family.resources_api import change_quotient, preview_quotient, read_resources
from contracts.types import QuotientSource
from gateway.calls import Refused, typed_as
from portal.agents.file.head import head_of
from portal.agents.file.reading import PATH, household_of, open_file
from portal.frame.resources import counting, last_incomes
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

ENTRY: Final = Form(
    ResourcesEntry,
    "agents.resources.entry",
    ("value_cents", "source", "income_cents", "child_count", "month", "effective_on", "ends_on"),
)


@page(f"{PATH}/ressources")
async def file_resources_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """Where the household's resources stand, and the form of another quotient."""
    opened = await open_file(visit, household_id, household_of(visit, household_id))
    head = head_of(visit, opened, "resources")
    resources = await visit.call(read_resources, household_id)
    context = {
        **head,
        "resources": resources,
        "counting": counting(resources),
        "incomes": last_incomes(resources),
        "waiting": [item for item in resources.declarations if item.status is DeclarationStatus.WAITING],
        "settled": [item for item in resources.declarations if item.status is not DeclarationStatus.WAITING],
        "can_note": visit.may(change_quotient),
        "can_read": visit.may(read_quotient) and visit.portal.town.reads_quotients,
        "can_see_proofs": visit.may(read_document),
        "sources": sources(visit),
    }
    proposed = {"effective_on": visit.portal.today().replace(day=1).isoformat()}
    return visit.page("agents/file/resources.html.j2", context, form=visit.form(ENTRY, proposed))


def sources(visit: Visit) -> list[tuple[str, str]]:
    """Where a quotient may come from, in words."""
    return [(source.value, visit.portal.texts(f"agents.source.{source}")) for source in QuotientSource]


@action(f"{PATH}/quotient")
async def set_quotient(visit: Visit, household_id: UUID) -> Response[Any]:
    """Note a quotient from a day on, once what it changes was shown."""
    typed = ENTRY.typed(visit.posted.values)
    step = visit.posted.get("step")
    if step == "edit":
        return await show_again(visit, file_resources_page, FormState(typed, form=ENTRY), household_id=household_id)
    if step == "preview":
        return await show_again(visit, quotient_page, FormState(typed, form=ENTRY), household_id=household_id)
    try:
        await visit.call(change_quotient, household_id, entry_typed(typed))
    except Refused as refused:
        form = visit.refused(refused, typed, ENTRY)
        return await show_again(visit, file_resources_page, form, household_id=household_id)
    return visit.redirect(f"/agents/familles/{household_id}/ressources", FlashNotice("success", "quotient_noted"))


def entry_typed(typed: dict[str, str]) -> ResourcesEntry:
    """What was typed, without what was left blank. Raises Refused."""
    return typed_as(ResourcesEntry, ENTRY.body({name: value for name, value in typed.items() if value.strip()}))


@page(f"{PATH}/ressources/apercu")
async def quotient_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """What a quotient that was typed would change; without one, the form."""
    form = visit.form(ENTRY)
    if not form.values:
        return visit.redirect(f"/agents/familles/{household_id}/ressources")
    typed = {name: form.value(name) for name in form.values}
    try:
        preview = await visit.call(preview_quotient, household_id, entry_typed(typed))
    except Refused as refused:
        if refused.problem.status in (403, 404):
            raise
        state = visit.refused(refused, typed, ENTRY)
        return await show_again(visit, file_resources_page, state, household_id=household_id)
    opened = await open_file(visit, household_id, household_of(visit, household_id))
    context = {**head_of(visit, opened, "resources"), "preview": preview, "hidden": list(typed.items())}
    return visit.page("agents/file/quotient.html.j2", context, form=visit.form())


PAGES = [file_resources_page, set_quotient, quotient_page]
