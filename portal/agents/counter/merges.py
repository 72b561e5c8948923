"""Two accounts of the same person at the counter: which may be that, what a merge makes of them, the merge, and its undoing."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import read_household
from contracts.identity.merging import MergeRequest
from contracts.identity.merging_api import account_duplicates, merge_accounts, preview_merge, undo_merge
from gateway.calls import Refused, typed_as
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit

ONE_WAY: Final = "account_not_mergeable"
"""The refusal of two accounts of which the other one may have to go on."""
PATH: Final = "/agents/familles/{household_id:uuid}/doublons/{account_id:uuid}"


@page(PATH)
async def duplicates_page(visit: Visit, household_id: UUID, account_id: UUID) -> Response[Any]:
    """The accounts that may be of the same person as one of a household, and the merges that can be undone."""
    household = await visit.call(read_household, household_id)
    duplicates = await visit.call(account_duplicates, account_id)
    context = {"household": household, "duplicates": duplicates, "url": _url(household_id, account_id)}
    return visit.page("agents/counter/duplicates.html.j2", context, form=visit.form())


@page(f"{PATH}/{{merged_account_id:uuid}}")
async def merge_page(visit: Visit, household_id: UUID, account_id: UUID, merged_account_id: UUID) -> Response[Any]:
    """What a merge makes of two accounts, before it is made."""
    household = await visit.call(read_household, household_id)
    try:
        preview = await visit.call(preview_merge, account_id, merged_account_id)
    except Refused as refused:
        return await _other_way(visit, refused, household_id, account_id, merged_account_id)
    context = {"household": household, "preview": preview, "url": _url(household_id, account_id)}
    return visit.page("agents/counter/merge.html.j2", context, form=visit.form())


@action(f"{PATH}/{{merged_account_id:uuid}}")
async def merge(visit: Visit, household_id: UUID, account_id: UUID, merged_account_id: UUID) -> Response[Any]:
    """Merge what was previewed."""
    body = {"merged_account_id": str(merged_account_id), "fingerprint": visit.posted.get("fingerprint")}
    try:
        await visit.call(merge_accounts, account_id, typed_as(MergeRequest, body))
    except Refused as refused:
        form = visit.refused(refused, {})
        return await show_again(visit, duplicates_page, form, household_id=household_id, account_id=account_id)
    return visit.redirect(_url(household_id, account_id), FlashNotice("success", "accounts_merged"))


@action(f"{PATH}/separation/{{merge_id:uuid}}")
async def separate(visit: Visit, household_id: UUID, account_id: UUID, merge_id: UUID) -> Response[Any]:
    """Undo a merge."""
    try:
        await visit.call(undo_merge, merge_id)
    except Refused as refused:
        form = visit.refused(refused, {})
        return await show_again(visit, duplicates_page, form, household_id=household_id, account_id=account_id)
    return visit.redirect(_url(household_id, account_id), FlashNotice("success", "accounts_separated"))


async def _other_way(
    visit: Visit, refused: Refused, household_id: UUID, account_id: UUID, merged_account_id: UUID
) -> Response[Any]:
    """The preview in which the other account goes on, where these two are merged that way alone; or the list, with what stands against it."""
    if refused.problem.status in (403, 404):
        raise refused
    if refused.problem.code == ONE_WAY:
        try:
            await visit.call(preview_merge, merged_account_id, account_id)
        except Refused:
            pass
        else:
            path = f"{_url(household_id, merged_account_id)}/{account_id}"
            return visit.redirect(path, FlashNotice("info", "accounts_merge_this_way"))
    form = visit.refused(refused)
    return await show_again(visit, duplicates_page, form, household_id=household_id, account_id=account_id)


def _url(household_id: UUID, account_id: UUID) -> str:
    return f"/agents/familles/{household_id}/doublons/{account_id}"


PAGES = [duplicates_page, merge_page, merge, separate]
