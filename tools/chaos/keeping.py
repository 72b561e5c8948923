"""What a violation leaves to look at: every row, every record, what was asked and answered, and the logs, in a folder."""

import dataclasses
import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from .evidence import CONSUMED
from .journal import Journal
from .town import AWAY, Town

TABLES_SQL = "select tablename from pg_tables where schemaname = 'public' order by 1"


async def keep(folder: Path, town: Town, journal: Journal, violations: Sequence[str]) -> None:
    """Write everything about a violated town into a folder. What cannot be read any more is said, and left out."""
    _write_lines(folder / "violations.txt", violations)
    _write_lines(folder / "journal.jsonl", (json.dumps(dataclasses.asdict(entry)) for entry in journal.entries))
    unread = [f"rows of {service}: {why}" for service in CONSUMED if (why := await _keep_rows(folder, town, service))]
    if why := await _keep_records(folder, town):
        unread.append(f"records: {why}")
    _write_lines(folder / "unread.txt", unread)
    shutil.copytree(town.stack.logs, folder / "logs", dirs_exist_ok=True)


async def _keep_rows(folder: Path, town: Town, service: str) -> str:
    try:
        async with town.database(service) as connection:
            for (table,) in await connection.fetch(TABLES_SQL):
                rows = await connection.fetch(f'select row_to_json(t)::text from "{table}" t')
                _write_lines(folder / "rows" / service / f"{table}.jsonl", (row[0] for row in rows))
    except AWAY as error:
        return f"{type(error).__name__}: {error}"
    return ""


async def _keep_records(folder: Path, town: Town) -> str:
    try:
        records = await town.broker.read()
    except AWAY as error:
        return f"{type(error).__name__}: {error}"
    for topic in {record.topic for record in records}:
        lines = (json.dumps(dataclasses.asdict(record), default=_text) for record in records if record.topic == topic)
        _write_lines(folder / "records" / f"{topic}.jsonl", lines)
    return ""


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _write_lines(file: Path, lines: Iterable[str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines))
