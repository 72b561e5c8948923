"""Faults of systems outside the portal: the mail relay and the payment provider fail, are slow, and lose answers."""

import asyncio
from typing import Any, Final

from .month import Month
from .scene import Scene

TROUBLE_SECONDS: Final = 3.0
PAYMENTS_MAX: Final = 2
MAIL_TROUBLES: Final = ({"mode": "reject_450"}, {"mode": "down"}, {"mode": "slow", "seconds": 2})
PAYMENT_TROUBLES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    (
        "faults",
        {
            "mode": "timeout",
            "operations": ["creerPaiementSecurise"],
            "remaining": 1,
            "seconds": 1,
            "after_effect": True,
        },
    ),
    ("faults", {"mode": "bad_gateway", "remaining": 3}),
    ("faults", {"mode": "malformed_xml", "remaining": 2}),
    ("notifications", {"mode": "duplicated"}),
    ("notifications", {"mode": "before_result", "seconds": 1}),
    ("notifications", {"mode": "off"}),
)


async def trouble_mail(scene: Scene) -> str:
    """The mail relay refuses for now, is away, or takes its time."""
    trouble = scene.chance.choice(MAIL_TROUBLES)
    address = f"{scene.town.stack.url('mail')}/api/faults"
    await scene.town.client.post(address, json=trouble)
    try:
        for _ in range(3):
            await scene.load.book_surely()
        await asyncio.sleep(TROUBLE_SECONDS)
    finally:
        await scene.town.client.post(address, json={"mode": "ok"})
    return f"mail relay: {trouble['mode']}"


async def trouble_payments(scene: Scene) -> str:
    """The payment provider loses answers, fails, notifies twice, too early or never, while families pay."""
    switch, order = scene.chance.choice(PAYMENT_TROUBLES)
    address = f"{scene.town.stack.url('payfip')}/control"
    await scene.town.client.post(f"{address}/{switch}", json=order)
    try:
        count = await Month(scene.load).pay(PAYMENTS_MAX)
    finally:
        await scene.town.client.post(f"{address}/reset")
    return f"payment provider: {switch} {order['mode']}, {count} payments"
