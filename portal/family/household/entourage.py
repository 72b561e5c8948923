"""The people around the children of whoever is signed in."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.children_api import my_children
from contracts.family.documents import FILE_BYTES_MAX
from portal.frame import entourage
from portal.frame.alike import child_names
from portal.frame.entourage import Place
from portal.frame.spaces import action, file, page
from portal.frame.visit import Visit

PATH: Final = "/entourage"
ONE: Final = f"{PATH}/{{contact_id:uuid}}"


async def _place(visit: Visit) -> Place:
    children = (await visit.call(my_children)).items
    return Place(PATH, child_names(children), is_town=False, parameters={})


@page(PATH)
async def list_page(visit: Visit) -> Response[Any]:
    """The people around each child."""
    return await entourage.show_list(visit, await _place(visit))


@page(f"{PATH}/nouveau")
async def new_page(visit: Visit) -> Response[Any]:
    return await entourage.show_new(visit, await _place(visit))


@action(f"{PATH}/nouveau")
async def add(visit: Visit) -> Response[Any]:
    return await entourage.add(visit, await _place(visit), new_page)


@page(ONE)
async def one_page(visit: Visit, contact_id: UUID) -> Response[Any]:
    return await entourage.show_one(visit, await _place(visit), contact_id)


@action(ONE)
async def change(visit: Visit, contact_id: UUID) -> Response[Any]:
    return await entourage.change(visit, await _place(visit), one_page, contact_id)


@action(f"{ONE}/fin", typing=None)
async def end(visit: Visit, contact_id: UUID) -> Response[Any]:
    return await entourage.end(visit, await _place(visit), list_page, contact_id)


@action(f"{PATH}/ordre/{{child_id:uuid}}", typing=None)
async def order(visit: Visit, child_id: UUID) -> Response[Any]:
    return await entourage.order(visit, await _place(visit), list_page, child_id)


@file(f"{ONE}/photo")
async def portrait(visit: Visit, contact_id: UUID) -> Response[Any]:
    return await entourage.show_portrait(visit, contact_id)


@action(f"{ONE}/photo", body_max_bytes=FILE_BYTES_MAX)
async def save_portrait(visit: Visit, contact_id: UUID) -> Response[Any]:
    return await entourage.save_portrait(visit, await _place(visit), one_page, contact_id)


@action(f"{ONE}/photo/suppression", typing=None)
async def delete_portrait(visit: Visit, contact_id: UUID) -> Response[Any]:
    return await entourage.delete_portrait(visit, await _place(visit), one_page, contact_id)


PAGES = [list_page, new_page, add, one_page, change, end, order, portrait, save_portrait, delete_portrait]
