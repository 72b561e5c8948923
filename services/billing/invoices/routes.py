"""HTTP routes of invoices."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.documents.typesetting import Typesetter
from chassis.http.routes import serves
from contracts.billing import api
from contracts.billing.models import Invoice, InvoiceSummary
from contracts.http import Cursor, File, FileType, Page

from ..settings import BillingRules
from . import commands, queries


@serves(api.list_invoices)
async def list_invoices(
    db: Database, actor: Actor, household_id: UUID | None = None, cursor: Cursor | None = None
) -> Page[InvoiceSummary]:
    return await queries.invoices(db, actor, household_id, cursor)


@serves(api.read_invoice)
async def read_invoice(invoice_id: UUID, db: Database, actor: Actor, rules: BillingRules) -> Invoice:
    return await queries.invoice(db, actor, rules, invoice_id)


@serves(api.read_invoice_pdf)
async def read_pdf(invoice_id: UUID, db: Database, actor: Actor, rules: BillingRules, typesetter: Typesetter) -> File:
    name, pdf = await commands.invoice_document(db, actor, rules, typesetter, invoice_id)
    return File(pdf, FileType.PDF, name)


ROUTES = (list_invoices, read_invoice, read_pdf)
