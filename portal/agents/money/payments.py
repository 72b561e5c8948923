"""Payments that an agent must look at."""

from typing import Any

from litestar import Response

from contracts.billing.api import list_payment_anomalies
from portal.frame.spaces import MenuLabel, page
from portal.frame.visit import Visit


@page("/agents/paiements", entry=MenuLabel("agents.menu.payments", "card", list_payment_anomalies))
async def payments_page(visit: Visit) -> Response[Any]:
    """What was noticed about payments, the newest first."""
    anomalies = await visit.call(list_payment_anomalies, visit.cursor)
    context = {"anomalies": anomalies.items, "next_cursor": anomalies.next_cursor}
    return visit.page("agents/money/payments.html.j2", context)


PAGES = [payments_page]
