"""Faults of processes and servers: killed, frozen, cut off - at any moment, wherever the load happens to be."""

import asyncio
import signal
from typing import Final

from chassis.settings import ProcessRole
from contracts.types import SERVICES

from .scene import Scene

# Longer than a consumer may be silent before its partitions go to another one.
FREEZE_SECONDS: Final = 8.0
BROKER_FREEZE_SECONDS: Final = 5.0
DOWN_SECONDS_MAX: Final = 1.5
EVERY_ROLE: Final = ",".join(ProcessRole)

CUT_SQL = """
select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()
"""


async def kill_service(scene: Scene) -> str:
    """SIGKILL of one replica of a service, whatever it is doing."""
    town = scene.town
    name = scene.chance.choice([replica for service in (*SERVICES, "witness") for replica in town.replicas(service)])
    town.kill(name)
    await _pause(scene)
    await town.start(name)
    return f"killed {name}"


async def kill_all_replicas(scene: Scene) -> str:
    """SIGKILL of every replica of a service at once."""
    service = scene.chance.choice(SERVICES)
    names = scene.town.replicas(service)
    scene.town.kill(*names)
    await _pause(scene)
    await scene.town.start(*names)
    return f"killed {' and '.join(names)}"


async def kill_one_of_each(scene: Scene) -> str:
    """SIGKILL of one replica of every service at the same moment."""
    names = [scene.chance.choice(scene.town.replicas(service)) for service in SERVICES]
    scene.town.kill(*names)
    await _pause(scene)
    await scene.town.start(*names)
    return f"killed {', '.join(names)}"


async def kill_billing(scene: Scene) -> str:
    """SIGKILL of billing's replicas, one after the other, again and again: charges, runs and payments are under way."""
    names = scene.town.replicas("billing") * 2
    for name in names:
        scene.town.kill(name)
        await _pause(scene)
        await scene.town.start(name)
    return f"killed {', '.join(names)}"


async def kill_workers(scene: Scene) -> str:
    """Booking with one role for each process: SIGKILL of the one that consumes, publishes and does jobs."""
    town = scene.town
    names = town.replicas("booking")
    try:
        town.kill(*names)
        town.give_roles(names[0], "api")
        town.give_roles(names[1], "consumer,relay,jobs")
        await town.start(*names)
        town.kill(names[1])
        entry = await scene.load.book_surely()
        await town.start(names[1])
    finally:
        town.kill(*names)
        for name in names:
            town.give_roles(name, EVERY_ROLE)
        await town.start(*names)
    return f"killed {names[1]} without its role api; {names[0]} accepted {len(entry.answers)} booking meanwhile"


async def start_without_broker(scene: Scene) -> str:
    """A service is killed and started again while the broker is dead: it serves, and publishes when the broker is back."""
    names = scene.town.replicas("booking")
    scene.town.kill("kafka", *names)
    try:
        await scene.town.start(*names)
        await scene.load.book_surely()
    finally:
        await scene.town.start("kafka")
    return f"started {' and '.join(names)} without kafka"


async def kill_edge(scene: Scene) -> str:
    """SIGKILL of the gateway, and of the payment provider's and the mail relay's stand-ins."""
    names = ("gateway", "payfip", "mail")
    scene.town.kill(*names)
    await _pause(scene)
    await scene.town.start(*names)
    return f"killed {', '.join(names)}"


async def freeze_service(scene: Scene) -> str:
    """SIGSTOP of a replica until its partitions went to its fellow, then SIGCONT: it must notice that it was replaced."""
    name = scene.chance.choice([replica for service in SERVICES for replica in scene.town.replicas(service)])
    scene.town.send(name, signal.SIGSTOP)
    try:
        await asyncio.sleep(FREEZE_SECONDS)
    finally:
        scene.town.send(name, signal.SIGCONT)
    return f"froze {name} for {FREEZE_SECONDS:g} s"


async def kill_broker(scene: Scene) -> str:
    """SIGKILL of the broker, and its start on what it had written."""
    scene.town.kill("kafka")
    await _pause(scene)
    await scene.town.start("kafka")
    return "killed kafka"


async def freeze_broker(scene: Scene) -> str:
    """SIGSTOP of the broker for some seconds: connections stay open and nobody answers."""
    scene.town.send("kafka", signal.SIGSTOP)
    try:
        await asyncio.sleep(BROKER_FREEZE_SECONDS)
    finally:
        scene.town.send("kafka", signal.SIGCONT)
    return f"froze kafka for {BROKER_FREEZE_SECONDS:g} s"


async def kill_postgres(scene: Scene) -> str:
    """SIGKILL of PostgreSQL and of each of its backends, and its recovery from the write-ahead log."""
    scene.town.kill("postgres")
    await _pause(scene)
    await scene.town.start("postgres")
    return "killed postgres"


async def cut_database(scene: Scene) -> str:
    """One service's database refuses and cuts every connection for a while; the others are not concerned."""
    service = scene.chance.choice(SERVICES)
    async with scene.town.database("witness") as connection:
        await connection.execute(f'alter database "{service}" allow_connections false')
        try:
            for _ in range(10):
                await connection.execute(CUT_SQL, service)
                await asyncio.sleep(DOWN_SECONDS_MAX / 10)
        finally:
            await connection.execute(f'alter database "{service}" allow_connections true')
    return f"cut the database of {service}"


async def cut_connections(scene: Scene) -> str:
    """Every connection to a service's database breaks at once, in the middle of whatever it carries."""
    service = scene.chance.choice(SERVICES)
    async with scene.town.database("witness") as connection:
        count = await connection.fetchval(CUT_SQL, service)
    return f"cut {count} connections of {service}"


async def _pause(scene: Scene) -> None:
    await asyncio.sleep(scene.chance.uniform(0, DOWN_SECONDS_MAX))
