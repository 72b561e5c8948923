"""A child of a household of two parents, whose file is said, read and sealed."""

import json
from typing import Any
from uuid import UUID

from joserfc.jwk import OKPKey

from chassis.sealing import unseal
from contracts.booking.events import CareKeyState
from contracts.family.care import Care
from contracts.family.events import CareState
from tests.component.family.delegating import Home
from tests.support.roles import Role


class File:
    """The file of the first child of a home."""

    def __init__(self, home: Home) -> None:
        self.home, self.service, self.child_id = home, home.service, home.child_ids[0]
        self.father, self.mother = (self.service.as_parent(item) for item in (home.father_id, home.mother_id))
        self.director = self.service.as_agent(Role.DIRECTOR)

    async def health(self, headers: dict[str, str]) -> Any:
        return await self.service.client.get(f"/children/{self.child_id}/health", headers=headers)

    async def say(self, headers: dict[str, str], revision: int = 0, **fields: Any) -> Any:
        body = {"revision": revision, **fields}
        return await self.service.client.put(f"/children/{self.child_id}/health", json=body, headers=headers)

    async def authorizations(self, headers: dict[str, str], year: int = 2026) -> Any:
        answer = await self.service.client.get(f"/children/{self.child_id}/authorizations/{year}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def outcome(self, kind: str, headers: dict[str, str], year: int = 2026) -> str:
        known = await self.authorizations(headers, year)
        return str(next(item["outcome"] for item in known["authorizations"] if item["kind"] == kind))

    async def answer(self, headers: dict[str, str], year: int = 2026, **consents: Any) -> Any:
        path = f"/children/{self.child_id}/authorizations/{year}"
        return await self.service.client.put(path, json=consents, headers=headers)

    async def confirm(self, headers: dict[str, str], revision: int, year: int = 2026) -> Any:
        path = f"/children/{self.child_id}/confirmations/{year}"
        return await self.service.client.put(path, json={"revision": revision}, headers=headers)

    async def looks(self, headers: dict[str, str]) -> list[Any]:
        answer = await self.service.client.get(f"/children/{self.child_id}/file-history", headers=headers)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def read_by(self, key: OKPKey) -> None:
        """The booking service has the child in care, and reads with this key."""
        public = json.dumps(key.as_dict(private=False))
        await self.service.deliver(CareKeyState(child_id=UUID(self.child_id), public_key=public))

    async def published(self) -> list[CareState]:
        return (await self.service.emitted(kind=CareState))[1]  # type: ignore[return-value]  # of this kind alone

    async def cared(self, key: OKPKey) -> Care:
        """What whoever has the child in care reads last."""
        return Care.model_validate_json(unseal((await self.published())[-1].sealed, key))


async def rows_of(db: Any) -> str:
    """Every row of a database as text, bytes as hexadecimal digits."""
    tables = await db.fetch("select tablename from pg_tables where schemaname = 'public'")
    rows = [
        row["text"]
        for table in tables
        for row in await db.fetch(f'select t::text as text from "{table["tablename"]}" t')
    ]
    return "\n".join(rows)
