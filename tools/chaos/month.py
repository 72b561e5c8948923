"""The month under faults: attendance is taken, the month is drafted, reviewed and issued, families pay through the provider."""

import asyncio
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from .calling import AGENT
from .journal import Entry, Kind, Outcome
from .load import Family, Load
from .town import eventually

STEP_SECONDS: Final = 240.0


class Month:
    """One month of a load, taken as far as its payments."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._town = load.town
        self._caller = load.caller

    async def take_attendance(self) -> int:
        """Close today's sheet with everybody present, and wait until billing knows; how many were there."""
        (slot,) = [slot for slot, day in self._load.slots.items() if day == self._load.today]
        while True:
            sheet = await self._caller.get("booking", f"/slots/{slot}/attendance")
            marks = [{"child_id": line["child_id"], "attendance": "present"} for line in sheet["lines"]]
            if not marks:  # a month without a day would have nothing to invoice
                await self._load.book_slot(slot)
                continue
            await self._do("booking", f"/slots/{slot}/attendance", {"marks": marks}, method="PUT")
            closure = await self._do("booking", f"/slots/{slot}/attendance/closure")
            if closure.outcome is Outcome.ACCEPTED:  # else somebody booked in between
                break
        await self._until("select count(*) from charges where status = 'due'", len(marks), "the day is due")
        return len(marks)

    async def open_run(self) -> str:
        """Start the run of the month and wait for its draft; its id."""
        run = await self._do("billing", "/invoice-runs", {"period": f"{self._load.today:%Y-%m}"})
        run_id: str = run.answer["run_id"]
        await self._reach(run_id, "draft")
        return run_id

    async def issue(self, run_id: str) -> None:
        """Review the draft and issue it - once more when days changed in between - and wait for the last invoice."""

        async def is_decided() -> bool:
            run = await self._caller.get("billing", f"/invoice-runs/{run_id}")
            steps = {"review": {"confirmed": run["open_days"]}, "issue": None}
            answers = [await self._do("billing", f"/invoice-runs/{run_id}/{step}", steps[step]) for step in steps]
            return all(answer.outcome is Outcome.ACCEPTED for answer in answers)

        await eventually(is_decided, STEP_SECONDS, "the draft is what it was when it was reviewed")
        await self._reach(run_id, "issued")

    async def pay(self, limit: int = 100) -> int:
        """Have families pay their open invoices; how many were paid."""
        payments = []
        for family in list(self._load.families):
            page = await self._caller.get("billing", f"/invoices?household_id={family.household_id}")
            payments += [
                self._pay(family, invoice["invoice_id"]) for invoice in page["items"] if invoice["status"] != "paid"
            ]
        for unpaid in payments[limit:]:
            unpaid.close()
        return sum(await asyncio.gather(*payments[:limit]))

    async def _pay(self, family: Family, invoice_id: str) -> bool:
        entry = Entry(Kind.PAYMENT, "billing", self._caller.new_key(), {}, subject=invoice_id)
        await self._caller.ask(entry, f"/invoices/{invoice_id}/payments", family.guardian)
        if entry.outcome is not Outcome.ACCEPTED:
            return False
        (operation,) = parse_qs(urlsplit(entry.answer["redirect_url"]).query)["idop"]
        await self._town.client.post(
            f"{self._town.stack.url('payfip')}/control/operations/{operation}/result", json={"result": "P"}
        )

        async def is_paid() -> bool:
            payment = await self._caller.get("billing", f"/payments/by-operation/{operation}", family.guardian)
            return bool(payment and payment["status"] == "paid")

        await eventually(is_paid, STEP_SECONDS, f"operation {operation} is paid")
        return True

    async def _do(self, service: str, path: str, body: Any = None, *, method: str = "POST") -> Entry:
        return await self._caller.ask(
            Entry(Kind.OTHER, service, self._caller.new_key(), body), path, AGENT, method=method
        )

    async def _reach(self, run_id: str, status: str) -> None:
        async def is_there() -> bool:
            return bool((await self._caller.get("billing", f"/invoice-runs/{run_id}"))["status"] == status)

        await eventually(is_there, STEP_SECONDS, f"the run is {status}")

    async def _until(self, sql: str, count: int, what: str) -> None:
        async def is_so() -> bool:
            async with self._town.database("billing") as connection:
                return bool(await connection.fetchval(sql) >= count)

        await eventually(is_so, STEP_SECONDS, what)
