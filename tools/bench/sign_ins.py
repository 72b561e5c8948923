"""P12: sign-ins while two hundred wait, against argon2 alone in a pool of the same size; and what else is asked meanwhile.

Ours is `python -m services.identity` with its usual pool of hashing threads: two hundred agents sign in at once, each from an address of
their own, over kept connections, and each again as soon as they are answered. The peer checks as many hashes in as many threads, without any service. Who
sends shares the processors with what is measured, so it writes prepared bytes and reads as little as it can; what it takes all the same counts
against us, and `cpu_ms_each` tells it beside what the service and the database take for each sign-in. Ten times a second, somebody who is signed in asks for
their session: `asked_ms` is the median of these answers during the rush, `quiet_ms` before it.
"""

import asyncio
import json
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import httpx2
from argon2 import PasswordHasher, Type

from chassis.data.database import Database
from deploy.local.child import LOOPBACK
from deploy.local.stack import Stack
from services.identity.adapters.passwords import MEMORY_KIB, PARALLELISM, TIME_COST

from .booking_load import Connection
from .harness import Goal, InvariantBroken, Outcome, Setting
from .procfs import cpu_seconds
from .servers import opened, running_stack

ACCOUNTS = 200
EACH = 5
QUICK_EACH = 1
THREADS = 2
QUIET_ASKS = 100
PAUSE_SECONDS = 0.1
PASSWORD = "velo-rouge-du-bench-42"
LIMIT_SECONDS = 60.0

INSERT_ACCOUNTS_SQL = """
insert into accounts (account_id, kind, status, email, email_key, username, username_key, password_hash, created_at)
select gen_random_uuid(), 'agent', 'active', name || '@bench.example', name || '@bench.example', name, name, $1, now()
from (select 'agent' || n as name from generate_series(1, $2::int) n) names
"""

INSERT_AGENTS_SQL = """
insert into agents (account_id, first_name, last_name, name_key, list_key, service, roles, sites, has_every_site, roles_given_at)
select account_id, 'Bench', username, 'bench ' || username, 'bench ' || username, 'Accueil', '{front_desk}', '{}', true, now() from accounts where kind = 'agent'
"""


BACKENDS_SQL = "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"

REQUEST = (
    "POST /sessions HTTP/1.1\r\nhost: identity\r\nx-client-address: {address}\r\nx-channel: portal\r\n"
    "content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
)

ASKED = "GET /session HTTP/1.1\r\nhost: identity\r\nx-session: {token}\r\n\r\n"

Asked = Callable[[], Awaitable[float]]


class SignInRush:
    """Everybody signs in at once."""

    id = "P12"
    title = "Sign-ins while 200 wait, against bare argon2 in a pool of the same size; a session asked for meanwhile"
    goals = (
        Goal("sign_ins_per_second", "1/s", is_more_better=True, release=0.8, product=0.95),
        Goal("asked_ms", "ms", is_more_better=False, release=None, product=None, is_absolute=True),
        Goal("quiet_ms", "ms", is_more_better=False, release=None, product=None, is_absolute=True),
    )

    @asynccontextmanager
    async def prepare(self, setting: Setting) -> AsyncIterator["Rush"]:
        """An identity service, and accounts with one hash."""
        hasher = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=PARALLELISM, type=Type.ID)
        hashed = hasher.hash(PASSWORD)
        async with running_stack(setting.folder, {"identity": "api"}) as stack, opened(stack, "identity") as db:
            await db.execute(INSERT_ACCOUNTS_SQL, hashed, ACCOUNTS)
            await db.execute(INSERT_AGENTS_SQL)
            rush = Rush(stack, db, hasher, hashed, QUICK_EACH if setting.is_quick else EACH)
            await rush.ours()
            yield rush


