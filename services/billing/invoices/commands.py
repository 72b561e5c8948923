"""The PDF of an invoice: set when first asked for, then kept as it was."""

from typing import Any, Final
from uuid import UUID

import structlog

from chassis.actor import Actor
from chassis.data.database import Database, Row, Transaction, command
from chassis.documents.typesetting import CannotBeSet, Typesetter
from contracts.billing.models import InvoiceLine

from ..errors import DocumentCannotBeSet, DocumentForgotten
from ..settings import BillingRules
from . import store
from .queries import invoice_lines, invoice_row, organization_of

LAYOUT: Final = "invoice.typ"

log = structlog.get_logger()


async def invoice_document(
    db: Database, actor: Actor, rules: BillingRules, typesetter: Typesetter, invoice_id: UUID
) -> tuple[str, bytes]:
    """The file name and the content of an invoice's PDF.

    Raises:
        NotFound: it is nobody's, or somebody else's.
        DocumentForgotten: it need not be kept any longer.
        DocumentCannotBeSet: and trying again would not help.
    """
    row = await invoice_row(db, actor, invoice_id)
    if not row["payer_name"]:
        raise DocumentForgotten
    pdf = await store.document(db, invoice_id)
    if pdf is None:
        content = _content(rules, row, await invoice_lines(db, invoice_id))
        try:
            pdf = await typesetter.document(LAYOUT, content, row["issued_at"])
        except CannotBeSet as error:
            log.error("invoice cannot be set", invoice_id=str(invoice_id), exc_info=error)
            raise DocumentCannotBeSet from error
        pdf = await keep_document(db, invoice_id, pdf)
    return rules.policy.invoice_file_name.format(number=row["number"]), pdf


@command
async def keep_document(tx: Transaction, invoice_id: UUID, pdf: bytes) -> bytes:
    """Keep a PDF that was just set; the one that is kept, which may be another replica's."""
    await store.keep_document(tx, invoice_id, pdf)
    return await store.document(tx, invoice_id) or pdf


def _content(rules: BillingRules, row: Row, lines: tuple[InvoiceLine, ...]) -> dict[str, Any]:
    organization = organization_of(row)
    # What was issued before the address was protected, and set by nobody yet, is set without it.
    is_protected = row["is_address_protected"]
    return {
        "town": rules.town.model_dump(mode="json"),
        "regie_label": rules.policy.regie_label,
        "ways_to_pay": rules.policy.ways_to_pay,
        "complaint": rules.policy.complaint,
        "number": row["number"],
        "period": row["period"],
        "payer_name": row["payer_name"],
        **({"organization": organization.model_dump()} if organization else {}),
        "payer_address": () if is_protected else row["payer_address"],
        **({"carried_by": rules.town.protected_mail_by} if is_protected else {}),
        "total_cents": row["total_cents"],
        "credit_cents": row["credit_cents"],
        "issued_on": row["issued_on"].isoformat(),
        "due_on": row["due_on"].isoformat(),
        "lines": [line.model_dump(mode="json") for line in lines],
    }
