"""Certificates that an agent issues for a family, from its file."""

from typing import Any, Final
from uuid import UUID

from litestar import Response
from litestar.exceptions import PermissionDeniedException

from contracts.family.api import read_household
from gateway.calls import Refused
from portal.frame import certificates
from portal.frame.spaces import action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit

FILE_PATH: Final = "/agents/familles/{household_id:uuid}"
PATH: Final = f"{FILE_PATH}/attestations"
NEW_PATH: Final = f"{PATH}/nouvelle"


def _path(household_id: UUID) -> str:
    return f"/agents/familles/{household_id}/attestations"


@page(PATH)
async def certificates_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """What can be certified of the household, with the reason where it cannot, and what was. Raises PermissionDeniedException."""
    path, _ = _path(household_id), await visit.call(read_household, household_id)
    shown = await certificates.shelves(visit, path, household_id)
    if not shown:
        raise PermissionDeniedException
    context = {"path": path, "shelves": shown, "rows": certificates.issued(visit, path, shown)}
    return visit.page("agents/certificates/list.html.j2", {**context, "file_path": path.rpartition("/")[0]})


@page(NEW_PATH)
async def new_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """The form of one certificate."""
    _, offer = await certificates.offer_asked(visit, household_id, visit.asked)
    context = certificates.form_context(visit, _path(household_id), offer)
    return visit.page("agents/certificates/new.html.j2", context, form=visit.form(certificates.REQUEST))


@action(NEW_PATH)
async def issue(visit: Visit, household_id: UUID) -> Response[Any]:
    """Have it issued, and lead to the list, where it is the first."""
    asked = {name: visit.posted.get(name) or "" for name in ("attestation", "pour")}
    answer, offer = await certificates.offer_asked(visit, household_id, asked)
    try:
        await certificates.ask(visit, answer, offer)
    except Refused as refused:
        form = visit.refused(refused, certificates.REQUEST.typed(visit.posted.values), certificates.REQUEST)
        return await show_again(visit, new_page, form, asked, household_id=household_id)
    return visit.redirect(_path(household_id), FlashNotice("success", "certificate_issued"))


@file(f"{PATH}/{{kind:str}}/{{certificate_id:uuid}}")
async def certificate_file(visit: Visit, household_id: UUID, kind: str, certificate_id: UUID) -> Response[bytes]:
    return await certificates.download(visit, kind, certificate_id)


PAGES = [certificates_page, new_page, issue, certificate_file]
