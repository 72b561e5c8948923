"""What is looked at once a portal is quiet again: its databases, topics, logs and mails, and what others say of it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from contracts.registry import TOPICS
from contracts.types import SERVICES

from .broker import TOPIC_NAMES, Record
from .journal import Journal
from .town import Connection, NotInTime, Town, eventually

POISON: Final = "poison-"
"""What the keys of poisoned records begin with: no event of the product has such a key."""
SERVERS: Final = ("postgres", "kafka")
QUIET_SECONDS: Final = 180.0
MAILS_MAX: Final = 2_000

CONSUMED: Final = {
    **{service: [topic.name for topic in TOPICS if service in topic.consumers] for service in SERVICES},
    "witness": list(TOPIC_NAMES),
}

# What each service still has to do by itself, beyond its outbox: nothing of it may be left when it is quiet.
WAITING_SQL: Final = {
    "identity": "select count(*) from invitations where issued_at is null and replaced_at is null and used_at is null",
    "family": "select 0",
    "booking": "select 0",
    "billing": """
select (select count(*) from decisions_due)
     + (select count(*) from repricings)
     + (select count(*) from invoice_runs where status in ('drafting', 'issuing', 'discarding'))
     + (select count(*) from charges where unit_cents is null and status in ('planned', 'due'))
""",
    "notifications": """
select (select count(*) from notices where status = 'waiting') + (select count(*) from messages where status = 'queued')
""",
    "witness": "select 0",
}

OUTBOX_SQL: Final = "select count(*) from outbox"


@dataclass(frozen=True, slots=True)
class Poisoned:
    """A poisoned record: where it stands, what is wrong with it, and the services that cannot apply it."""

    kind: str
    topic: str
    partition: int
    offset: int
    services: tuple[str, ...]

    @property
    def place(self) -> str:
        """How dead letters name it."""
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(slots=True)
class Evidence:
    """A quiet portal. `records` are of every topic; `operations` are the payment provider's; `texts` logs and metrics."""

    journal: Journal
    databases: Mapping[str, Connection]
    records: Sequence[Record]
    operations: Sequence[Mapping[str, Any]]
    mails: Sequence[Mapping[str, Any]]
    texts: Mapping[str, str]
    poison: Sequence[Poisoned] = ()

    @property
    def events(self) -> list[Record]:
        """The records that the product published."""
        return [record for record in self.records if not (record.key or b"").startswith(POISON.encode())]


async def unsettled(town: Town) -> list[str]:
    """What keeps a portal from being quiet: processes that are not ready, rows to publish, records to apply, work to do."""
    reasons = [name for name, process in town.stack.processes.items() if not await town.is_ready(process)]
    for service in CONSUMED:
        async with town.database(service) as connection:
            for name, sql in (("outbox", OUTBOX_SQL), ("waiting work", WAITING_SQL[service])):
                if count := await connection.fetchval(sql):
                    reasons.append(f"{service}: {name} {count}")
    if not reasons:
        reasons += [f"lag of {name}: {count}" for name, count in (await town.broker.lag(CONSUMED)).items()]
    return reasons


async def settle(town: Town, seconds: float = QUIET_SECONDS) -> float:
    """I16: after a fault, lag returns to 0 and health to green within a limit; after how many seconds they did.

    Raises:
        NotInTime: they did not; the text says what was left.
    """
    left: list[str] = ["not looked at"]

    async def is_quiet() -> bool:
        left[:] = await unsettled(town)
        return not left

    try:
        return await eventually(is_quiet, seconds, "quiet")
    except NotInTime as error:
        raise NotInTime(f"I16: {error}: {', '.join(left)}") from error


@asynccontextmanager
async def gathered(town: Town, journal: Journal, poison: Sequence[Poisoned] = ()) -> AsyncIterator[Evidence]:
    """The evidence of a quiet portal."""
    async with AsyncExitStack() as stack:
        databases = {service: await stack.enter_async_context(town.database(service)) for service in CONSUMED}
        records = await town.broker.read()
        operations = (await town.client.get(f"{town.stack.url('payfip')}/control/operations")).json()
        mails = await town.client.get(f"{town.stack.url('mail')}/api/messages", params={"limit": MAILS_MAX})
        texts = await asyncio.to_thread(_logs, town.stack.logs)
        for name, process in town.stack.processes.items():
            answer = await town.client.get(f"{process.url}/metrics")
            texts[f"metrics of {name}"] = answer.text if answer.is_success else ""
        yield Evidence(journal, databases, records, operations, mails.json(), texts, poison)


def _logs(folder: Path) -> dict[str, str]:
    """The logs of the product: what servers write about their own work is theirs."""
    return {log.name: log.read_text(errors="replace") for log in folder.glob("*.log") if log.stem not in SERVERS}
