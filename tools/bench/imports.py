"""P17: an import of 35,000 households from one file, against COPY of the rows that it leaves in the same tables.

Ours is `python -m services.family` with all that an import needs (`ROLES=api,relay,jobs`), and the consumers of the other services: an agent sends the file,
waits for its report, confirms it and waits for its end, by the service's own routes. Checks, references, custody, search marks, history and events are in it.
The peer copies the same rows into tables with the same columns, checks and indexes, without keys to other tables.

Beside both an agent reads a family's file ten times a second and opens one every second, since the job works in the process that answers them.
"""

import asyncio
import json
import math
import os
import time
from base64 import b64encode
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import httpx2
from joserfc.jwk import OKPKey

from chassis.actor import Actor, sign_actor
from contracts.family.permissions import FamilyPermission
from contracts.types import ActorKind, StepUp
from deploy.local.child import children_of
from deploy.local.stack import Stack

from .harness import Goal, InvariantBroken, Outcome, Setting, Sides
from .import_town import ImportFile, written
from .invoicing import TOKEN_LIFETIME
from .procfs import cpu_seconds, cpu_seconds_with_children, peak_megabytes
from .servers import running, running_stack

HOUSEHOLDS: Final = 35_000
QUICK_PART: Final = 20
LOOK_SECONDS: Final = 0.25
LIMIT_SECONDS: Final = 3_600.0
READS_PER_SECOND: Final = 10
READS_FOR_AN_OPENING: Final = 10
QUIET_SECONDS: Final = 10.0
READERS: Final = ("booking", "billing", "identity", "notifications")
TABLES: Final = (
    "persons",
    "adults",
    "children",
    "households",
    "household_members",
    "household_payers",
    "responsibilities",
    "residences",
    "quotients",
    "imported_households",
    "imported_children",
)

EMPTY_SQL = f"truncate {', '.join(TABLES)}, household_imports cascade"

CHECK_SQL = """
select (select count(*) from imported_households) as imported,
       (select count(distinct household_id) from imported_households) as households,
       (select count(*) from imported_children) as of_two_homes,
       (select count(*) from (select name_key, birth_on, household_id from children join household_members on person_id = child_id
        group by 1, 2, 3 having count(*) > 1) twice) as twice,
       (select count(*) from outbox) as unpublished
"""


class ImportOfTown:
    id = "P17"
    title = f"An import of {HOUSEHOLDS:,} households from one file, against COPY of the same rows"
    goals = (
        Goal("households_per_second", "1/s", is_more_better=True, release=0.01, product=0.02),
        Goal("propose_seconds", "s", is_more_better=False, release=None, product=None, is_absolute=True),
        Goal("examine_seconds", "s", is_more_better=False, release=None, product=None, is_absolute=True),
        Goal("open_seconds", "s", is_more_better=False, release=None, product=None, is_absolute=True),
        Goal("read_p95_times", "x", is_more_better=False, release=None, product=None, is_absolute=True),
        Goal("peak_mb", "MB", is_more_better=False, release=None, product=None, is_absolute=True),
    )

    @asynccontextmanager
    async def prepare(self, setting: Setting) -> AsyncIterator[Sides]:
        """PostgreSQL, Kafka, the family service and whoever reads its topics; a small import warms them up."""
        count = HOUSEHOLDS // (QUICK_PART if setting.is_quick else 1)
        roles = {"family": "api,relay,jobs", **dict.fromkeys(READERS, "consumer")}
        async with running_stack(setting.folder, roles) as stack, AsyncExitStack() as exits:
            dsn = f"{stack.admin_dsn.rpartition('/')[0]}/{stack.dsn('family').rpartition('/')[2]}"
            connection = await asyncpg.connect(dsn)
            exits.push_async_callback(connection.close)
            http = await exits.enter_async_context(httpx2.AsyncClient(base_url=stack.url("family"), timeout=300))
            sides = Imports(stack, connection, Agent(http, stack.secrets_dir), written(count))
            for table in TABLES:
                await connection.execute(f"create table peer_{table} (like {table} including all excluding generated)")
            await sides.warm_up()
            yield sides


