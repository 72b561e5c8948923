"""A service running inside a test: its real application on a real database, with the API role alone.

Events of other services are delivered through the service's real subscriptions and inbox, without Kafka in between.
"""

import importlib
import json
import shutil
import tomllib
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import httpx2
from joserfc.jwk import OKPKey
from litestar import Litestar

from chassis.actor import Actor, sign_actor
from chassis.data.database import Database
from chassis.events.applying import Applier, ReceivedRecord
from chassis.identifiers import new_id
from chassis.service import Service, build
from chassis.settings import ProcessRole
from contracts.event import Envelope, Event
from contracts.registry import EVENTS
from contracts.types import ActorKind, StepUp

from .databases import Postgres
from .roles import Role, agent_of

DEMO_TOWN = Path(__file__).parents[2] / "deploy" / "towns" / "demo" / "town.toml"

TOKEN_LIFETIME = timedelta(minutes=5)
NO_PROVIDER = {
    "franceconnect_issuer": "http://127.0.0.1:9/api/v2",
    "franceconnect_client_id": "portail-famille",
    "franceconnect_has_discovery": False,
    "agent_provider_issuer": "http://127.0.0.1:9/realms/mairie",
    "api_particulier_url": "http://127.0.0.1:9",
}
"""Where nobody answers: people can be sent there, and nobody comes back."""

EMITTED_SQL = """
select id, event_type, payload from outbox
where payload is not null and id > $1 and ($2::text is null or event_type = $2) order by id
"""


@dataclass
class RunningService:
    """A service under test: `client` speaks to its private HTTP interface (`app`), `db` is its database."""

    service: Service
    client: httpx2.AsyncClient
    db: Database
    actor_key: OKPKey
    app: Litestar
    database_url: str = ""
    is_altered: bool = False
    _sequences: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def deliver(self, *events: Event | Envelope) -> None:
        """Apply events in this order, as the service's consumers would; a dead letter is an error of the test."""
        for event in events:
            await self.deliver_unchecked(event)
        causes = await self.db.fetch("select event_type, cause from dead_letters")
        assert not causes, [tuple(row) for row in causes]

    async def deliver_unchecked(self, event: Event | Envelope) -> None:
        """Apply one event; it may become a dead letter."""
        envelope = event if isinstance(event, Envelope) else self.envelope(event)
        received = ReceivedRecord(partition=0, offset=self._sequences.total(), key=envelope.key, envelope=envelope)
        await Applier(self.db, self.service.subscriptions).apply(envelope.topic, [received])

    def envelope(self, event: Event, sequence: int | None = None) -> Envelope:
        """The record that another service would publish for this event; deliver it twice for a duplicate."""
        self._sequences[event.topic, event.key] += 1
        return Envelope(
            event_id=new_id(),
            event_type=event.event_type,
            source="/portail-famille/test",
            topic=event.topic,
            key=event.key,
            sequence=sequence or self._sequences[event.topic, event.key],
            time=datetime.now(UTC),
            payload=event.payload(),
        )

    async def outbox(self) -> list[Event]:
        """Every event that the service emitted, in order of commit."""
        return (await self.emitted())[1]

    async def emitted(self, after: int = 0, kind: type[Event] | None = None) -> tuple[int, list[Event]]:
        """What the service emitted after a mark, of one kind or of all, and the next mark."""
        rows = await self.db.fetch(EMITTED_SQL, after, kind.event_type if kind else None)
        mark = max((row["id"] for row in rows), default=after)
        return mark, [EVENTS[row["event_type"]].parse(row["payload"]) for row in rows]

    async def alter(self, statement: str) -> None:
        """Change the schema, for a test that shows what happens without a part of it; nobody else gets this database."""
        self.is_altered = True
        await self.db.execute(statement)

    async def run_job(self, name: str) -> None:
        """Run one of the service's jobs once."""
        (job,) = [job for job in self.service.jobs if job.name == name]
        await job.run(self.db)

    def advance(self, **duration: float) -> None:
        """Move the town's clock, e.g. `advance(days=1)`."""
        self.db.clock_offset += timedelta(**duration)

    def as_agent(self, *roles: Role, sites: frozenset[str] | None = None) -> dict[str, str]:
        """The headers of an agent with these roles, at some sites or at every one."""
        return self.as_actor(agent_of(*roles, sites=sites))

    def as_parent(self, guardian_id: UUID) -> dict[str, str]:
        """The headers of a guardian."""
        return self.as_actor(Actor(guardian_id, ActorKind.PARENT, guardian_id=guardian_id))

    def as_system(self) -> dict[str, str]:
        """The headers of the town's own tools."""
        return self.as_actor(Actor(UUID(int=0), ActorKind.SYSTEM))

    def as_actor(self, actor: Actor) -> dict[str, str]:
        """The headers of any actor, with a token signed by this run's key; who they are is proved, unless they say what is open to them."""
        proved = replace(actor, opened=actor.opened or frozenset(StepUp))
        token, _ = sign_actor(proved, self.actor_key, TOKEN_LIFETIME)
        return {"Authorization": f"Bearer {token}"}

    def key(self) -> dict[str, str]:
        """The header of a new idempotency key."""
        return {"Idempotency-Key": str(uuid4())}


