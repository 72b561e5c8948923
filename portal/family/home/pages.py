"""The home page of a family: greeting, the household, the dashboard and the tiles of the town; and how the town reaches them."""

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Response

from chassis.clock import age_on
from chassis.comparing import masked
from contracts.billing.api import list_invoices
from contracts.family.api import my_household
from contracts.family.circulars_api import own_circulars
from contracts.family.delegations_api import held_delegations
from contracts.family.events import Adult
from contracts.family.models import Household
from contracts.types import InvoiceStatus, SessionStage
from gateway.auth import WrongSpace
from gateway.composing import Part, if_open, optional, permitted
from portal.family.home.requests import own_requests
from portal.family.households.pages import forget_choice, has_lost_choice
from portal.family.without_file.pages import show_without_file
from portal.frame.alike import child_names
from portal.frame.contact import HOME, correct_contact, show_contact
from portal.frame.settings import Tile
from portal.frame.spaces import action, page
from portal.frame.visit import Visit
from portal.kit import PATHS, MenuEntry

CONTACT_PATH: Final = "/mes-coordonnees"
AGE_MIN: Final = Tile.model_fields["age_min"].default
AGE_MAX: Final = Tile.model_fields["age_max"].default
"""Of a tile that is for whoever has a child of any age."""


@page(PATHS["private_home"])
async def private_home(visit: Visit) -> Response[Any]:
    """Everything a family starts from; a service that does not answer leaves its part marked as unavailable."""
    session = visit.session
    if await has_lost_choice(visit):
        return forget_choice(visit)
    household, invoices, requests, held, asked = await asyncio.gather(
        permitted(visit.call(my_household)),
        if_open(visit.call_about_all(list_invoices)),
        own_requests(visit),
        optional(visit.call(held_delegations)),
        permitted(visit.call(own_circulars)),
    )
    if household is None:
        return await show_without_file(visit)
    guardian = own_guardian(household, session.guardian_id)
    if household.value is not None:
        visit.portal.greetings.hear(visit.visitor, household.value)
    unpaid = (
        [i for i in invoices.value.items if i.status is not InvoiceStatus.PAID] if invoices and invoices.value else []
    )
    context = {
        "household": household,
        "guardian": guardian,
        "children": list(child_names(household.value.children).values()) if household.value else [],
        "invoices": invoices,
        "unpaid": unpaid,
        "requests": requests,
        "asked": asked,
        "today": visit.portal.today(),
        "entrusted": [item for item in held.value.items if item.end is None] if held.value else [],
        "email": shown_email(visit, guardian),
        "blocks": shown_blocks(visit, household),
        "own_links": own_links(visit),
        "other_spaces": visit.portal.town.section.other_spaces,
    }
    return visit.page("family/home/home.html.j2", context)


@page(CONTACT_PATH)
async def contact_page(visit: Visit) -> Response[Any]:
    """How the town reaches whoever is signed in."""
    return await show_contact(visit, _own_id(visit), CONTACT_PATH, visit.query(HOME))


@action(CONTACT_PATH)
async def correct_own_contact(visit: Visit) -> Response[Any]:
    return await correct_contact(visit, _own_id(visit), contact_page, CONTACT_PATH)


def _own_id(visit: Visit) -> UUID:
    """The adult who is signed in."""
    if (guardian_id := visit.session.guardian_id) is None:
        raise WrongSpace
    return guardian_id


def own_guardian(household: Part[Household], guardian_id: object) -> Adult | None:
    """The signed-in person in the household's file."""
    if household.value is None:
        return None
    return next((adult for adult in household.value.adults if adult.adult_id == guardian_id), None)


def shown_email(visit: Visit, adult: Adult | None) -> str:
    """An adult's address as "Mon espace" shows it; empty for none."""
    email = (adult.email if adult else None) or ""
    return masked(email) if email and visit.portal.town.section.masks_email else email


def own_links(visit: Visit) -> list[MenuEntry]:
    """Where a family changes what the town knows of it and how it signs in, and sees what was done."""
    texts, has_services = visit.portal.texts, SessionStage.ENTER_KEYS in visit.session.first_steps
    services = [MenuEntry(texts("home.space.services"), "/mon-compte/services")] if has_services else []
    links = [
        MenuEntry(texts("home.space.profile"), CONTACT_PATH),
        MenuEntry(texts("household.title"), "/ma-famille"),
        MenuEntry(texts("home.space.credentials"), "/mes-identifiants"),
        *services,
        MenuEntry(texts("online_services.title"), "/mes-services"),
        MenuEntry(texts("child_file.list_title"), "/mes-enfants"),
        MenuEntry(texts("entourage.title"), "/entourage"),
        MenuEntry(texts("delegations.title"), "/personnes-de-confiance"),
        MenuEntry(texts("documents.title"), "/mon-espace-de-stockage"),
        MenuEntry(texts("home.space.history"), "/historique"),
    ]
    return [link for link in links if visit.shows(link.url)]


def shown_blocks(visit: Visit, household: Part[Household]) -> list[tuple[str, list[Tile]]]:
    """The town's blocks of tiles, each tile only when a child of the household is of its age band, and its page open. An organization has those
    that are of no age."""
    portal = visit.portal
    if household.value is None:
        ages = list(range(19))
    else:
        today = portal.today()
        ages = [age_on(child.birth_on, today) for child in household.value.children if not child.is_expected]

    def is_for_everybody(tile: Tile) -> bool:
        of_organization = household.value is not None and household.value.organization is not None
        return of_organization and tile.age_min == AGE_MIN and tile.age_max == AGE_MAX

    blocks = []
    for block in portal.town.section.blocks:
        tiles = [
            tile
            for tile in block.tiles
            if visit.shows(tile.url)
            and (any(tile.age_min <= age <= tile.age_max for age in ages) or is_for_everybody(tile))
        ]
        if tiles:
            blocks.append((block.title, tiles))
    return blocks


PAGES = [private_home, contact_page, correct_own_contact]
