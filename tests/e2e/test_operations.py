"""docs/operations.md, run: each of its commands in order, against a portal of its own with its own servers, and what a restore
brings back compared with what was there."""

import asyncio
import contextlib
import hashlib
import json
import os
import random
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
from aiokafka import AIOKafkaProducer
from joserfc.jwk import OKPKey

from chassis.actor import Actor, sign_actor
from contracts.types import SERVICES, ActorKind
from deploy.local.child import port_is_free, wait_until
from deploy.local.ports import OFFSETS
from tests.component.gateway.town import household_body
from tests.support.documents import Block, blocks_of
from tools.mailbox import wait_for_mail

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "operations.md"
STARTED = re.compile(r'The portal is ready|nothing else|"event": ?"service started"')
START_SECONDS = 180
STOP_SECONDS = 60
COMMAND_SECONDS = 120
# Times and outcomes of jobs go on by themselves.
LIVELY_TABLES = {"job_runs"}
SYSTEM = Actor(UUID(int=0), ActorKind.SYSTEM)


@dataclass
class Terminal:
    """Where the page's commands are run: with a state folder, ports and backups of their own."""

    folder: Path
    base: int
    running: list[tuple[list[str], subprocess.Popen[bytes], Path]] = field(default_factory=list)

    @property
    def state(self) -> Path:
        return self.folder / "run"

    def translated(self, text: str) -> str:
        """A command with the page's folders and ports replaced by ours."""
        text = text.replace(".run", str(self.state)).replace("backups/", f"{self.folder}/backups/")
        text = text.replace(".venv/bin/python", sys.executable)
        return re.sub(r"\b8(\d{3})\b", lambda port: str(self.base + int(port[1])), text)

    @property
    def variables(self) -> dict[str, str]:
        unwanted = ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "MAKEFLAGS", "MAKELEVEL")
        kept = {name: value for name, value in os.environ.items() if name not in unwanted}
        return kept | {"STATE_DIR": str(self.state), "PORT_BASE": str(self.base)}

    def run(self, block: Block, exit_code: int = 0) -> None:
        """Run the lines one after another; every one of them ends as it should."""
        for line in block.lines:
            command = ["sh", "-c", self.translated(line)]
            done = subprocess.run(
                command, cwd=ROOT, env=self.variables, capture_output=True, timeout=COMMAND_SECONDS, check=False
            )
            words = (done.stdout + done.stderr).decode()[-2000:]
            assert done.returncode == exit_code, f"{line}\n{words}"

    def start(self, block: Block) -> None:
        """Start a program that stays, and wait until it says that it is there."""
        (line,) = block.lines
        command = shlex.split(self.translated(line))
        log = self.folder / f"terminal-{len(list(self.folder.glob('terminal-*')))}.log"
        with log.open("wb") as output:
            program = subprocess.Popen(
                command, cwd=ROOT, env=self.variables, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        self.running.append((command, program, log))
        wait_until(lambda: bool(STARTED.search(log.read_text())) or program.poll() is not None, START_SECONDS)
        assert program.poll() is None, log.read_text()[-3000:]
        assert STARTED.search(log.read_text()), log.read_text()[-3000:]

    def stop(self) -> None:
        """Ctrl-C for `make`, which hears it with its launcher; SIGTERM for a process of the portal."""
        command, program, log = self.running.pop()
        is_make = command[0] == "make"
        os.killpg(program.pid, signal.SIGINT if is_make else signal.SIGTERM)
        code = program.wait(STOP_SECONDS)
        assert "stopped; `make up` continues" in log.read_text() if is_make else code == 0, log.read_text()[-3000:]

    def environment(self, name: str) -> dict[str, str]:
        """The variables of a process of the running portal."""
        variables: dict[str, str] = json.loads((self.state / "environment.json").read_text())[name]
        return variables


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    # Below the ports that systems give to whoever asks for any: a stack that stops for a moment finds its own free again.
    bases = random.sample(range(10_000, 32_000, 1_000), 22)
    needed = [*OFFSETS.values(), 113, 193]
    base = next(base for base in bases if all(port_is_free(base + offset) for offset in needed))
    made = Terminal(tmp_path, base)
    yield made
    while made.running:
        _, program, _ = made.running.pop()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGTERM)
        program.wait(STOP_SECONDS)


