"""Nouvelle demarche: what the town can be asked for online, for everybody; what needs a space says so before anybody signs in for it."""

from typing import Any

from litestar import Response

from contracts.family.procedures_api import public_procedures
from contracts.types import ActorKind
from portal.frame.spaces import page
from portal.frame.visit import Visit


@page("/nouvelle-demarche")
async def new_request_page(visit: Visit) -> Response[Any]:
    """The catalogue. Each leads to where it is done, which asks whoever is not signed in to do so."""
    session = visit.visitor.session
    context = {
        "procedures": (await visit.call(public_procedures)).items,
        "is_family": session is not None and session.kind is ActorKind.PARENT,
    }
    return visit.page("public/procedures/list.html.j2", context)


PAGES = [new_request_page]
