"""P6: an invoice run of 20,000 households with 30 lines each, against the sum of the same rows by one SQL statement.

Ours is `python -m services.billing` with all that a run needs (`ROLES=api,relay,jobs`): an agent of finance opens the run of a month,
looks at it, reviews it and has it issued, by the service's own routes; its job drafts and issues. Numbers, frozen lines, ledger
postings and events are in it, documents are not. The peer sums quantity times price by household, without writing anything.

Each round has a month of its own, whose rows are copied into the migrated database before either side runs. The phases are timed by
the database's clock, from the beginning of their first transaction to the commit of their last: a job that waits for its turn, a second
at most, is told apart. Every invoice is compared to the cent with an oracle in decimal euros.
"""

import asyncio
import json
import os
import statistics
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
from joserfc.jwk import OKPKey

from chassis.actor import Actor, sign_actor
from contracts.billing.permissions import BillingPermission
from contracts.types import ActorKind, StepUp
from deploy.local.child import children_of
from deploy.local.stack import Stack

from .harness import Goal, InvariantBroken, Outcome, Setting, Sides
from .invoice_town import LINES, InvoiceTown
from .procfs import cpu_seconds, cpu_seconds_with_children
from .servers import running_stack

TOKEN_LIFETIME = timedelta(hours=2)
ACCEPTED_MAX = 299
LOOK_SECONDS = 0.25
LIMIT_SECONDS = 600.0
PEER_TURNS = 3
MONTHS_BACK = 30
QUICK_SHARE = 5

PHASES_SQL = {
    "draft": """
select min(drafted_at) as began_at, max(pg_xact_commit_timestamp(xmin)) as ended_at
from invoice_run_items where run_id = $1
""",
    "issue": """
select min(issued_at) as began_at, max(pg_xact_commit_timestamp(xmin)) as ended_at from invoices where run_id = $1
""",
}

OPENED_SQL = "select created_at from invoice_runs where run_id = $1"

WAITING_EVENTS_SQL = "select exists (select from outbox)"

SUM_SQL = """
select count(*) as households, sum(total_cents)::bigint as total_cents
from (select household_id, sum(quantity * unit_cents) as total_cents from peer_charges group by household_id) owed
"""

TOTALS_SQL = "select household_id, total_cents from invoices where run_id = $1"

# I4, I11 and I14 in numbers: what the lines, the ledger, the numbers and the events of all runs come to.
CHECK_SQL = """
select (select count(*) from invoice_lines) as lines,
       (select coalesce(sum(amount_cents), 0)::bigint from invoice_lines) as lines_cents,
       (select coalesce(sum(total_cents), 0)::bigint from invoices) as invoices_cents,
       (select coalesce(sum(amount_cents), 0)::bigint from ledger_postings where account like 'receivable/%') as receivable_cents,
       (select coalesce(sum(amount_cents), 0)::bigint from ledger_postings) as ledger_cents,
       (select coalesce(sum(last_number), 0)::bigint from numbers where series = 'invoice') as numbers,
       (select count(distinct number) from invoices) as invoices,
       (select coalesce(sum(sequence), 0)::bigint from outbox_keys where topic = 'billing.invoices') as events
"""


