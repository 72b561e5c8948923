"""A parent who pays an invoice, and the gateway through which the provider reaches the town."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx2

from tests.component.billing.families import Family, issued_invoice, only_invoice
from tests.component.simulators.running import Payfip
from tests.support.services import RunningService


@dataclass
class Gateway:
    """Forwards notifications to the service as the real gateway does, and remembers how many came."""

    url: str = ""
    service: RunningService | None = None
    notified: list[str] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One HTTP request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length"))
        form = {name.lower(): value for name, value in parse_qsl((await reader.readexactly(length)).decode())}
        if self.service is not None:
            await self.service.client.post("/payfip/notifications", json={"operation_id": form["idop"]})
            self.notified.append(form["idop"])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


@dataclass
class Payer:
    """A parent with an invoice, and what they and the provider do with it."""

    service: RunningService
    payfip: Payfip
    family: Family = field(default_factory=Family)
    invoice_id: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The parent's."""
        return self.service.as_parent(self.family.guardian_id)

    async def receive_invoice(self) -> None:
        """The month is invoiced: two days at 9.20 euros."""
        self.invoice_id = (await issued_invoice(self.service, self.family, 2))["invoice_id"]

    async def start(self, key: dict[str, str] | None = None, **body: Any) -> httpx2.Response:
        """Press the pay button."""
        return await self.service.client.post(
            f"/invoices/{self.invoice_id}/payments", json=body, headers=self.headers | (key or self.service.key())
        )

    async def started(self) -> tuple[str, str]:
        """Start a payment that must work; its id, and the provider's operation."""
        answer = await self.start()
        assert answer.status_code == 201, answer.text
        document = answer.json()
        return document["payment_id"], document["redirect_url"].partition("idop=")[2]

    async def result(self, idop: str, code: str) -> None:
        """Choose an outcome on the provider's page."""
        await self.payfip.order(f"operations/{idop}/result", {"result": code})

    async def come_back(self, idop: str) -> dict[str, Any]:
        """Return to the portal; the payment as it is shown."""
        answer = await self.service.client.get(f"/payments/by-operation/{idop}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def poll(self, **later: float) -> None:
        """Some time passes, and the job that asks the provider runs."""
        self.service.advance(**later)
        await self.service.run_job("payments")

    async def payment(self, payment_id: str) -> dict[str, Any]:
        """A payment as it is shown, without asking the provider."""
        answer = await self.service.client.get(f"/payments/{payment_id}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def invoice(self) -> dict[str, Any]:
        """The invoice."""
        return await only_invoice(self.service, self.family)

    async def anomalies(self) -> list[tuple[str, int]]:
        """What an agent has to look at: code and amount."""
        rows = await self.service.db.fetch("select code, amount_cents from payment_anomalies order by code")
        return [tuple(row) for row in rows]

    async def balance(self, account: str) -> int:
        """The balance of a ledger account, by its replayed postings."""
        total: int = await self.service.db.fetchval(
            "select coalesce(sum(amount_cents), 0)::bigint from ledger_postings where account = $1", account
        )
        return total
