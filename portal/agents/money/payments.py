"""Payments and payers that an agent must look at."""

from typing import Any

from litestar import Response

from contracts.billing.api import list_payer_conflicts, list_payment_anomalies
from portal.frame.spaces import MenuLabel, page
from portal.frame.visit import Visit


@page("/agents/paiements", entry=MenuLabel("agents.menu.payments", "card", list_payment_anomalies))
async def payments_page(visit: Visit) -> Response[Any]:
    """What was noticed about payments, the newest first."""
    anomalies = await visit.call(list_payment_anomalies, visit.cursor)
    context = {"anomalies": anomalies.items, "next_cursor": anomalies.next_cursor}
    return visit.page("agents/money/payments.html.j2", context)


@page("/agents/payeurs", entry=MenuLabel("agents.menu.payer_conflicts", "family", list_payer_conflicts))
async def payer_conflicts_page(visit: Visit) -> Response[Any]:
    """Days for which a register names several payers, the newest first."""
    conflicts = await visit.call(list_payer_conflicts, visit.cursor)
    context = {"conflicts": conflicts.items, "next_cursor": conflicts.next_cursor}
    return visit.page("agents/money/payer_conflicts.html.j2", context)


PAGES = [payments_page, payer_conflicts_page]
