"""An agent who invoices a month."""

from typing import Any

import httpx2

from tests.support.roles import Role
from tests.support.services import RunningService


class Finance:
    """A finance officer, by the service's own routes."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.headers = service.as_agent(Role.FINANCE)

    async def open(self, period: str = "2026-09", key: dict[str, str] | None = None) -> httpx2.Response:
        """The answer to a new run."""
        headers = self.headers | (key or self.service.key())
        return await self.service.client.post("/invoice-runs", json={"period": period}, headers=headers)

    async def opened(self, period: str = "2026-09") -> str:
        """A new run, drafted; its id."""
        run_id: str = (await self.open(period)).json()["run_id"]
        await self.service.run_job("invoice_runs")
        return run_id

    async def ask(self, run_id: str, name: str, **confirmed: int) -> httpx2.Response:
        """The answer to `review`, `issue` or `draft`."""
        body = {"confirmed": confirmed} if name == "review" else None
        return await self.service.client.post(f"/invoice-runs/{run_id}/{name}", json=body, headers=self.headers)

    async def step(self, run_id: str, name: str, **confirmed: int) -> tuple[int, str]:
        """Status code, and refusal or run status, of a step."""
        answer = await self.ask(run_id, name, **confirmed)
        return answer.status_code, answer.json().get("code") or answer.json()["status"]

    async def discard(self, run_id: str) -> int:
        """The status code of giving a run up."""
        return (await self.service.client.delete(f"/invoice-runs/{run_id}", headers=self.headers)).status_code

    async def run(self, run_id: str) -> dict[str, Any]:
        """The run."""
        answer = await self.service.client.get(f"/invoice-runs/{run_id}", headers=self.headers)
        document: dict[str, Any] = answer.json()
        return document

    async def items(self, run_id: str) -> list[dict[str, Any]]:
        """Its items."""
        answer = await self.service.client.get(f"/invoice-runs/{run_id}/items", headers=self.headers)
        items: list[dict[str, Any]] = answer.json()["items"]
        return items
