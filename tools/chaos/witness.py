"""The witness: a service of its own that listens to every topic and notes each effect, however often it happens.

The product's own consumers are careful twice: they claim events, and most of their effects may be repeated. The witness
relies on the chassis alone, so whatever the chassis lets through twice, late or out of order stands in its tables.
"""

import asyncio
from pathlib import Path

from chassis.data.database import Database, Transaction
from chassis.events.applying import Subscriptions
from chassis.jobs import Job
from chassis.service import Service, run
from chassis.settings import ServiceSettings
from contracts.event import Envelope, Event
from contracts.registry import EVENTS

TICK = "tick"
TICK_SECONDS = 1.0
TICK_WORK_SECONDS = 0.1

NOTE_EFFECT_SQL = "insert into effects (event_id, topic, key, sequence) values ($1, $2, $3, $4)"

RUN_SQL = "select started_at from job_runs where job = $1"

BEGIN_TICK_SQL = """
insert into ticks (backend, started_at, began_at) values (pg_backend_pid(), $1, clock_timestamp()) returning id
"""

END_TICK_SQL = "update ticks set ended_at = clock_timestamp() where id = $1"


def create() -> Service:
    """The witness's parts."""
    subscriptions = Subscriptions()
    for event in EVENTS.values():
        subscriptions.on(event, _note)
    return Service(
        name="witness",
        migrations=Path(__file__).parent / "migrations",
        routes=[],
        subscriptions=subscriptions,
        jobs=[Job(TICK, TICK_SECONDS, _tick)],
    )


async def _note(tx: Transaction, _event: Event, envelope: Envelope) -> None:
    await tx.execute(NOTE_EFFECT_SQL, envelope.event_id, envelope.topic, envelope.key, envelope.sequence)


async def _tick(db: Database) -> None:
    # The run's own start, asked for first: the note of a process killed meanwhile can wait for a lock, and be written
    # when its fellow's run has long begun.
    started_at = await db.fetchval(RUN_SQL, TICK)
    number = await db.fetchval(BEGIN_TICK_SQL, started_at)
    await asyncio.sleep(TICK_WORK_SECONDS)
    await db.execute(END_TICK_SQL, number)


def main() -> None:
    """Serve with the settings of the environment."""
    run(create(), ServiceSettings())


if __name__ == "__main__":
    main()
