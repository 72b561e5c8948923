"""Pages of public information, made of texts alone: help, accessibility, legal notice, personal data and the like."""

from typing import Any, Final

from litestar import Response

from chassis.french import phone
from contracts.types import ActorKind
from portal.frame.spaces import page
from portal.frame.visit import Visit

TEXTS_OF: Final = {
    "/aide": "help",
    "/accessibilite": "accessibility",
    "/mentions-legales": "legal_notice",
    "/donnees-personnelles": "personal_data",
    "/plan-du-site": "site_map",
    "/actualites": "news",
    "/documents": "documents",
    "/infos-pratiques": "practical",
}
SECTIONS_MAX: Final = 12
LINKS: Final = {"personal_data.4": "/mes-donnees"}
"""What a section leads to; its text `link` says it."""


@page(*TEXTS_OF)
async def information_page(visit: Visit) -> Response[Any]:
    """A title and its sections, in the town's words where it has its own."""
    texts, town = visit.portal.texts, visit.portal.town.town
    name = TEXTS_OF[visit.request.scope["path"].rstrip("/")]
    values = {
        "town": town.full_name,
        "the_town": town.in_a_sentence,
        "email": town.contact_email,
        "phone": phone(town.contact_phone),
        "address": ", ".join(town.contact_address),
        "login": texts(f"information.login.{visit.portal.town.login_mode}"),
        "own": texts(f"information.own.{visit.portal.town.login_mode}"),
    }
    session = visit.visitor.session
    is_for_families = session is None or session.kind is ActorKind.PARENT
    sections = [
        (
            texts(f"information.{name}.{n}.title"),
            texts(f"information.{name}.{n}.text", **values).strip().split("\n\n"),
            LINKS.get(f"{name}.{n}") if is_for_families else None,
            texts(f"information.{name}.{n}.link") if f"{name}.{n}" in LINKS else "",
        )
        for n in range(1, SECTIONS_MAX)
        if f"information.{name}.{n}.title" in texts
    ]
    links = (
        [(path, texts(f"information.{page}.title")) for path, page in TEXTS_OF.items()] if name == "site_map" else []
    )
    return visit.page("public/information/information.html.j2", {"name": name, "sections": sections, "links": links})


PAGES = [information_page]