@dataclass(slots=True)
class Agent:
    """An agent at the counter, who also imports, by the service's routes."""

    http: httpx2.AsyncClient
    secrets_dir: Path
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """How long what was asked for took, by what was going on."""

    async def call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """The answer. Raises InvariantBroken when it is a refusal."""
        key = OKPKey.import_key(json.loads((self.secrets_dir / "actor_private.json").read_text()))
        permissions = frozenset(FamilyPermission)
        actor = Actor(UUID(int=1), ActorKind.AGENT, permissions=permissions, sites=None, opened=frozenset(StepUp))
        token = sign_actor(actor, key, TOKEN_LIFETIME)[0]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        answer = await self.http.request(method, path, headers=headers, **options)
        if answer.is_error:
            raise InvariantBroken(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return dict(answer.json())

    async def open(self, number: int) -> UUID:
        """A family at the counter."""
        name = f"Comptoir {''.join(chr(97 + int(digit)) for digit in str(number))}"
        body = {
            "guardian": {"civility": "none", "first_name": "Ines", "last_name": name},
            "address": {"street": "1 rue Basse", "postal_code": "14000", "city": "Valmont-sur-Orne"},
            "children": [{"first_name": "Lea", "last_name": name, "birth_on": "2018-09-14"}],
        }
        return UUID((await self.call("POST", "/households", json=body))["household_id"])

    async def everyday(self, phase: list[str], first: int) -> None:
        """Read a file ten times a second, and open one every second."""
        household_id, number = await self.open(first), first
        while True:
            number += 1
            began = time.monotonic()
            await self.call("GET", f"/households/{household_id}")
            self.seconds[f"read/{phase[-1]}"].append(time.monotonic() - began)
            if number % READS_FOR_AN_OPENING == 0:
                began = time.monotonic()
                await self.open(number)
                self.seconds[f"open/{phase[-1]}"].append(time.monotonic() - began)
            await asyncio.sleep(max(0.0, 1 / READS_PER_SECOND - (time.monotonic() - began)))


@dataclass(slots=True)
class Imports:
    """Both sides; each round begins with a town without families."""

    stack: Stack
    connection: "asyncpg.Connection[asyncpg.Record]"
    agent: Agent
    file: ImportFile
    _opened: int = 0

    async def warm_up(self) -> None:
        """A small import, whose rows the peer copies if it comes first."""
        await self._import(written(200).content, [""])
        await self.peer()

    async def ours(self) -> Outcome:
        """Send, wait for the report, confirm, wait for the end, and until all is published and applied."""
        await self.connection.execute(EMPTY_SQL)
        self.agent.seconds.clear()
        phase, cpu = ["quiet"], [self._cpu_seconds()]
        async with running(self.agent.everyday(phase, self._opened)):
            await asyncio.sleep(QUIET_SECONDS)
            seconds = await self._import(self.file.content, phase)
            cpu.append(self._cpu_seconds())
            phase.append("publish")
            seconds["publish"] = await self._until_published()
        self._opened += 1_000_000
        seconds["apply"], details = await self._until_applied(), await self._report_of()
        details["p95_ms"] = {name: round(_p95(times) * 1000, 1) for name, times in self.agent.seconds.items()}
        details["longest_ms"] = {name: round(max(times) * 1000) for name, times in self.agent.seconds.items()}
        details["cpu_ms_each"] = {
            name: round((cpu[1][name] - cpu[0][name]) * 1000 / self.file.household_count, 2) for name in cpu[0]
        }
        p95 = {name: _p95(times) for name, times in self.agent.seconds.items()}
        figures = {
            "households_per_second": self.file.household_count / seconds["open"],
            **{f"{name}_seconds": seconds[name] for name in ("propose", "examine", "open")},
            "read_p95_times": p95["read/open"] / p95["read/quiet"],
            "peak_mb": peak_megabytes(self.stack.processes["family"].pid or 0),
        }
        whole = {
            "households": self.file.household_count,
            "lines": self.file.line_count,
            "bytes": len(self.file.content),
        }
        return Outcome(figures, {**whole, "seconds": seconds, **details})

    async def peer(self) -> Outcome:
        """Copy the rows that our side left."""
        rows: dict[str, bytes] = {}
        for table in TABLES:
            await self.connection.execute(f"truncate peer_{table}")
            content = BytesIO()
            await self.connection.copy_from_query(f"select * from {table}", output=content)
            rows[table] = content.getvalue()
        began = time.monotonic()
        async with self.connection.transaction():
            for table, content_of in rows.items():
                await self.connection.copy_to_table(f"peer_{table}", source=BytesIO(content_of))
        seconds = time.monotonic() - began
        count = await self.connection.fetchval("select count(*) from peer_imported_households")
        return Outcome({"households_per_second": count / seconds}, {"seconds": seconds, "households": count})

    async def check(self) -> None:
        """Every household whose lines are right is there once, the others are not, and everybody was told."""
        actual = dict(await self.connection.fetchrow(CHECK_SQL) or {})
        count = self.file.household_count - self.file.wrong_count
        shared = actual.pop("of_two_homes")
        wanted = {"imported": count, "households": count, "twice": 0, "unpublished": 0}
        if actual != wanted or not shared:
            raise InvariantBroken(f"found {actual}, {shared} of two homes; wanted {wanted}")

    async def _import(self, content: bytes, phase: list[str]) -> dict[str, float]:
        """How long each part of an import takes."""
        marks = [time.monotonic()]
        phase.append("propose")
        body = {"label": "Reprise", "content": b64encode(content).decode()}
        run = await self.agent.call("POST", "/household-imports", json=body)
        marks.append(time.monotonic())
        phase.append("examine")
        await self._until(run, "proposed")
        marks.append(time.monotonic())
        phase.append("open")
        await self.agent.call("POST", f"/household-imports/{run['run_id']}/confirmation")
        await self._until(run, "done")
        marks.append(time.monotonic())
        return {name: marks[at + 1] - marks[at] for at, name in enumerate(("propose", "examine", "open"))}

    async def _until(self, run: Mapping[str, Any], status: str) -> None:
        sql = "select status from household_imports where run_id = $1"
        began = time.monotonic()
        while await self.connection.fetchval(sql, UUID(run["run_id"])) != status:
            _check_time(began, f"the import is not {status}")
            await asyncio.sleep(LOOK_SECONDS)

    async def _until_published(self) -> float:
        began = time.monotonic()
        while await self.connection.fetchval("select exists (select from outbox)"):
            _check_time(began, "the relay does not publish what was committed")
            await asyncio.sleep(LOOK_SECONDS)
        return time.monotonic() - began

    async def _until_applied(self) -> float:
        """Seconds until no service has anything to read any more."""
        began = time.monotonic()
        async with httpx2.AsyncClient(timeout=30) as http:
            while any([await self._lag(http, service) for service in READERS]):
                _check_time(began, "consumers do not come to the end")
                await asyncio.sleep(LOOK_SECONDS)
        return time.monotonic() - began

    async def _lag(self, http: httpx2.AsyncClient, service: str) -> int:
        report = (await http.get(f"{self.stack.url(service)}/health/consumers")).json()
        return sum(1 if topic["lag"] is None else topic["lag"] for topic in report.values())

    async def _report_of(self) -> dict[str, Any]:
        """How long an agent waits for the report of refused lines, and for a page in the middle of the whole one."""
        [run] = (await self.agent.call("GET", "/household-imports"))["items"]
        path, began = f"/household-imports/{run['run_id']}", time.monotonic()
        await self.agent.call("GET", path)
        page = await self.agent.call("GET", f"{path}/lines", params={"limit": 100})
        read_seconds, began = time.monotonic() - began, time.monotonic()
        byte_count = len(json.dumps(page))
        while page["next_cursor"]:
            page = await self.agent.call("GET", f"{path}/lines", params={"limit": 100, "cursor": page["next_cursor"]})
            byte_count += len(json.dumps(page))
        return {
            "report_page_seconds": read_seconds,
            "report_seconds": time.monotonic() - began,
            "report_bytes": byte_count,
        }

    def _cpu_seconds(self) -> Mapping[str, float]:
        """Processor time since the start: each process, and the server with all of its connections."""
        servers = [pid for pid in children_of(os.getpid()) if b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        own = {name: cpu_seconds(self.stack.processes[name].pid or 0) for name in ("family", *READERS)}
        return {**own, "postgres": sum(map(cpu_seconds_with_children, servers))}


def _check_time(began: float, text: str) -> None:
    if time.monotonic() > began + LIMIT_SECONDS:
        raise InvariantBroken(f"{text} after {LIMIT_SECONDS:.0f} s")


def _p95(times: list[float]) -> float:
    return sorted(times)[math.ceil(len(times) * 0.95) - 1]