def fingerprint(addresses: dict[str, str]) -> dict[str, str]:
    """Every table of every service with a digest of its rows."""

    async def read() -> dict[str, str]:
        digests = {}
        for service in SERVICES:
            connection = await asyncpg.connect(addresses[f"{service.upper()}_DATABASE_URL"])
            for row in await connection.fetch("select tablename from pg_tables where schemaname = 'public'"):
                if row["tablename"] not in LIVELY_TABLES:
                    rows = await connection.fetch(f'select t::text from "{row["tablename"]}" t order by 1')
                    digest = hashlib.sha256("\n".join(record["t"] for record in rows).encode()).hexdigest()[:12]
                    digests[f"{service}.{row['tablename']}"] = f"{len(rows)} rows, {digest}"
            await connection.close()
        return digests

    return asyncio.run(read())


def settled(addresses: dict[str, str]) -> dict[str, str]:
    """The fingerprint of a portal that nobody uses, once nothing moves in it any more."""
    seen: list[dict[str, str]] = []

    def is_still() -> bool:
        seen.append(fingerprint(addresses))
        outboxes = {seen[-1][f"{service}.outbox"].split()[0] for service in SERVICES}
        return outboxes == {"0"} and seen[-1] in seen[-2:-1]

    assert wait_until(is_still, START_SECONDS)
    return seen[-1]


def put_poison(terminal: Terminal) -> None:
    """A record that nobody can read, at the place that the page names, and billing has given it up."""
    variables = terminal.environment("billing")

    async def send() -> None:
        async with AIOKafkaProducer(bootstrap_servers=variables["KAFKA_BOOTSTRAP_SERVERS"]) as producer:
            await producer.send_and_wait("booking.bookings", b"{", key=b"x", partition=5)

    async def has_given_up() -> bool:
        connection = await asyncpg.connect(variables["DATABASE_URL"])
        try:
            return bool(await connection.fetchval("select count(*) from dead_letters"))
        finally:
            await connection.close()

    asyncio.run(send())
    assert wait_until(lambda: asyncio.run(has_given_up()), COMMAND_SECONDS)


def open_household(terminal: Terminal) -> None:
    """A new family is opened, gets its account and its welcome mail: what was restored works across all services."""
    variables = terminal.environment("tools")
    key = OKPKey.import_key(json.loads((Path(variables["SECRETS_DIR"]) / "actor_private.json").read_text()))
    token, _ = sign_actor(SYSTEM, key, timedelta(minutes=5))
    email = f"{uuid4().hex[:8]}@example.test"
    answer = httpx2.post(
        f"{variables['FAMILY_URL']}/households",
        json=household_body(last_name="Restauré", email=email),
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code == 201, answer.text
    assert "activation" in wait_for_mail(variables["MAIL_URL"], email, COMMAND_SECONDS)["text"]


def test_the_page_is_true(terminal: Terminal) -> None:
    before: dict[str, str] = {}
    hooks: dict[str, Callable[[], object]] = {
        "tools.dead_letters billing list": lambda: put_poison(terminal),
        "tools.backup create": lambda: before.update(settled(terminal.environment("tools"))),
    }
    for block in blocks_of(PAGE.read_text()):
        for words, prepare in hooks.items():
            if words in block.text and block.kind == "sh":
                prepare()
        match block.kind:
            case "sh":
                terminal.run(block)
            case "sh exit=1":
                terminal.run(block, exit_code=1)
            case "sh running":
                terminal.start(block)
            case "sh stop":
                terminal.stop()
        if "tools.backup restore" in block.text:
            assert before
            assert fingerprint(terminal.environment("tools")) == before
            (terminal.state / "seeded").touch()  # the town is the one of the backup
        if "make up replicas" in block.text:
            open_household(terminal)
    assert terminal.running == []