class InvoiceRunOfTown:
    id = "P6"
    title = f"An invoice run, {LINES} lines a household, against one SQL sum of the same rows"
    goals = (
        Goal("households_per_second", "1/s", is_more_better=True, release=0.06, product=0.12),
        Goal("drafted_per_second", "1/s", is_more_better=True, release=None, product=None, is_absolute=True),
        Goal("issued_per_second", "1/s", is_more_better=True, release=None, product=None, is_absolute=True),
    )

    @asynccontextmanager
    async def prepare(self, setting: Setting) -> AsyncIterator[Sides]:
        """PostgreSQL, Kafka, the billing service, and the households. The first month of all is run to warm both sides up."""
        count = max(1, setting.households // (QUICK_SHARE if setting.is_quick else 1))
        async with running_stack(setting.folder, {"billing": "api,relay,jobs"}) as stack:
            connection = await asyncpg.connect(_admin_dsn(stack))
            try:
                town = InvoiceTown(connection, count)
                await town.settle()
                async with httpx2.AsyncClient(base_url=stack.url("billing"), timeout=60) as http:
                    sides = _Runs(stack, connection, town, _Finance(http, stack.secrets_dir))
                    await sides.peer()
                    await sides.ours()
                    await sides.check()
                    yield sides
            finally:
                await connection.close()


@dataclass(slots=True)
class _Finance:
    """An agent of finance, by the service's routes."""

    http: httpx2.AsyncClient
    secrets_dir: Path

    async def call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """The answer. Raises InvariantBroken when it is a refusal."""
        key = OKPKey.import_key(json.loads((self.secrets_dir / "actor_private.json").read_text()))
        actor = Actor(
            UUID(int=1), ActorKind.AGENT, permissions=frozenset(BillingPermission), sites=None, opened=frozenset(StepUp)
        )
        headers = {
            "Authorization": f"Bearer {sign_actor(actor, key, TOKEN_LIFETIME)[0]}",
            "Idempotency-Key": str(uuid4()),
        }
        answer = await self.http.request(method, path, headers=headers, **options)
        if answer.status_code > ACCEPTED_MAX:
            raise InvariantBroken(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return dict(answer.json())


@dataclass(slots=True)
class _Runs:
    stack: Stack
    connection: "asyncpg.Connection[asyncpg.Record]"
    town: InvoiceTown
    finance: _Finance
    _filled: int = 0
    _runs: list[UUID] = field(default_factory=list)
    _sums: list[int] = field(default_factory=list)

    async def ours(self) -> Outcome:
        """Open, draft, look, review and issue the next month's run; then wait until its events are published."""
        month = await self._month(len(self._runs))
        cpu = {"start": self._cpu_seconds()}
        run = await self.finance.call("POST", "/invoice-runs", json={"period": f"{month:%Y-%m}"})
        run_id = UUID(run["run_id"])
        await self._until(run_id, "draft")
        draft = await self._phase("draft", run_id)
        cpu["draft"] = self._cpu_seconds()
        began = time.monotonic()
        await self.finance.call("GET", f"/invoice-runs/{run_id}/items")
        run = await self.finance.call("GET", f"/invoice-runs/{run_id}")
        review = {"confirmed": run["open_days"]}
        await self.finance.call("POST", f"/invoice-runs/{run_id}/review", json=review)
        review_seconds = time.monotonic() - began
        await self.finance.call("POST", f"/invoice-runs/{run_id}/issue")
        await self._until(run_id, "issued")
        issue = await self._phase("issue", run_id)
        cpu["issue"] = self._cpu_seconds()
        published_seconds = await self._published()
        cpu["publish"] = self._cpu_seconds()
        self._runs.append(run_id)
        count = len(self.town.households)
        opened_at: datetime = await self.connection.fetchval(OPENED_SQL, run_id)
        figures = {
            "households_per_second": count / (draft.seconds + review_seconds + issue.seconds),
            "drafted_per_second": count / draft.seconds,
            "issued_per_second": count / issue.seconds,
        }
        details = {
            "households": count,
            "seconds": {"draft": draft.seconds, "review": review_seconds, "issue": issue.seconds},
            "job_waited_seconds": (draft.began_at - opened_at).total_seconds(),
            "published_after_seconds": published_seconds,
            "cpu_ms_each": _each_phase(cpu, count),
        }
        return Outcome(figures, details)

    async def peer(self) -> Outcome:
        """Sum the same month's rows, a few times: the median."""
        await self._month(len(self._sums))
        seconds = []
        for _ in range(PEER_TURNS):
            began = time.monotonic()
            row = await self.connection.fetchrow(SUM_SQL)
            seconds.append(time.monotonic() - began)
        assert row is not None
        self._sums.append(row["total_cents"])
        rate = row["households"] / statistics.median(seconds)
        return Outcome({"households_per_second": rate}, {"seconds": seconds})

    async def check(self) -> None:
        """Every invoice is what the oracle says; lines, ledger, numbers and events agree with the invoices."""
        owed = {household.household_id: household.owes() for household in self.town.households}
        rows = await self.connection.fetch(TOTALS_SQL, self._runs[-1])
        invoiced = {row["household_id"]: row["total_cents"] for row in rows}
        if invoiced != owed:
            wrong = [who for who in owed if invoiced.get(who) != owed[who]]
            raise InvariantBroken(f"{len(wrong)} of {len(owed)} households are not invoiced what they owe")
        runs, total = len(self._runs), sum(owed.values())
        actual = dict(await self.connection.fetchrow(CHECK_SQL) or {})
        cents = dict.fromkeys(("lines_cents", "invoices_cents", "receivable_cents"), runs * total)
        counts = dict.fromkeys(("numbers", "invoices", "events"), runs * len(owed))
        wanted = {"lines": runs * len(owed) * LINES, "ledger_cents": 0, **cents, **counts}
        if actual != wanted or self._sums[-1] != total:
            raise InvariantBroken(f"found {actual}, summed {self._sums[-1]}, wanted {wanted}")

    async def _month(self, number: int) -> date:
        """Month number `number`, whose rows are there."""
        today = datetime.now(UTC).date()
        months = today.year * 12 + today.month - 1 - MONTHS_BACK + number
        month = date(months // 12, months % 12 + 1, 1)
        if number >= self._filled:
            await self.town.fill(month)
            self._filled += 1
        return month

    async def _until(self, run_id: UUID, status: str) -> None:
        deadline = time.monotonic() + LIMIT_SECONDS
        while (await self.finance.call("GET", f"/invoice-runs/{run_id}"))["status"] != status:
            if time.monotonic() > deadline:
                raise InvariantBroken(f"the run is not {status} after {LIMIT_SECONDS:.0f} s")
            await asyncio.sleep(LOOK_SECONDS)

    async def _published(self) -> float:
        """Seconds until the relay has published what was committed."""
        began = time.monotonic()
        while await self.connection.fetchval(WAITING_EVENTS_SQL):
            if time.monotonic() > began + LIMIT_SECONDS:
                raise InvariantBroken("the relay does not publish what was committed")
            await asyncio.sleep(LOOK_SECONDS)
        return time.monotonic() - began

    async def _phase(self, name: str, run_id: UUID) -> "_Phase":
        row = await self.connection.fetchrow(PHASES_SQL[name], run_id)
        assert row is not None
        return _Phase(row["began_at"], row["ended_at"])

    def _cpu_seconds(self) -> Mapping[str, float]:
        """Processor time since the start: the service, and the server with all of its connections."""
        servers = [pid for pid in children_of(os.getpid()) if b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        return {
            "billing": cpu_seconds(self.stack.processes["billing"].pid or 0),
            "postgres": sum(map(cpu_seconds_with_children, servers)),
        }


@dataclass(frozen=True, slots=True)
class _Phase:
    began_at: datetime
    ended_at: datetime

    @property
    def seconds(self) -> float:
        return (self.ended_at - self.began_at).total_seconds()


def _each_phase(looks: Mapping[str, Mapping[str, float]], count: int) -> dict[str, dict[str, float]]:
    """Processor milliseconds for each household, by phase and part: the review is in the issue."""
    names = list(looks)
    return {
        name: {part: round((looks[name][part] - looks[before][part]) * 1000 / count, 3) for part in looks[name]}
        for before, name in pairwise(names)
    }


def _admin_dsn(stack: Stack) -> str:
    """The administrator's address of the billing database."""
    return stack.admin_dsn.rpartition("/")[0] + "/" + stack.dsn("billing").rpartition("/")[2]
