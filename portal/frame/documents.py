"""Documents that families send, as both spaces show them: the pictures of their pages, and the whole as one PDF."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.exceptions import NotFoundException

from contracts.family.documents import LEAVES_MAX, Document
from contracts.family.documents_api import read_document_page, read_whole_document
from portal.frame.pictures import served
from portal.frame.visit import Visit


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture of a page of a document, by its number in the whole."""

    number: int
    url: str
    page_id: UUID
    is_first: bool


def previews(path: str, document: Document) -> list[Preview]:
    """The pictures of a document below its address, in order."""
    leaves = [(page.page_id, leaf) for page in document.pages for leaf in range(1, page.leaf_count + 1)]
    return [
        Preview(number, f"{path}/pages/{page_id}?feuille={leaf}", page_id, leaf == 1)
        for number, (page_id, leaf) in enumerate(leaves, start=1)
    ]


async def picture(visit: Visit, document_id: UUID, page_id: UUID) -> Response[Any]:
    """A page of a document. Raises NotFoundException: the address names none."""
    typed = visit.query("feuille") or "1"
    if not typed.isascii() or not typed.isdigit() or not 1 <= int(typed[:4]) <= LEAVES_MAX:
        raise NotFoundException
    return served(await visit.call(read_document_page, document_id, page_id, int(typed[:4])))


async def whole(visit: Visit, document_id: UUID) -> Response[Any]:
    """All of a document, to be kept."""
    return served(await visit.call(read_whole_document, document_id), "attachment")
