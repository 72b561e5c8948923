"""Files that are put aside: one by one with what stands against it, many that were idle for long, and taken up again."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import read_household
from contracts.family.archives import ArchiveRequest, BulkArchive
from contracts.family.archives_api import (
    archive_household,
    archive_idle_households,
    list_idle_households,
    read_archive,
    reopen_household,
)
from gateway.calls import Refused, typed_as
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

PATH: Final = "/agents/familles/{household_id:uuid}/archive"
IDLE: Final = "/agents/familles/sans-activite"
SINCE: Final = "depuis"
YEARS: Final = 2
"""For how long nothing was heard of the files that are shown first."""
ARCHIVE: Final = Form(ArchiveRequest, "agents.archive", ("reason",))
BULK: Final = Form(BulkArchive, "agents.archive", ("household_ids", "reason"))


@page(PATH)
async def archive_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """Whether a file can be put aside, or that it is."""
    household = await visit.call(read_household, household_id)
    standing = await visit.call(read_archive, household_id)
    context = {"household": household, "standing": standing}
    return visit.page("agents/lifecycle/archive.html.j2", context, form=visit.form(ARCHIVE))


@action(PATH)
async def archive(visit: Visit, household_id: UUID) -> Response[Any]:
    """Put it aside."""
    typed = ARCHIVE.typed(visit.posted.values)
    try:
        await visit.call(archive_household, household_id, typed_as(ArchiveRequest, ARCHIVE.body(typed)))
    except Refused as refused:
        state = visit.refused(refused, typed, ARCHIVE)
        return await show_again(visit, archive_page, state, household_id=household_id)
    return visit.redirect(_url(household_id), FlashNotice("success", "household_archived"))


@action(f"{PATH}/reouverture")
async def reopen(visit: Visit, household_id: UUID) -> Response[Any]:
    """Take it up again."""
    await visit.call(reopen_household, household_id)
    return visit.redirect(f"/agents/familles/{household_id}", FlashNotice("success", "household_reopened"))


@page(IDLE)
async def idle_page(visit: Visit) -> Response[Any]:
    """Files of which nothing was heard since a day, to be put aside together."""
    since_on = _since(visit)
    idle = await visit.call(list_idle_households, since_on, visit.cursor)
    context = {"since_on": since_on, "idle": idle.items, "next_cursor": idle.next_cursor, "name": SINCE}
    form = visit.form(BULK, {"household_ids": tuple(str(item.household_id) for item in idle.items)})
    return visit.page("agents/lifecycle/idle.html.j2", context, form=form)


@action(IDLE)
async def archive_idle(visit: Visit) -> Response[Any]:
    """Put those aside that were chosen."""
    since_on = visit.posted.get(SINCE)
    chosen = tuple(visit.posted.all("household_ids"))
    typed: dict[str, Any] = {**BULK.typed(visit.posted.values), "household_ids": chosen}
    body = {**BULK.body({"reason": typed.get("reason", "")}), "household_ids": chosen, "since_on": since_on}
    query = {SINCE: since_on}
    try:
        done = await visit.call(archive_idle_households, typed_as(BulkArchive, body))
    except Refused as refused:
        return await show_again(visit, idle_page, visit.refused(refused, typed, BULK), query)
    kind = "success" if done.archived_count else "warning"
    notice = FlashNotice.counting(kind, households_archived=done.archived_count, households_in_use=len(done.in_use))
    return visit.redirect(idle_page.at(query), notice)


def _url(household_id: UUID) -> str:
    return f"/agents/familles/{household_id}/archive"


def _since(visit: Visit) -> date:
    """The day that the address asks for, or some years ago."""
    try:
        return date.fromisoformat(visit.query(SINCE))
    except ValueError:
        today = visit.portal.today()
        return date(today.year - YEARS, today.month, 1)


PAGES = [archive_page, archive, reopen, idle_page, archive_idle]
