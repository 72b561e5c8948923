"""Two files of one household: what a merge makes of them, the merge, and its undoing."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.billing.api import read_account
from contracts.booking.api import list_enrollments
from contracts.booking.models import Enrollment
from contracts.family.api import read_household
from contracts.family.merging import FileMergePreview, FileMergeRequest
from contracts.family.merging_api import list_file_merges, merge_files, preview_file_merge, undo_file_merge
from contracts.http import Page
from contracts.types import EnrollmentStatus
from gateway.calls import Refused, typed_as
from gateway.composing import Part, permitted
from portal.agents.file_merges.duplicates import PATH as DUPLICATES
from portal.frame.alike import child_names
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

PATH: Final = "/agents/familles/{household_id:uuid}/reunir/{other_id:uuid}"
LIVE: Final = (EnrollmentStatus.REQUESTED, EnrollmentStatus.VALIDATED)
MERGE: Final = Form(
    FileMergeRequest,
    "agents.file_merge",
    (
        *(f"matches.*.{name}" for name in ("person_id", "kept_person_id", "is_phone_taken", "is_email_taken")),
        "is_address_taken",
        "is_quotient_taken",
        "fingerprint",
    ),
)


@page(PATH)
async def merge_page(visit: Visit, household_id: UUID, other_id: UUID) -> Response[Any]:
    """Both files side by side, who may be whom, and what comes of a merge."""
    try:
        kept, former, preview = await asyncio.gather(
            visit.call(read_household, household_id),
            visit.call(read_household, other_id),
            visit.call(preview_file_merge, household_id, other_id),
        )
    except Refused as refused:
        if refused.problem.status != 409:
            raise
        return visit.redirect(f"/agents/familles/{household_id}/reunions", FlashNotice("info", "files_merged_already"))
    kept_enrollments, enrollments, kept_money, money = await asyncio.gather(
        permitted(visit.call(list_enrollments, household_id=household_id)),
        permitted(visit.call(list_enrollments, household_id=other_id)),
        permitted(visit.call(read_account, household_id)),
        permitted(visit.call(read_account, other_id)),
    )
    proposed = {
        f"matches.{place}.kept_person_id": str(person.kept_person_id)
        for place, person in enumerate(preview.people)
        if person.kept_person_id
    }
    context = {
        "kept": kept,
        "former": former,
        "preview": preview,
        "obstacle": _obstacle(visit, preview),
        "enrollments": {kept.household_id: kept_enrollments, former.household_id: enrollments},
        "money": {kept.household_id: kept_money, former.household_id: money},
        "names": child_names(kept.children) | child_names(former.children),
        "twice": _enrolled_twice(preview, _live(kept_enrollments), _live(enrollments)),
        "labels": {f"matches.{place}.kept_person_id": person.name for place, person in enumerate(preview.people)},
        "duplicates": DUPLICATES,
    }
    values = {**proposed, "is_address_taken": "0", "is_quotient_taken": "0"}
    form = _at_their_rows(visit.form(MERGE, values), preview)
    return visit.page("agents/file_merges/merge.html.j2", context, form=form)


@action(PATH)
async def merge(visit: Visit, household_id: UUID, other_id: UUID) -> Response[Any]:
    """Merge what was previewed and chosen."""
    typed = MERGE.typed(visit.posted.values)
    body = MERGE.body(typed)
    items = [(place, match) for place, match in enumerate(body.pop("matches", [])) if match.get("kept_person_id")]
    request = {**body, "former_id": str(other_id), "matches": [match for _, match in items]}
    try:
        await visit.call(merge_files, household_id, typed_as(FileMergeRequest, request))
    except Refused as refused:
        form = _at_their_places(visit.refused(refused, typed, MERGE), [place for place, _ in items])
        return await show_again(visit, merge_page, form, household_id=household_id, other_id=other_id)
    return visit.redirect(f"/agents/familles/{household_id}/reunions", FlashNotice("success", "files_merged"))


@page("/agents/familles/{household_id:uuid}/reunions")
async def merges_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """The merges that a file was part of, and which can be undone."""
    household, merges = await asyncio.gather(
        visit.call(read_household, household_id), visit.call(list_file_merges, household_id)
    )
    context = {"household": household, "merges": merges.items, "now": visit.portal.now()}
    return visit.page("agents/file_merges/merges.html.j2", context, form=visit.form())


@action("/agents/familles/{household_id:uuid}/reunions/{merge_id:uuid}/separation")
async def separate(visit: Visit, household_id: UUID, merge_id: UUID) -> Response[Any]:
    """Undo a merge."""
    try:
        await visit.call(undo_file_merge, merge_id)
    except Refused as refused:
        return await show_again(visit, merges_page, visit.refused(refused), household_id=household_id)
    return visit.redirect(f"/agents/familles/{household_id}/reunions", FlashNotice("success", "files_separated"))


def _obstacle(visit: Visit, preview: FileMergePreview) -> str:
    """What stands against the merge as it is proposed."""
    obstacle = preview.obstacle
    return visit.portal.refusals.refusal(obstacle.code, obstacle.params) if obstacle else ""


def _live(part: Part[Page[Enrollment]] | None) -> Sequence[Enrollment]:
    items = part.value.items if part and part.value else ()
    return [enrollment for enrollment in items if enrollment.status in LIVE]


def _enrolled_twice(
    preview: FileMergePreview, kept: Sequence[Enrollment], former: Sequence[Enrollment]
) -> list[Enrollment]:
    """The enrollments of the file that goes whose child seems to be enrolled in the same activity in the other one."""
    same: Mapping[UUID, UUID] = {
        person.person_id: person.kept_person_id or person.person_id for person in preview.people
    }
    there = {(enrollment.child_id, enrollment.activity_id) for enrollment in kept}
    return [one for one in former if (same.get(one.child_id, one.child_id), one.activity_id) in there]


def _at_their_rows(form: FormState, preview: FileMergePreview) -> FormState:
    """A form that is shown again, with what was chosen for somebody at their row: the file may name others by now."""
    rows = {str(person.person_id): place for place, person in enumerate(preview.people)}
    typed = {name.split(".")[1]: form.value(name) for name in form.values if name.endswith(".person_id")}
    moved = {place: rows.get(person_id) for place, person_id in typed.items()}
    if not typed:
        return form

    def at_row(names: Mapping[str, Any]) -> dict[str, Any]:
        steps = {name: name.split(".") for name in names}
        return {
            ".".join(["matches", str(moved.get(parts[1])), *parts[2:]]) if parts[0] == "matches" else name: names[name]
            for name, parts in steps.items()
            if parts[0] != "matches" or moved.get(parts[1]) is not None
        }

    return replace(form, values=at_row(form.values), errors=at_row(form.errors))


def _at_their_places(form: FormState, places: Sequence[int]) -> FormState:
    """Errors of matches at the rows where they were chosen: who is in no match was not sent."""

    def placed(name: str) -> str:
        parts = name.split(".")
        return ".".join(["matches", str(places[int(parts[1])]), *parts[2:]]) if parts[0] == "matches" else name

    return FormState(form.values, {placed(name): text for name, text in form.errors.items()}, form.refusal)


PAGES = [merge_page, merge, merges_page, separate]
