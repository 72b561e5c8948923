"""The certificates of a family: which it may have, of whom and of which days, and those that were issued."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from gateway.calls import Refused
from portal.frame import certificates
from portal.frame.spaces import action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit

PATH: Final = "/edition-de-documents"
NEW_PATH: Final = f"{PATH}/nouvelle"


@page(PATH)
async def certificates_page(visit: Visit) -> Response[Any]:
    """What can be certified of the household, with the reason where it cannot, and what was."""
    shown = await certificates.shelves(visit, PATH, None)
    context = {"path": PATH, "shelves": shown, "rows": certificates.issued(visit, PATH, shown)}
    return visit.page("family/certificates/list.html.j2", context)


@page(NEW_PATH)
async def new_page(visit: Visit) -> Response[Any]:
    """The form of one certificate."""
    _, offer = await certificates.offer_asked(visit, None, visit.asked)
    context = certificates.form_context(visit, PATH, offer)
    return visit.page("family/certificates/new.html.j2", context, form=visit.form(certificates.REQUEST))


@action(NEW_PATH)
async def issue(visit: Visit) -> Response[Any]:
    """Have it issued, and lead to the list, where it is the first."""
    asked = {name: visit.posted.get(name) or "" for name in ("attestation", "pour")}
    answer, offer = await certificates.offer_asked(visit, None, asked)
    try:
        await certificates.ask(visit, answer, offer)
    except Refused as refused:
        form = visit.refused(refused, certificates.REQUEST.typed(visit.posted.values), certificates.REQUEST)
        return await show_again(visit, new_page, form, asked)
    return visit.redirect(PATH, FlashNotice("success", "certificate_issued"))


@file(f"{PATH}/{{kind:str}}/{{certificate_id:uuid}}")
async def certificate_file(visit: Visit, kind: str, certificate_id: UUID) -> Response[bytes]:
    return await certificates.download(visit, kind, certificate_id)


PAGES = [certificates_page, new_page, issue, certificate_file]
