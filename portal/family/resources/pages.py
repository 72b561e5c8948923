"""A family's quotient and resources: where they stand, what follows with its dates, and declaring others with a proof that is there or comes along."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.document_words import DocumentKind, DocumentStatus, DocumentValidity
from contracts.family.documents import Document, DocumentCreate, DocumentSending, OwnDocuments
from contracts.family.documents_api import begin_document, own_documents, send_document
from contracts.family.resource_words import DeclarationStatus
from contracts.family.resources import DeclarationCreate, Resources
from contracts.family.resources_api import declare_resources, own_resources, withdraw_declaration
from contracts.types import QuotientSource
from gateway.calls import Refused, typed_as
from portal.family.documents.pages import UPLOAD_BYTES_MAX, files_of, keep_files
from portal.frame.resources import counting, last_incomes, steps
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState
from portal.kit.formats import date_short

PATH: Final = "/quotient-et-ressources"
DECLARE_PATH: Final = f"{PATH}/declarer"
SOURCES: Final = (QuotientSource.CAF, QuotientSource.MSA, QuotientSource.TAX_NOTICE)
"""What a family can prove."""
PROOFS: Final = (DocumentStatus.SENT, DocumentStatus.VALIDATED)
NEW_PROOF: Final = ""
"""What is chosen of the documents where a new one comes along."""
DECLARING: Final = Form(
    DeclarationCreate,
    "resources.form",
    ("value_cents", "income_cents", "child_count", "month", "document_id", "content", "photo", "marked_on"),
)


@page(PATH)
async def resources_page(visit: Visit) -> Response[Any]:
    """Where the household's resources stand, why it pays the highest price if it does, and what was known; an organization reads why there is nothing."""
    if visit.portal.greetings.is_organization(visit.visitor):
        return visit.page("family/resources/organization.html.j2", {})
    resources = await visit.call(own_resources)
    waiting = [item for item in resources.declarations if item.status is DeclarationStatus.WAITING]
    last = next(iter(resources.declarations), None)
    context = {
        "resources": resources,
        "counting": counting(resources),
        "incomes": last_incomes(resources),
        "steps": list(steps(resources, visit.portal.today())),
        "waiting": waiting,
        "reads_quotients": visit.portal.town.reads_quotients,
        "refused": last if last and last.status is DeclarationStatus.REFUSED else None,
    }
    return visit.page("family/resources/resources.html.j2", context, form=visit.form())


@page(DECLARE_PATH)
async def declare_page(visit: Visit) -> Response[Any]:
    """Where the quotient comes from, then what the proof says: two steps of one address."""
    resources = await visit.call(own_resources)
    source = _source(resources, visit.query("origine"))
    documents = await visit.call(own_documents) if source else None
    kind = resources.proof_kinds.get(source) if source else None
    proofs = _proofs(visit, documents, kind)
    context = {
        "resources": resources,
        "sources": sources_of(resources),
        "source": source,
        "is_computed": source is QuotientSource.TAX_NOTICE and resources.formula is not None,
        "proofs": proofs,
        "kind": kind,
        "asks_day": kind.validity.value
        if kind and kind.validity in (DocumentValidity.DATED, DocumentValidity.GIVEN)
        else "",
    }
    proposed = {
        "child_count": str(resources.child_count),
        "document_id": proofs[0][0] if proofs and kind else NEW_PROOF,
    }
    return visit.page("family/resources/declare.html.j2", context, form=visit.form(DECLARING, proposed))


def sources_of(resources: Resources) -> list[QuotientSource]:
    """What a family of this town can declare: no tax notice bears a quotient, so that one counts where the town computes it."""
    return [source for source in SOURCES if source is not QuotientSource.TAX_NOTICE or resources.formula is not None]


def _source(resources: Resources, asked: str) -> QuotientSource | None:
    return next((source for source in sources_of(resources) if source.value == asked), None)


def _proofs(visit: Visit, documents: OwnDocuments | None, kind: DocumentKind | None) -> list[tuple[str, str]]:
    """Documents that may prove it, those of its kind before others, and a new one where the town has a kind for it."""
    texts, zone = visit.portal.texts, visit.portal.town.town.zone

    def is_of_kind(item: Document) -> bool:
        return kind is not None and item.kind.code == kind.code

    items = [item for item in documents.items if item.status in PROOFS] if documents else []
    items.sort(key=lambda item: not is_of_kind(item))
    listed = [
        (
            str(item.document_id),
            texts(
                "resources.declare.proof_of",
                kind=item.kind.label,
                day=date_short(item.sent_at or item.created_at, zone),
            ),
        )
        for item in items
    ]
    new = [(NEW_PROOF, texts("resources.declare.new_proof"))] if kind else []
    return listed + new if listed and is_of_kind(items[0]) else new + listed


@action(DECLARE_PATH, body_max_bytes=UPLOAD_BYTES_MAX)
async def declare(visit: Visit) -> Response[Any]:
    """Send the proof that comes along, if one does, and declare: what was typed and sent is kept whatever is refused."""
    typed = DECLARING.typed(visit.posted.values)
    asked = {"origine": visit.posted.get("origine")}
    resources = await visit.call(own_resources)
    source = _source(resources, asked["origine"])
    kind = resources.proof_kinds.get(source) if source else None
    try:
        if not typed.get("document_id") and kind is not None:
            document_id, problem = await _new_proof(visit, resources, kind, typed)
            typed["document_id"] = document_id or ""
            if problem:
                return await show_again(visit, declare_page, problem, asked)
        stated = {
            name: value
            for name, value in typed.items()
            if name not in ("content", "photo", "marked_on") and value.strip()
        }
        body = {**DECLARING.body(stated), "household_id": str(resources.household_id), "source": asked["origine"]}
        await visit.call(declare_resources, typed_as(DeclarationCreate, body))
    except Refused as refused:
        return await show_again(visit, declare_page, visit.refused(refused, typed, DECLARING), asked)
    return visit.redirect(PATH, FlashNotice("success", "resources_declared"))


async def _new_proof(
    visit: Visit, resources: Resources, kind: DocumentKind, typed: Mapping[str, str]
) -> tuple[str | None, FormState | None]:
    """The document that comes along, once it was sent, or why it was not. Raises Refused."""
    files = files_of(visit)
    if not files:
        return None, FormState(typed, {"content": visit.portal.texts("documents.form.missing")}, form=DECLARING)
    household_id = str(resources.household_id)
    begun = await visit.call(
        begin_document, typed_as(DocumentCreate, {"household_id": household_id, "kind": kind.code})
    )
    if problems := await keep_files(visit, begun.document_id, files):
        return None, FormState(typed, {"content": " ".join(problems)}, form=DECLARING)
    marked = {"marked_on": typed["marked_on"]} if typed.get("marked_on") else {}
    await visit.call(send_document, begun.document_id, typed_as(DocumentSending, marked))
    return str(begun.document_id), None


@action(f"{PATH}/{{declaration_id:uuid}}/retrait", typing=None)
async def withdraw(visit: Visit, declaration_id: UUID) -> Response[Any]:
    """Take a declaration back."""
    await visit.call(withdraw_declaration, declaration_id)
    return visit.redirect(PATH, FlashNotice("success", "resources_withdrawn"))


PAGES = [resources_page, declare_page, declare, withdraw]