class Rush:
    """Both sides."""

    def __init__(self, stack: Stack, db: Database, hasher: PasswordHasher, hashed: str, count: int) -> None:
        self._stack = stack
        self._url = stack.url("identity")
        self._port = httpx2.URL(self._url).port or 0
        self._db = db
        self._hasher = hasher
        self._hashed = hashed
        self._count = count

    async def ours(self) -> Outcome:
        """Sign everybody in, `count` times one after the other; somebody asks meanwhile."""
        async with httpx2.AsyncClient(base_url=self._url, timeout=LIMIT_SECONDS) as client:
            token = await _sign_in(client, 1)
        async with _asker(self._port, token) as asked:
            quiet = [await asked() for _ in range(QUIET_ASKS)]
            meanwhile: list[float] = []
            asking = asyncio.create_task(_ask(asked, meanwhile))
            before = await self._cpu_seconds()
            began = time.perf_counter()
            await self._rush()
            seconds = time.perf_counter() - began
            used = await self._cpu_seconds()
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        milliseconds = {name: round((used[name] - before[name]) * 1000 / (ACCOUNTS * self._count), 2) for name in used}
        figures = {
            "sign_ins_per_second": ACCOUNTS * self._count / seconds,
            "asked_ms": statistics.median(meanwhile) * 1000,
            "quiet_ms": statistics.median(quiet) * 1000,
        }
        worst = statistics.quantiles(meanwhile, n=20)[-1] * 1000
        return Outcome(figures, {"asked": len(meanwhile), "asked_p95_ms": worst, "cpu_ms_each": milliseconds})

    async def peer(self) -> Outcome:
        """Check as many hashes in as many threads."""
        loop, count = asyncio.get_running_loop(), ACCOUNTS * self._count
        with ThreadPoolExecutor(THREADS) as pool:
            began = time.perf_counter()
            await asyncio.gather(
                *(loop.run_in_executor(pool, self._hasher.verify, self._hashed, PASSWORD) for _ in range(count))
            )
            return Outcome({"sign_ins_per_second": count / (time.perf_counter() - began)})

    async def check(self) -> None:
        """Whoever was right has a session, and nothing counts against them or their address."""
        left = await self._db.fetchval("select count(*) from throttles")
        if left:
            raise InvariantBroken(f"{left} subjects are throttled, though every password was right")

    async def _rush(self) -> None:
        """Everybody signs in. Raises InvariantBroken."""
        turns = _Turns(self._count)
        loop = asyncio.get_running_loop()
        for _ in range(ACCOUNTS):
            await loop.create_connection(lambda: Connection(turns), LOOPBACK, self._port)
        await asyncio.wait_for(turns.done, LIMIT_SECONDS)
        if wrong := {status: count for status, count in turns.statuses.items() if status != httpx2.codes.CREATED}:
            raise InvariantBroken(f"right passwords were answered, by status: {wrong}")
        if turns.statuses.total() < ACCOUNTS * self._count:
            raise InvariantBroken(f"{turns.statuses.total()} sign-ins were answered, not all of them")

    async def _cpu_seconds(self) -> dict[str, float]:
        """Processor time until now of the service, of the database for it, and of who sends, which is this process."""
        backends = [row["pid"] for row in await self._db.fetch(BACKENDS_SQL)]
        return {
            "service": cpu_seconds(self._stack.processes["identity"].pid or 0),
            "database": sum(cpu_seconds(pid) for pid in backends),
            "sender": time.process_time(),
        }


class _Turns:
    """Each agent's sign-ins, one after the other: who was answered is the next to be sent."""

    def __init__(self, count: int) -> None:
        self.open = 0
        self.statuses: Counter[int] = Counter()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting = list(range(ACCOUNTS, 0, -1))
        self._left = dict.fromkeys(self._waiting, count)
        self._requests = {number: _request(number) for number in self._waiting}

    def next(self) -> tuple[int, bytes] | None:
        """The agent whose turn it is and the bytes of the request; None when whoever was answered last has none left."""
        number = self._waiting.pop()
        if not self._left[number]:
            return None
        self._left[number] -= 1
        return number, self._requests[number]

    def note(self, number: int, status: int) -> None:
        """A sign-in was answered."""
        self.statuses[status] += 1
        self._waiting.append(number)

    def leave(self) -> None:
        """A connection has nothing more to do."""
        self.open -= 1
        if self.open == 0 and not self.done.done():
            self.done.set_result(None)


def _request(number: int) -> bytes:
    """The sign-in of an agent, from an address of their own."""
    body = json.dumps({"login": f"agent{number}", "password": PASSWORD})
    return REQUEST.format(address=_address(number), length=len(body), body=body).encode()


def _address(number: int) -> str:
    return f"198.18.{number // 250}.{number % 250}"


async def _sign_in(client: httpx2.AsyncClient, number: int) -> str:
    """Sign one agent in from an address of their own; the session's token. Raises InvariantBroken."""
    body = {"login": f"agent{number}", "password": PASSWORD}
    headers = {"X-Client-Address": _address(number), "X-Channel": "portal"}
    answer = await client.post("/sessions", json=body, headers=headers)
    if answer.status_code != httpx2.codes.CREATED:
        raise InvariantBroken(f"a right password was answered {answer.status_code}: {answer.text}")
    token: str = answer.json()["session_token"]
    return token


@asynccontextmanager
async def _asker(port: int, token: str) -> AsyncIterator[Asked]:
    """What asks who a session is of over a kept connection, and tells how long the answer took, in seconds. Raises InvariantBroken."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    request = ASKED.format(token=token).encode()

    async def asked() -> float:
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise InvariantBroken(f"a session was answered {head[:40]!r}")
        field = head.index(b"content-length: ") + 16
        await reader.readexactly(int(head[field : head.index(b"\r\n", field)]))
        return time.perf_counter() - began

    try:
        yield asked
    finally:
        writer.close()


async def _ask(asked: Asked, durations: list[float]) -> None:
    while True:
        durations.append(await asked())
        await asyncio.sleep(PAUSE_SECONDS)
