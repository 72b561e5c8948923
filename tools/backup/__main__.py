"""`python -m tools.backup create|verify|restore FOLDER`, with the variables that `deploy.local exec tools` gives.

They are `<SERVICE>_DATABASE_URL` for each service, KAFKA_BOOTSTRAP_SERVERS, TOPIC_PREFIX, and PG_BINDIR to use other
programs of PostgreSQL than the package's. Exit code 2, with one line that says why, when the command cannot run.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from aiokafka import AIOKafkaProducer

from contracts.registry import TOPICS
from contracts.types import SERVICES

from ..operating import run, variable
from ..records import RecordReader
from . import databases, manifest, topics


async def command(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.backup", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in (
        ("create", "back up the portal, which may run, into a new folder"),
        ("verify", "check a folder's files against their checksums"),
        ("restore", "make the portal, which must be stopped, what it was"),
    ):
        commands.add_parser(name, help=words).add_argument("folder", type=Path)
    commands.choices["restore"].add_argument("--replace", action="store_true", help="forget what is there")
    options = parser.parse_args(arguments)
    if options.command == "create":
        await create(options.folder)
    elif options.command == "verify":
        await verify(options.folder)
    else:
        await restore(options.folder, is_replaced=options.replace)
    return 0


async def create(folder: Path) -> None:
    """Back up into a new folder; the order of the steps is explained in the package."""
    bootstrap, prefix = _broker()
    with manifest.new_folder(folder) as unfinished:
        began = manifest.now()
        offsets = await topics.read_offsets(bootstrap, prefix)
        snapshots = {}
        for service in topics.dump_order():
            snapshots[service] = await databases.dump(_address(service), unfinished / f"{service}.dump")
        sequences = {key: last for snapshot in snapshots.values() for key, last in snapshot.sequences.items()}
        counts = {}
        async with RecordReader(bootstrap, prefix) as reader:
            for topic in TOPICS:
                file = unfinished / f"{topic.name}.jsonl.gz"
                counts[topic.name] = await topics.dump(reader, topic.name, sequences, file)
        migrations = {service: snapshot.migrations for service, snapshot in snapshots.items()}
        manifest.write(unfinished, manifest.Manifest(began, migrations, offsets, counts))
    print(f"{folder}: {len(SERVICES)} databases, {len(TOPICS)} topics, {sum(counts.values())} records")


async def verify(folder: Path) -> None:
    """Check that a backup is whole, and that this release can restore it."""
    backup = manifest.read(folder)
    for service, applied in backup.migrations.items():
        databases.check_migrations(service, applied)
        await databases.check_readable(folder / f"{service}.dump")
    print(f"{folder}: whole, of {backup.created_at}, {sum(backup.counts.values())} records")


async def restore(folder: Path, *, is_replaced: bool) -> None:
    """Put everything back. What fails in between is done again with --replace."""
    await verify(folder)
    bootstrap, prefix = _broker()
    backup = manifest.read(folder)
    for service in SERVICES:
        await databases.check_free(service, _address(service), is_replaced=is_replaced)
    if not is_replaced:
        await topics.check_empty(bootstrap, prefix)
    for service in SERVICES:
        await databases.load(_address(service), folder / f"{service}.dump")
    await topics.make_anew(bootstrap, prefix)
    moved: dict[tuple[str, int, int], int] = {}
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True) as producer:
        for topic in TOPICS:
            places = await topics.load(producer, prefix + topic.name, folder / f"{topic.name}.jsonl.gz")
            moved |= places.moved(topic.name)
            for group in topics.groups_of(prefix, topic):
                committed = backup.offsets[group.removeprefix(prefix)]
                await topics.set_offsets(bootstrap, prefix + topic.name, group, committed, places)
    for service in SERVICES:
        await databases.move_dead_letters(_address(service), moved)
    print(f"restored what was there at {backup.created_at}: start the services")


def _address(service: str) -> str:
    return variable(f"{service.upper()}_DATABASE_URL")


def _broker() -> tuple[str, str]:
    """Where the broker is, and what its topics' names begin with."""
    return variable("KAFKA_BOOTSTRAP_SERVERS"), os.environ.get("TOPIC_PREFIX", "")


if __name__ == "__main__":
    sys.exit(run(command(sys.argv[1:])))
