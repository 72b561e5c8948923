"""Documents as the matrix needs them: a draft of a household with a page, one that was sent, and what is posted about them."""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from contracts.family.document_words import DocumentAudience
from services.family.adapters.contents import Content, Contents
from services.family.documents import store
from services.family.documents.store import NewDocument
from tests.component.authorization.matrix import Cell
from tests.component.authorization.world import HOUSEHOLD_OF, World
from tests.component.family.papers import jpeg

DRAFTED: Final = ("add_document_page", "remove_document_page", "send_document")


async def one_for(world: World, cell: Cell, name: str) -> str:
    """A document of a household, of its own where it is changed; families see drafts too."""
    if name == "erased":
        return uuid4().hex
    if cell.expected == "ok" and cell.operation.name not in ("read_document", "read_document_page"):
        return await _kept(world, name, is_sent=cell.operation.name not in DRAFTED)
    owned = world.owned[name]
    if "document" not in owned:
        owned["document"] = await _kept(world, name, is_sent=True)
    return owned["document"]


async def _kept(world: World, name: str, *, is_sent: bool) -> str:
    """A document with one page, which was not worked on again: what is tested here is who reaches it."""
    family, household = world.town.services["family"], world.households[name]
    document_id = uuid4()
    contents: Contents = family.service.provide[Contents]
    async with family.db.transaction() as tx:
        new = NewDocument(document_id, household.household_id, "livret_famille", DocumentAudience.HOUSEHOLD, None)
        await store.add_document(tx, new, household.adults[0].adult_id)
        page = Content(jpeg(), is_pdf=False, leaf_count=1)
        await store.add_page(tx, contents.blobs, document_id, _page_id(document_id), page)
        if is_sent:
            await store.send(tx, document_id, None)
    return str(document_id)


async def proof(world: World, name: str) -> str:
    """A document of a household that was sent."""
    return await _kept(world, name, is_sent=True)


def _page_id(document_id: UUID) -> UUID:
    return uuid5(document_id, "page")


def page_of(cell: Cell, document_id: str | None) -> str:
    """The page of a document, or the name of a new one."""
    if document_id is None or cell.operation.name == "add_document_page":
        return str(uuid4())
    return str(_page_id(UUID(document_id)))


async def _new(world: World, cell: Cell, named: str | None) -> Any:
    name = {"other": "second", "erased": "erased"}.get(cell.about, HOUSEHOLD_OF.get(cell.actor, "first"))
    other = "first" if cell.actor == "other_parent" else "second"
    if cell.about == "unnamed":
        return {"kind": "livret_famille"}
    household_id = (
        uuid4() if cell.about == "random" else world.owned[other if cell.about == "other" else name]["household"]
    )
    return {"kind": "livret_famille", "household_id": str(household_id)}


async def _page(_world: World, cell: Cell, _named: str | None) -> Any:
    return {"content": b64encode(jpeg()).decode()}


async def _sending(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {}


async def _decision(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"is_valid": True}


BODIES: Final[Mapping[str, Callable[[World, Cell, str | None], Awaitable[Any]]]] = {
    "begin_document": _new,
    "add_document_page": _page,
    "send_document": _sending,
    "decide_document": _decision,
}
