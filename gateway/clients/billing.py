"""Calls of the billing service."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

from contracts.billing.api import (
    Invoice,
    InvoiceRun,
    InvoiceRunItem,
    InvoiceSummary,
    Payment,
    PaymentStarted,
    Quote,
    Tariff,
)
from contracts.http import Page

from .calling import ANONYMOUS, Caller, ServiceClient

TariffPage = Page[Tariff]
InvoiceRunPage = Page[InvoiceRun]
InvoiceRunItemPage = Page[InvoiceRunItem]
InvoicePage = Page[InvoiceSummary]


class BillingClient(ServiceClient):
    """Tariffs, quotes, invoice runs, invoices and payments."""

    async def tariffs(self, caller: Caller, cursor: str | None = None) -> TariffPage:
        """The public grids."""
        return await self.read(caller, "/tariffs", TariffPage, cursor=cursor)

    async def quote(self, caller: Caller, body: Any) -> Quote:
        """The price of a basket, with why."""
        return await self.send(caller, "POST", "/quotes", Quote, body)

    async def create_run(self, caller: Caller, body: Any, key: str) -> InvoiceRun:
        """Start invoicing a month."""
        return await self.send(caller, "POST", "/invoice-runs", InvoiceRun, body, key=key)

    async def runs(self, caller: Caller, cursor: str | None = None) -> InvoiceRunPage:
        """The invoice runs, latest first."""
        return await self.read(caller, "/invoice-runs", InvoiceRunPage, cursor=cursor)

    async def run(self, caller: Caller, run_id: UUID) -> InvoiceRun:
        """A run and its progress."""
        return await self.read(caller, f"/invoice-runs/{run_id}", InvoiceRun)

    async def run_items(self, caller: Caller, run_id: UUID, cursor: str | None) -> InvoiceRunItemPage:
        """What each household would be invoiced."""
        return await self.read(caller, f"/invoice-runs/{run_id}/items", InvoiceRunItemPage, cursor=cursor)

    async def review_run(self, caller: Caller, run_id: UUID) -> InvoiceRun:
        """Declare a draft run reviewed."""
        return await self.send(caller, "POST", f"/invoice-runs/{run_id}/review", InvoiceRun)

    async def issue_run(self, caller: Caller, run_id: UUID) -> InvoiceRun:
        """Issue the invoices of a reviewed run."""
        return await self.send(caller, "POST", f"/invoice-runs/{run_id}/issue", InvoiceRun)

    async def invoices(
        self, caller: Caller, household_id: UUID | None = None, cursor: str | None = None
    ) -> InvoicePage:
        """Invoices: a parent's own, or a household's for an agent."""
        return await self.read(caller, "/invoices", InvoicePage, household_id=household_id, cursor=cursor)

    async def invoice(self, caller: Caller, invoice_id: UUID) -> Invoice:
        """An invoice, whole."""
        return await self.read(caller, f"/invoices/{invoice_id}", Invoice)

    async def invoice_pdf(self, caller: Caller, invoice_id: UUID) -> tuple[bytes, Mapping[str, str]]:
        """An invoice's document."""
        return await self.download(caller, f"/invoices/{invoice_id}/pdf")

    async def start_payment(self, caller: Caller, invoice_id: UUID, body: Any, key: str) -> PaymentStarted:
        """Begin to pay an invoice at the payment provider."""
        return await self.send(caller, "POST", f"/invoices/{invoice_id}/payments", PaymentStarted, body, key=key)

    async def payment(self, caller: Caller, payment_id: UUID) -> Payment:
        """An attempt to pay, and its receipt."""
        return await self.read(caller, f"/payments/{payment_id}", Payment)

    async def payment_by_operation(self, caller: Caller, operation_id: str) -> Payment:
        """The attempt behind a provider's operation, with its result looked up."""
        return await self.read(caller, f"/payments/by-operation/{quote(operation_id, safe='')}", Payment)

    async def notify_payment(self, operation_id: str) -> None:
        """Forward a provider's notification."""
        await self.order(ANONYMOUS, "POST", "/payfip/notifications", {"operation_id": operation_id})
