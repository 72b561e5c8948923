"""Taking away one's whole file: begun with a fresh proof of who one is, gathered from every service, made in the background, there for some days."""

import asyncio
from typing import Any, Final
from uuid import UUID

import structlog
from litestar import Response

from chassis.http.client import Unreachable
from contracts.family.exports import Export, ExportCreate, ExportStatus
from contracts.family.exports_api import add_export_part, own_exports, read_export, start_export
from contracts.types import SERVICES
from gateway.calls import Refused
from portal.family.exports.gathering import part_of
from portal.frame.spaces import action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit

PATH: Final = "/mes-donnees"

log = structlog.get_logger()


@page(PATH)
async def exports_page(visit: Visit) -> Response[Any]:
    """What an export holds, those that are there or on their way, and how far they have come."""
    exports = (await visit.call(own_exports)).items
    context = {
        "exports": exports,
        "service_count": len(SERVICES),
        "is_under_way": any(export.status is ExportStatus.MAKING for export in exports),
        "can_begin": all(export.status is ExportStatus.READY for export in exports),
    }
    return visit.page("family/exports/list.html.j2", context, form=visit.form())


@action(PATH)
async def begin(visit: Visit) -> Response[Any]:
    """Begin an export, or go on with the one whose parts are not all there: each service that answers gives its own."""
    try:
        export = await visit.call(start_export, ExportCreate())
        missing = [name for name in SERVICES if name not in export.services]
        await asyncio.gather(*(_gather(visit, export, name) for name in missing))
    except Refused as refused:
        return await show_again(visit, exports_page, visit.refused(refused))
    return visit.redirect(PATH, FlashNotice("success", "export_begun"))


async def _gather(visit: Visit, export: Export, service: str) -> None:
    """A service that does not answer is asked again when its adult goes on."""
    try:
        part = await part_of(visit, export.export_id, service)
        await visit.call(add_export_part, export.export_id, service, part)
    except Unreachable as error:
        log.warning("part of an export is missing", name=error.name)


@file(f"{PATH}/{{export_id:uuid}}")
async def archive(visit: Visit, export_id: UUID) -> Response[bytes]:
    document = await visit.call(read_export, export_id)
    disposition = {"Content-Disposition": f'attachment; filename="{document.name}"'}
    return Response(document.content, media_type=document.media_type, headers=disposition)


PAGES = [exports_page, begin, archive]
