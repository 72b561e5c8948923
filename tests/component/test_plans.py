"""Statements of the ways that everybody walks can find their rows by index."""

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.data.database import Transaction
from tests.support.databases import Postgres
from tests.support.services import running_service

pytestmark = pytest.mark.anyio

Node = dict[str, Any]

YEAR = re.compile(r"_\d{4}")
"""What tells the partition of a school year from the others."""

NOWHERE = "http://127.0.0.1:9"

STATEMENTS = {
    "booking": [
        "chassis.events.outbox.STORE_SQL",
        "chassis.events.relay.REMOVE_ROWS_SQL",
        "services.booking.attendance.store.MARK_SQL",
        "services.booking.bookings.store.CANCEL_BOOKINGS_SQL",
        "services.booking.bookings.store.GIVEN_BACK_SQL",
        "services.booking.bookings.store.INSERT_BOOKINGS_SQL",
        "services.booking.bookings.store.KNOWN_SQL",
        "services.booking.bookings.store.LINES_SQL",
        "services.booking.places.store.LOCK_PLACES_SQL",
    ],
    "billing": [
        "chassis.events.inbox.CLAIM_EVENTS_SQL",
        "services.billing.charges.store.LOCK_LINES_SQL",
        "services.billing.charges.store.LOCK_RUNS_SQL",
        "services.billing.charges.store.NOTE_FACTS_SQL",
        "services.billing.charges.store.SAVE_CHARGES_SQL",
        "services.billing.issuing.store.CLOSE_ITEMS_SQL",
        "services.billing.drafts.store.SAVE_ITEMS_SQL",
        "services.billing.ledger.store.CREDITS_SQL",
        "services.billing.payers.store.PAYERS_OF_HOUSEHOLDS_SQL",
        "services.billing.payers.store.RULES_SQL",
        "services.billing.repricing.store.OPEN_DAYS_OF_ACTIVITY_SQL",
        "services.billing.tariffs.store.PRICE_DAYS_SQL",
    ],
}


async def tables_read_whole(tx: Transaction, sql: str) -> list[str]:
    """The tables, or indexes, that a statement reads from end to end where it may not read a table row by row."""
    await tx.execute("set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off")
    count = max(int(number) for number in re.findall(r"\$(\d+)", sql))
    await tx.execute(f"prepare statement as {sql}")
    plan = await tx.fetchval(f"explain (format json) execute statement ({', '.join(['null'] * count)})")
    await tx.execute("deallocate statement")
    return sorted({name for node in _nodes(json.loads(plan)[0]["Plan"]) if (name := _read_whole(node))})


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)


def _read_whole(node: Node) -> str | None:
    kind = node["Node Type"]
    if kind == "Seq Scan":
        return YEAR.sub("", str(node["Relation Name"]))
    if kind in ("Index Scan", "Index Only Scan", "Bitmap Index Scan") and "Index Cond" not in node:
        return YEAR.sub("", str(node["Index Name"]))
    return None


@pytest.mark.parametrize("service", STATEMENTS)
async def test_no_table_is_read_whole(service: str, postgres: Postgres, secrets_dir: Path) -> None:
    others = {"payfip_url": NOWHERE} if service == "billing" else {}
    async with running_service(service, postgres, secrets_dir, **others) as running, running.db.transaction() as tx:
        tables_by_statement = {}
        for name in STATEMENTS[service]:
            module, _, constant = name.rpartition(".")
            tables_by_statement[name] = await tables_read_whole(tx, getattr(importlib.import_module(module), constant))
        assert {name: tables for name, tables in tables_by_statement.items() if tables} == {}


WRONG = {
    "select id from bookings where basket_id = any($1::uuid[])": "bookings",
    "select b.slot_id from bookings b join unnest($1::uuid[], $2::uuid[]) as line(slot_id, child_id) "
    "using (slot_id, child_id) where b.status = 'confirmed'": "bookings_slot_id_child_id_idx",
}


@pytest.mark.parametrize("sql", WRONG)
async def test_a_statement_that_no_index_serves_is_found(sql: str, postgres: Postgres, secrets_dir: Path) -> None:
    async with running_service("booking", postgres, secrets_dir) as running, running.db.transaction() as tx:
        assert await tables_read_whole(tx, sql) == [WRONG[sql]]
