"""What a family leaves of itself on paper: in tables, in topics, in the store of documents, and whether anything of it is left once its file is erased."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from chassis.actor import Actor
from contracts.registry import TOPICS
from contracts.topic import TopicKind
from contracts.types import SERVICES, ActorKind, StepUp
from deploy.local.stack import DOCUMENTS
from tests.component.family.papers import jpeg, pdf
from tests.component.gateway.home_papers import sealed_part
from tests.e2e.topics import read_last, read_topics
from tests.e2e.towns.town import GuideTown

ISSUED_SQL: Final = """
insert into issued_documents (document_id, kind, number, code, household_id, adult_id, fingerprint, pdf, digest, issued_on, issued_at, issued_by)
values ($1, $2, $3, 'ABCDEFGHJKLM', $4, $5, $6, $7, $6, current_date, now(), $5)
"""
HELD_SQL: Final = """
select substring(lower(t::text) from $1) from "{table}" t where lower(t::text) ~ $1 limit 1
"""
KEYS_SQL: Final = "select count(*) from history_keys where owner = any($1::text[])"
BLOBS_SQL: Final = "select blob from document_pages where document_id = any($1::uuid[])"


class FamilyPapers:
    """The papers of one household; `words` are in them, and nowhere else."""

    def __init__(self, town: GuideTown, household: Mapping[str, Any]) -> None:
        self.town, self.household_id = town, str(household["household_id"])
        self.adult_id, self.child_id = household["adults"][0]["adult_id"], household["children"][0]["child_id"]
        self.parent = Actor(
            UUID(self.adult_id), ActorKind.PARENT, guardian_id=UUID(self.adult_id), opened=frozenset({StepUp.EXPORTS})
        )
        self.words = [household["adults"][0]["last_name"].lower()]
        self.owners: list[str] = []
        """Whose keys seal what there is."""
        self.blobs: list[str] = []

    def _word(self) -> str:
        self.words.append("".join(chr(97 + int(digit, 16)) for digit in uuid4().hex[:16]))
        return self.words[-1]

    async def _call(self, method: str, path: str, body: Any = None) -> Any:
        return await self.town.call("family", method, path, body, self.parent)

    async def give(self) -> None:
        """One of each: documents, a portrait, a request with a message, a declared quotient, certificates of all three services, an export."""
        today = str(self.town.today)
        await self._document("livret_famille", jpeg())
        await self._document("aisance_aquatique", pdf(self._word()), person_id=self.child_id)
        proof = await self._document("attestation_quotient", pdf(self._word()), today)
        body = {"value_cents": 41_357, "source": "caf", "month": today[:7], "document_id": proof}
        await self._call("POST", "/resource-declarations", body)
        await self._portrait()
        await self._request()
        await self._certificates()
        await self._export()
        self.owners += [self.household_id, self.adult_id, self.child_id]
        self.blobs = [row["blob"] for row in await self._fetch("family", BLOBS_SQL, self.owners)]
        assert all(self._kept(blob) for blob in self.blobs)
        assert len(self.blobs) == 3

    async def _document(self, kind: str, content: bytes, day: str | None = None, **about: str) -> str:
        document_id = str((await self._call("POST", "/documents", {"kind": kind, **about}))["document_id"])
        body = {"content": b64encode(content).decode()}
        await self._call("PUT", f"/documents/{document_id}/pages/{uuid4()}", body)
        await self._call("POST", f"/documents/{document_id}/sending", {"marked_on": day} if day else {})
        self.owners.append(document_id)
        return document_id

    async def _portrait(self) -> None:
        person = {"kind": "pickup", "first_name": self._word(), "last_name": self._word(), "relation": "Tante"}
        person |= {"birth_on": "1980-01-01", "phone": "0644556677", "child_ids": [self.child_id]}
        contact_id = (await self._call("POST", "/entourage", person))["contact_id"]
        body = {"content": b64encode(jpeg(900, 1200)).decode()}
        await self._call("PUT", f"/entourage/{contact_id}/portrait", body)
        self.owners.append(contact_id)

    async def _request(self) -> None:
        request_id = (await self._call("POST", "/requests", {"code": "creche_liste_attente"}))["request_id"]
        for number, answers in enumerate(
            (
                {"est_ne": "yes", "enfant": self.child_id},
                {"debut": "2027-09", "jours": ["lundi"], "heures": "30"},
                {"situation": "activite", "fratrie": [], "precisions": self._word()},
            ),
            start=1,
        ):
            await self._call(
                "PUT", f"/requests/{request_id}/steps/{number}", {"answers": answers, "press": str(uuid4())}
            )
        await self._call("POST", f"/requests/{request_id}/sending")
        await self._call("POST", f"/requests/{request_id}/messages", {"words": f"Un mot {self._word()}."})
        self.owners.append(request_id)

    async def _certificates(self) -> None:
        """One is issued; what the others attest would keep the file from being erased, and they stand there as if it had been."""
        await self._call("POST", "/certificates", {"kind": "household"})
        for service, kind, series in (("booking", "registration", "INS"), ("billing", "payment", "REG")):
            content, number = f"%PDF {self._word()}".encode(), f"{series}-2020-{uuid4().int % 10**6:06}"
            people = (UUID(self.household_id), UUID(self.adult_id))
            await self._fetch(service, ISSUED_SQL, uuid4(), kind, number, *people, uuid4().bytes, content)

    async def _export(self) -> None:
        export_id = (await self._call("POST", "/exports", {}))["export_id"]
        for service in SERVICES:
            part = sealed_part(self.town.stack.secrets_dir, export_id, service, self._word())
            await self._call("PUT", f"/exports/{export_id}/parts/{service}", part)

    async def _fetch(self, service: str, sql: str, *values: Any) -> Any:
        connection = await asyncpg.connect(self.town.stack.dsn(service))
        try:
            return await connection.fetch(sql, *values)
        finally:
            await connection.close()

    async def in_tables(self) -> list[str]:
        """In which tables of any service a word stands, as text or in bytes."""
        pattern, places = "|".join([*self.words, *(word.encode().hex() for word in self.words)]), list[str]()
        for service in SERVICES:
            connection = await asyncpg.connect(self.town.stack.dsn(service))
            try:
                for row in await connection.fetch("select tablename from pg_tables where schemaname = 'public'"):
                    if await connection.fetchval(HELD_SQL.format(table=row["tablename"]), pattern):
                        places.append(f"{service}.{row['tablename']}")
            finally:
                await connection.close()
        return places

    def in_topics(self) -> list[str]:
        """In which topics a word stands for good: the last record of each key of a state, every record of the others."""
        bootstrap, prefix = self.town.stack.bootstrap, self.town.stack.plan.prefix
        states = [prefix + topic.name for topic in TOPICS if topic.kind is TopicKind.STATE]
        others = [prefix + topic.name for topic in TOPICS if topic.kind is not TopicKind.STATE]
        texts = read_last(bootstrap, states) | read_topics(bootstrap, others)
        return [
            name.removeprefix(prefix)
            for name, text in texts.items()
            if any(word in text.lower() for word in self.words)
        ]

    def _kept(self, blob: str) -> bytes:
        """A file of the store of documents; nothing of one that was swept up."""
        file = self.town.stack.state_dir / DOCUMENTS / blob
        return file.read_bytes() if file.exists() else b""

    async def in_store(self) -> list[str]:
        """What is left in the store of documents that a row names, or that says a word as it is."""
        named = [row["blob"] for row in await self._fetch("family", BLOBS_SQL, self.owners)]
        return named + [blob for blob in self.blobs for word in self.words if word.encode() in self._kept(blob).lower()]

    async def keys(self) -> int:
        """How many keys there are with which something of it can be read."""
        return int((await self._fetch("family", KEYS_SQL, self.owners))[0][0])
