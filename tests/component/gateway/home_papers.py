"""What homes send and are given on paper: documents with pictures, requests with answers and a message, a declared quotient with its proof, certificates, exports."""

import io
from base64 import b64encode
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

import httpx2
import pikepdf

from chassis.actor import Actor
from chassis.documents import issuing
from chassis.documents.issuing import Press
from chassis.sealing import SharedSeal
from contracts.certificates import CertificateKind
from contracts.family.exports import ExportPart, ExportSection, place_of
from contracts.types import SERVICES, ActorKind
from tests.component.family.papers import jpeg
from tests.component.gateway.home_plans import HomePaper, pictured, spelled
from tests.component.gateway.homes import Society, token
from tests.support.roles import Role

COLOURS: Final = ("ff0000", "00ff00", "0000ff", "ffff00", "ff00ff", "00ffff")
"""Of the pictures of each home."""
DECLARED: Final = count(31_013, 1_009)
"""Cents of a quotient, like no others."""


def page_of(document_id: str, place: int) -> UUID:
    """The page of a document at a place."""
    return uuid5(UUID(document_id), str(place))


def sealed_part(secrets_dir: Path, export_id: str, service: str, word: str) -> dict[str, str]:
    """The part of a service in an export, as the gateway seals it, with a word in it."""
    part = ExportPart(sections=(ExportSection(name="account", rows=({"username": word},)),))
    seal = SharedSeal.of((secrets_dir / "export_seal").read_text())
    sealed = seal.close(part.model_dump_json().encode(), place_of(UUID(export_id), service))
    return {"sealed": b64encode(sealed).decode()}


async def sent_papers(society: Society) -> None:
    """Give every home something of each kind, of its first adult and of a child that this one answers for."""
    for number, home in enumerate(society.plan.homes):
        papers = HomePapers(society, home, COLOURS[number])
        await papers.documents()
        await papers.requests()
        await papers.declaration()
        await papers.certificates()
        await papers.export()
    await society.town.services["family"].run_job("make_exports")
    await society.town.settle()