def store_of(secrets_dir: Path) -> Path:
    """The folder of contents of documents, beside the secrets of a run."""
    return secrets_dir.with_name(f"documents-{secrets_dir.name}")


@asynccontextmanager
async def running_service(
    name: str, postgres: Postgres, secrets_dir: Path, *, town_file: Path = DEMO_TOWN, **settings: Any
) -> AsyncIterator[RunningService]:
    """Run a service with the API role on a fresh database; `settings` override those of its process."""
    address = await postgres.create(name)
    configured = _settings_class(name)(
        http_port=1,
        town_file=town_file,
        secrets_dir=secrets_dir,
        document_store=store_of(secrets_dir).as_uri(),
        database_url=address,
        kafka_bootstrap_servers="127.0.0.1:1",
        **{"roles": frozenset({ProcessRole.API}), "portal_url": "http://localhost:8000", **NO_PROVIDER, **settings},
    )
    service: Service = importlib.import_module(f"services.{name}.app").create(configured)
    app = build(service, configured)
    actor_key = OKPKey.import_key(json.loads((secrets_dir / "actor_private.json").read_text()))
    async with (
        app.lifespan(),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=cast("Any", app)), base_url=f"http://{name}") as client,
    ):
        yield RunningService(service, client, app.state.db, actor_key, app, address)
    await postgres.drop(address)


def write_town(folder: Path, *fragments: Path, base: Path = DEMO_TOWN, **sections: dict[str, Any]) -> Path:
    """A town file, with the procedures of `base` beside it: the tables of `base` and of the fragments, with `sections` (table name -> values) laid over them."""
    merged: dict[str, Any] = {}
    for path in (base, *fragments):
        merged |= tomllib.loads(path.read_text())
    for name, values in sections.items():
        merged[name] = {**merged.get(name, {}), **values}
    target = folder / "town.toml"
    target.write_text("\n".join(_toml_table(name, table) for name, table in merged.items()))
    procedures = base.parent / "procedures"
    if procedures.is_dir() and folder != base.parent:
        shutil.copytree(procedures, folder / procedures.name, dirs_exist_ok=True)
    return target


def _settings_class(name: str) -> Any:
    return getattr(importlib.import_module(f"services.{name}.settings"), f"{name.capitalize()}Settings")


def _toml_table(name: str, table: dict[str, Any]) -> str:
    lines = [f"[{name}]"]
    nested: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
            nested.append((key, value))
        else:
            lines.append(f'"{key}" = {_toml_value(value)}')  # a text's key has dots
    text = "\n".join(lines) + "\n"
    for key, value in nested:
        tables: Iterable[dict[str, Any]] = value if isinstance(value, list) else [value]
        for item in tables:
            part = _toml_table(f"{name}.{key}", item)
            text += part.replace(f"[{name}.{key}]", f"[[{name}.{key}]]", 1) if isinstance(value, list) else part
    return text


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml_value(item) for item in value) + "]"
    return str(value)
