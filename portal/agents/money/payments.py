"""Payments and payers that an agent must look at."""

from collections.abc import Awaitable, Sequence
from typing import Any

from litestar import Response

from contracts.billing.api import list_payer_conflicts, list_payment_anomalies
from contracts.billing.models import PaymentAnomaly
from contracts.http import Page
from portal.frame.exports import Column, can_export, export
from portal.frame.spaces import MenuLabel, file, page
from portal.frame.visit import Visit
from portal.kit.formats import civil_date
from portal.kit.spreadsheet import Euros


@page("/agents/paiements", entry=MenuLabel("agents.menu.payments", "card", list_payment_anomalies))
async def payments_page(visit: Visit) -> Response[Any]:
    """What was noticed about payments, the newest first."""
    anomalies = await visit.call(list_payment_anomalies, visit.cursor)
    context = {"anomalies": anomalies.items, "next_cursor": anomalies.next_cursor, "can_export": can_export(visit)}
    return visit.page("agents/money/payments.html.j2", context)


@file("/agents/paiements/tableau")
async def payments_file(visit: Visit) -> Response[Any]:
    """The same, for a spreadsheet."""

    def read(cursor: str | None) -> Awaitable[Page[PaymentAnomaly]]:
        return visit.call(list_payment_anomalies, cursor)

    zone, texts = visit.portal.town.town.zone, visit.portal.texts
    columns: Sequence[Column[PaymentAnomaly]] = (
        Column("agents.payments.payer", lambda anomaly: anomaly.payer_name),
        Column("agents.payments.invoice", lambda anomaly: anomaly.invoice_number),
        Column("agents.payments.amount", lambda anomaly: Euros(anomaly.amount_cents)),
        Column("agents.payments.anomaly", lambda anomaly: texts.of_code("agents.payments.anomaly_of", anomaly.code)),
        Column("agents.payments.noted_at", lambda anomaly: civil_date(anomaly.noted_at, zone)),
    )
    return await export(visit, "paiements", columns, read)


@page("/agents/payeurs", entry=MenuLabel("agents.menu.payer_conflicts", "family", list_payer_conflicts))
async def payer_conflicts_page(visit: Visit) -> Response[Any]:
    """Days for which a register names several payers, the newest first."""
    conflicts = await visit.call(list_payer_conflicts, visit.cursor)
    context = {"conflicts": conflicts.items, "next_cursor": conflicts.next_cursor}
    return visit.page("agents/money/payer_conflicts.html.j2", context)


PAGES = [payments_page, payments_file, payer_conflicts_page]