class HomePapers:
    """The papers of one home, whose first adult sends them."""

    def __init__(self, society: Society, home: str, colour: str) -> None:
        self.society, self.home, self.colour = society, home, colour
        self.household_id = society.households[home].household_id
        (self.adult, *_), children = society.plan.homes[home]
        self.child = next((child for child in children if society.plan.answers_for(self.adult, child)), None)
        self.family = society.town.services["family"]
        self.parent = self.family.as_parent(society.adults[self.adult])
        self.named = {"household_id": str(self.household_id)}

    async def documents(self) -> None:
        """One of the household, with a photograph and a PDF, and one of a child."""
        shown, written = (pictured(self.colour), token()), token()
        await self._document("livret_famille", [jpeg(colour=f"#{self.colour}"), self._pdf(shown[1])], shown)
        if self.child is not None:
            about = {"person_id": str(self.society.children[self.child])}
            await self._document("aisance_aquatique", [self._pdf(written)], (written,), about, child=self.child)

    async def _document(
        self, kind: str, files: list[bytes], words: tuple[str, ...], about: Mapping[str, str] | None = None, **of: str
    ) -> str:
        begun = await self._done("POST", "/documents", {"kind": kind, **self.named, **(about or {})})
        document_id = str(begun["document_id"])
        for place, content in enumerate(files):
            path = f"/documents/{document_id}/pages/{page_of(document_id, place)}"
            await self._done("PUT", path, {"content": b64encode(content).decode()})
        day = {"marked_on": str(await self.family.db.today())} if kind == "attestation_quotient" else {}
        await self._done("POST", f"/documents/{document_id}/sending", day)
        self._keep("document_id", document_id, *words, **of)
        return document_id

    def _pdf(self, word: str) -> bytes:
        """A page in the colour of the home that says a word."""
        out, points = io.BytesIO(), [int(self.colour[place : place + 2], 16) // 255 for place in (0, 2, 4)]
        drawn = f"{' '.join(map(str, points))} rg 0 0 612 792 re f 0 g BT /F1 12 Tf 72 720 Td ({word}) Tj ET"
        with pikepdf.Pdf.new() as made:
            page = made.add_blank_page()
            font = {"/Type": pikepdf.Name.Font, "/Subtype": pikepdf.Name.Type1, "/BaseFont": pikepdf.Name.Helvetica}
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pikepdf.Dictionary(font)))
            page.contents_add(drawn.encode())
            made.save(out)
        return out.getvalue()

    async def requests(self) -> None:
        """One of the household with a message, one about a child, and a draft."""
        answer, message = token(), token()
        request_id = await self._begun("creche_liste_attente", self._waiting_list(answer))
        await self._keep_sent(request_id, answer, message)
        await self._done("POST", f"/requests/{request_id}/messages", {"words": f"Un mot {message}."})
        if self.child is not None:
            words, about = token(), {"person_id": str(self.society.children[self.child])}
            pages = ({"changement": "fin", "a_partir_du": "2027-01-04", "motif": words},)
            await self._keep_sent(await self._begun("creche_modification", pages, about), words, child=self.child)
        words = token()
        draft_id = await self._begun("creche_liste_attente", self._waiting_list(words))
        self._keep("request_id", draft_id, words)

    @staticmethod
    def _waiting_list(words: str) -> tuple[dict[str, Any], ...]:
        return (
            {"est_ne": "no", "naissance_prevue": "2027-02"},
            {"debut": "2027-09", "jours": ["lundi"], "heures": "30"},
            {"situation": "activite", "fratrie": [], "precisions": words},
        )

    async def _begun(self, code: str, pages: tuple[dict[str, Any], ...], about: Mapping[str, str] | None = None) -> str:
        request_id = (await self._done("POST", "/requests", {"code": code, **self.named, **(about or {})}))[
            "request_id"
        ]
        for number, answers in enumerate(pages, start=1):
            await self._done(
                "PUT", f"/requests/{request_id}/steps/{number}", {"answers": answers, "press": str(uuid4())}
            )
        return str(request_id)

    async def _keep_sent(self, request_id: str, *words: str, **of: str) -> None:
        sent = await self._done("POST", f"/requests/{request_id}/sending")
        self._keep("request_id", request_id, sent["number"], *words, **of)

    async def declaration(self) -> None:
        """A quotient that waits, with its proof."""
        word, cents = token(), next(DECLARED)
        proof = await self._document("attestation_quotient", [self._pdf(word)], (word,))
        body = {"value_cents": cents, "source": "caf", "month": "2026-09", "document_id": proof, **self.named}
        declared = await self._done("POST", "/resource-declarations", body)
        self._keep("declaration_id", declared["declaration_id"], *spelled(cents))

    async def certificates(self) -> None:
        """Of the household and of what was paid, for the adult; that the child who was enrolled is."""
        (adult, *_), (child, *_) = self.society.plan.homes[self.home]
        for name, asked, of in (
            ("family", {"kind": "household", "adult_id": str(self.society.adults[adult])}, {"adult": adult}),
            ("booking", {"kind": "registration", "child_id": str(self.society.children[child])}, {"child": child}),
        ):
            service = self.society.town.services[name]
            headers = service.as_agent(Role.FRONT_DESK)
            answer = await service.client.post("/certificates", json={**asked, **self.named}, headers=headers)
            assert answer.status_code == 200, answer.text
            self._keep("certificate_id", answer.json()["certificate_id"], answer.json()["number"], **of)
        await self._paid(adult)

    async def _paid(self, adult: str) -> None:
        """As if something had been paid: how that is done is for tests of billing."""
        billing, payer = self.society.town.services["billing"], token()
        days = {"from_on": "2026-01-01", "to_on": "2026-12-31"}
        amounts = {"invoices": [], "shares": [], "unshared_cents": 0, "total_cents": 0}
        content = {"payer_name": payer, **days, **amounts}
        paper = issuing.Paper(CertificateKind.PAYMENT, self.household_id, content, adult_id=self.society.adults[adult])
        actor = Actor(uuid4(), ActorKind.PARENT, guardian_id=self.society.adults[adult])
        issued = await issuing.issue(billing.db, actor, billing.service.provide[Press], paper)
        self._keep("certificate_id", str(issued.certificate_id), issued.number, payer, adult=adult)

    async def export(self) -> None:
        """An archive of whatever the adult may read, with a word in each part."""
        export_id, words = (await self._done("POST", "/exports", self.named))["export_id"], [token() for _ in SERVICES]
        for name, word in zip(SERVICES, words, strict=True):
            part = sealed_part(self.society.town.secrets_dir, export_id, name, word)
            await self._done("PUT", f"/exports/{export_id}/parts/{name}", part)
        self._keep("export_id", export_id, *words, adult=self.adult)

    async def _done(self, method: str, path: str, body: Any = None) -> Any:
        headers = self.parent | self.family.key()
        answer: httpx2.Response = await self.family.client.request(method, path, json=body, headers=headers)
        assert answer.is_success, (path, answer.text)
        return answer.json() if answer.content else None

    def _keep(self, name: str, paper_id: str, *words: str, **of: str) -> None:
        paper = HomePaper(name.removesuffix("_id"), UUID(paper_id), self.home, words, **of)
        self.society.papers.append(paper)
        self.society.ids.setdefault(name, []).append(paper.paper_id)
