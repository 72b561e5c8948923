"""What families declared of their resources: the list, one beside its proof and the decision; and who pays the highest price for want of a quotient, as a file too."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.document_words import DocumentReason
from contracts.family.documents import Document
from contracts.family.documents_api import read_document
from contracts.family.resource_words import DeclarationStatus
from contracts.family.resources import Declaration, DeclarationDecision, HouseholdWithoutResources
from contracts.family.resources_api import (
    decide_declaration,
    households_without_resources,
    list_declarations,
    read_declaration,
)
from contracts.http import PAGE_SIZE_MAX
from gateway.calls import Refused, typed_as
from gateway.composing import permitted
from portal.agents.file.resources import ENTRY, sources
from portal.frame.documents import previews
from portal.frame.exports import Column, can_export, export
from portal.frame.spaces import MenuLabel, action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form
from portal.kit.formats import date_short

PATH: Final = "/agents/ressources"
WITHOUT_PATH: Final = f"{PATH}/sans-quotient"
ONE_PATH: Final = f"{PATH}/{{declaration_id:uuid}}"
ANSWER: Final = Form(
    DeclarationDecision,
    "agents.resources.entry",
    (*(f"entry.{name}" for name in ENTRY.fields), "reason", "words"),
)
EXPORT_NAME: Final = "sans-quotient"


@page(
    PATH, entry=MenuLabel("agents.menu.resources", "wallet", list_declarations, others=(households_without_resources,))
)
async def declarations_page(visit: Visit) -> Response[Any]:
    """Those that wait, the oldest first; for who decides none, whom it costs most."""
    if not visit.may(list_declarations) and visit.may(households_without_resources):
        return visit.redirect(WITHOUT_PATH)
    declarations = await visit.call(list_declarations, visit.cursor)
    context = {
        "declarations": declarations.items,
        "next_cursor": declarations.next_cursor,
        "today": visit.portal.today(),
        "can_see_without": visit.may(households_without_resources),
    }
    return visit.page("agents/resources/list.html.j2", context)


@page(WITHOUT_PATH)
async def without_page(visit: Visit) -> Response[Any]:
    """Who pays the highest price for want of a quotient."""
    households = await visit.call(households_without_resources, visit.cursor)
    context = {
        "households": households.items,
        "next_cursor": households.next_cursor,
        "can_export": can_export(visit),
        "can_decide": visit.may(list_declarations),
    }
    return visit.page("agents/resources/without.html.j2", context)


@file(f"{WITHOUT_PATH}/tableau")
async def without_file(visit: Visit) -> Response[Any]:
    """The same as a file for a spreadsheet."""
    texts = visit.portal.texts
    columns: list[Column[HouseholdWithoutResources]] = [
        Column("agents.resources.reference", lambda row: row.reference),
        Column("agents.resources.payer", lambda row: row.payer_name),
        Column("agents.resources.children", lambda row: row.child_count),
        Column("agents.resources.reason", lambda row: texts(f"resources.state.{row.state}")),
        Column("agents.resources.ended_on", lambda row: date_short(row.ended_on) if row.ended_on else None),
        Column("agents.resources.declared", lambda row: date_short(row.declared_on) if row.declared_on else None),
    ]

    async def read(cursor: str | None) -> Any:
        return await visit.call(households_without_resources, cursor, PAGE_SIZE_MAX)

    return await export(visit, EXPORT_NAME, columns, read)


@page(ONE_PATH)
async def declaration_page(visit: Visit, declaration_id: UUID) -> Response[Any]:
    """A declaration beside its proof."""
    declaration, texts = await visit.call(read_declaration, declaration_id), visit.portal.texts
    proof: Document | None = None
    if declaration.document_id and visit.may(read_document):
        part = await permitted(visit.call(read_document, declaration.document_id))
        proof = part.value if part else None
    path = f"{PATH}/{declaration_id}"
    context = {
        "declaration": declaration,
        "path": path,
        "proof": proof,
        "previews": previews(f"/agents/documents/{proof.document_id}", proof) if proof else [],
        "can_decide": visit.may(decide_declaration) and declaration.status is DeclarationStatus.WAITING,
        "sources": sources(visit),
        "reasons": [(reason.value, texts(f"papers.reason.{reason}")) for reason in DocumentReason],
    }
    return visit.page("agents/resources/declaration.html.j2", context, form=visit.form(ANSWER, _proposed(declaration)))


def _proposed(declaration: Declaration) -> dict[str, str]:
    """The decision as the family would have it."""

    def euros(cents: int | None) -> str:
        return "" if cents is None else f"{cents // 100},{cents % 100:02d}"

    value_cents = None if declaration.income_cents is not None else declaration.value_cents
    return {
        "entry.value_cents": euros(value_cents),
        "entry.income_cents": euros(declaration.income_cents),
        "entry.child_count": "" if declaration.child_count is None else str(declaration.child_count),
        "entry.source": declaration.source.value,
        "entry.month": declaration.month or "",
        "entry.effective_on": declaration.proposed_on.isoformat(),
    }


@action(f"{ONE_PATH}/decision")
async def decide(visit: Visit, declaration_id: UUID) -> Response[Any]:
    """Accept a declaration as a quotient, or refuse it."""
    is_accepted = visit.posted.get("decision") == "accept"
    typed = ANSWER.typed(visit.posted.values)
    try:
        await visit.call(decide_declaration, declaration_id, _decision(typed, is_accepted=is_accepted))
    except Refused as refused:
        state = visit.refused(refused, typed, ANSWER)
        return await show_again(visit, declaration_page, state, declaration_id=declaration_id)
    notice = FlashNotice("success", "declaration_accepted" if is_accepted else "declaration_refused")
    return visit.redirect(PATH, notice)


def _decision(typed: Mapping[str, str], *, is_accepted: bool) -> DeclarationDecision:
    """What was decided, by the fields of its button. Raises Refused."""
    used = {name: value for name, value in typed.items() if name.startswith("entry.") == is_accepted and value.strip()}
    body: dict[str, Any] = {"entry": {}} if is_accepted else {"reason": ""}
    return typed_as(DeclarationDecision, body | ANSWER.body(used))


PAGES = [declarations_page, without_page, without_file, declaration_page, decide]
