"""Files that may be of one household: what is alike, comparing two by their references, and those that an agent keeps apart."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import find_households
from contracts.family.merging import FilesApart
from contracts.family.merging_api import compare_files_again, keep_files_apart, list_duplicate_files
from gateway.calls import Refused, typed_as
from portal.agents.references import named_file
from portal.frame.spaces import MenuLabel, action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import FormState

PATH: Final = "/agents/dossiers-en-double"
APART: Final = "ecartes"
"""The view of the pairs that somebody keeps apart."""
REFERENCES: Final = ("dossier", "autre")


@page(PATH, entry=MenuLabel("agents.menu.duplicates", "family", list_duplicate_files))
async def duplicates_page(visit: Visit) -> Response[Any]:
    """Pairs of files that may be of one household, each with what is alike."""
    is_apart = visit.query("vue") == APART
    pairs = await visit.call(list_duplicate_files, is_apart, visit.cursor)
    context = {"pairs": pairs.items, "next_cursor": pairs.next_cursor, "is_apart": is_apart}
    return visit.page("agents/file_merges/duplicates.html.j2", context, form=visit.form())


@page(f"{PATH}/comparer")
async def compare(visit: Visit) -> Response[Any]:
    """Compare two files by their references."""
    typed = {name: visit.query(name).strip() for name in REFERENCES}
    file_ids = {name: await _file(visit, reference) for name, reference in typed.items()}
    texts = visit.portal.texts
    errors = {
        name: texts("agents.duplicates.reference_unknown") for name, file_id in file_ids.items() if file_id is None
    }
    if not errors and file_ids["dossier"] == file_ids["autre"]:
        errors = {"autre": texts("agents.duplicates.same_file")}
    if errors:
        return await show_again(visit, duplicates_page, FormState(typed, errors))
    return visit.redirect(f"/agents/familles/{file_ids['dossier']}/reunir/{file_ids['autre']}")


async def _file(visit: Visit, reference: str) -> UUID | None:
    """The file that a reference leads to."""
    if not reference:
        return None
    return named_file((await visit.call(find_households, reference)).items)


@action("/agents/familles/{household_id:uuid}/doublon/{other_id:uuid}")
async def decide(visit: Visit, household_id: UUID, other_id: UUID) -> Response[Any]:
    """Keep two files apart with a reason, or compare them again."""
    if visit.posted.get("decision") == "again":
        await visit.call(compare_files_again, household_id, other_id)
        return visit.redirect(PATH, FlashNotice("success", "files_compared_again"))
    field = f"reason.{household_id}.{other_id}"
    reason = visit.posted.get(field)
    try:
        await visit.call(keep_files_apart, household_id, other_id, typed_as(FilesApart, {"reason": reason}))
    except Refused as refused:
        state = visit.refused(refused, {field: reason})
        errors = {field if name == "reason" else name: text for name, text in state.errors.items()}
        return await show_again(visit, duplicates_page, FormState({field: reason}, errors, state.refusal))
    return visit.redirect(PATH, FlashNotice("success", "files_kept_apart"))


PAGES = [duplicates_page, compare, decide]
