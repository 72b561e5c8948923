"""Documents as families send them and agents decide: files made up for tests, and the calls."""

import io
from base64 import b64encode
from typing import Any
from uuid import UUID, uuid4

import pikepdf
from PIL import Image

from tests.component.family.delegating import Home
from tests.support.roles import Role


def jpeg(width: int = 400, height: int = 300, colour: str = "white", **options: Any) -> bytes:
    """A photograph."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG", **options)
    return out.getvalue()


def pdf(*texts: str) -> bytes:
    """A PDF of blank pages, one for each text, which it holds as a comment of its content."""
    out = io.BytesIO()
    with pikepdf.Pdf.new() as made:
        for text in texts or ("",):
            made.add_blank_page().contents_add(f"% {text}\n".encode())
        made.save(out)
    return out.getvalue()


class Papers:
    """What a home sends, and the desk decides."""

    def __init__(self, home: Home) -> None:
        self.home, self.service, self.client = home, home.service, home.service.client
        self.father, self.mother = (self.service.as_parent(item) for item in (home.father_id, home.mother_id))
        self.desk = self.service.as_agent(Role.FRONT_DESK)

    async def begin(self, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        body = {"kind": "livret_famille", **fields}
        return await self.client.post("/documents", json=body, headers=(headers or self.father) | self.service.key())

    async def add(
        self, document_id: str, content: bytes, headers: dict[str, str] | None = None, page_id: UUID | None = None
    ) -> Any:
        path = f"/documents/{document_id}/pages/{page_id or uuid4()}"
        body = {"content": b64encode(content).decode()}
        return await self.client.put(path, json=body, headers=headers or self.father)

    async def send(self, document_id: str, headers: dict[str, str] | None = None, day: str | None = None) -> Any:
        path, body = f"/documents/{document_id}/sending", {"marked_on": day} if day else {}
        return await self.client.post(path, json=body, headers=headers or self.father)

    async def sent(self, headers: dict[str, str] | None = None, content: bytes | None = None, **fields: Any) -> str:
        """A document of one page that was sent."""
        day = fields.pop("day", None)
        begun = await self.begin(headers, **fields)
        assert begun.status_code == 201, begun.text
        document_id = str(begun.json()["document_id"])
        added = await self.add(document_id, content or jpeg(), headers)
        assert added.status_code == 204, added.text
        sent = await self.send(document_id, headers, day)
        assert sent.status_code == 200, sent.text
        return document_id

    async def decide(self, document_id: str, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        body = {"is_valid": True, **fields}
        path = f"/documents/{document_id}/decision"
        return await self.client.post(path, json=body, headers=headers or self.desk)

    async def validated(self, document_id: str, **fields: Any) -> Any:
        answer = await self.decide(document_id, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def read(self, document_id: str, headers: dict[str, str] | None = None) -> Any:
        return await self.client.get(f"/documents/{document_id}", headers=headers or self.father)

    async def page(self, document: Any, headers: dict[str, str] | None = None, place: int = 0, leaf: int = 1) -> Any:
        path = f"/documents/{document['document_id']}/pages/{document['pages'][place]['page_id']}?leaf={leaf}"
        return await self.client.get(path, headers=headers or self.father)

    async def own(self, headers: dict[str, str] | None = None) -> Any:
        answer = await self.client.get("/me/documents", headers=headers or self.father)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def listed(self, **query: Any) -> list[Any]:
        answer = await self.client.get("/documents", params=query, headers=self.desk)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])
