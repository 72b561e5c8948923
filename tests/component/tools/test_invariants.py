"""Comparing databases by counts and hashes: whatever differs is found by its key, and nothing else; and what an operator is told."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.types import SERVICES
from tests.support.databases import Postgres
from tools.invariants.__main__ import Scope, command, lasting, write_metric
from tools.invariants.comparing import Comparison, Connection, Side
from tools.invariants.comparisons import BOOKINGS, REPLICAS
from tools.invariants.delivery import Published, unpublished
from tools.invariants.payments import disagreements, read_journal
from tools.operating import OperatorError

pytestmark = pytest.mark.anyio

Rows = list[tuple[str, str | None]]
WORDS = st.sampled_from(["", "a", "b", "a b", "\x1f", "é"])
ROWS: st.SearchStrategy[Rows] = st.lists(st.tuples(WORDS, st.none() | WORDS), max_size=8)


@pytest.fixture
async def connection(postgres: Postgres) -> AsyncIterator[Connection]:
    address = await postgres.create("family")
    connection = await asyncpg.connect(address)
    await connection.execute("create table held (side text, key text, content text)")
    yield connection
    await connection.close()
    await postgres.drop(address)


def sides(connection: Connection) -> tuple[Comparison, dict[str, Connection]]:
    """Two sides of one table."""
    one, other = (Side(name, f"select key, content from held where side = '{name}'") for name in ("one", "other"))
    return Comparison("I9", "things", one, (other,)), {"one": connection, "other": connection}


async def hold(connection: Connection, one: Rows, other: Rows) -> None:
    """Put this on the two sides."""
    await connection.execute("truncate held")
    rows = [("one", *row) for row in one] + [("other", *row) for row in other]
    await connection.executemany("insert into held values ($1, $2, $3)", rows)


async def test_what_is_lacking_alone_or_otherwise_is_found_by_its_key(connection: Connection) -> None:
    comparison, databases = sides(connection)
    await hold(connection, [("a", "1"), ("b", "1"), ("c", None)], [("b", "2"), ("c", ""), ("d", "1")])
    assert await comparison.differences(databases) == [
        "things: other holds b otherwise",
        "things: other holds c otherwise",
        "things: other lacks a",
        "things: other alone has d",
    ]
    await hold(connection, [("a", "1"), ("a", "2")], [("a", "2"), ("a", "1"), ("a", "1")])
    assert await comparison.differences(databases) == []


async def test_the_keys_of_the_differences_are_those_of_two_sets(connection: Connection) -> None:
    comparison, databases = sides(connection)
    examples: list[tuple[Rows, Rows]] = []
    given(ROWS, ROWS)(lambda one, other: examples.append((one, other)))()
    for one, other in examples:
        await hold(connection, one, other)
        lacking, alone = ({key for key, _ in first} for first in (set(one) - set(other), set(other) - set(one)))
        assert await comparison.differences(databases) == [
            *(f"things: other holds {key} otherwise" for key in sorted(lacking & alone)),
            *(f"things: other lacks {key}" for key in sorted(lacking - alone)),
            *(f"things: other alone has {key}" for key in sorted(alone - lacking)),
        ], (one, other)


@pytest.mark.parametrize("service", SERVICES)
async def test_every_side_fits_the_schema_of_its_service(service: str, postgres: Postgres) -> None:
    address = await postgres.create(service)
    connection = await asyncpg.connect(address)
    mine = [side for item in (BOOKINGS, *REPLICAS) for side in (item.source, *item.copies) if side.service == service]
    assert mine
    for side in mine:
        assert await connection.fetch(side.buckets_sql) == []
        assert await connection.fetch(side.bucket_sql, ["00"]) == []
    await connection.close()
    await postgres.drop(address)


def test_a_gap_a_missing_end_and_a_stranger_are_found_in_a_topic() -> None:
    facts = "booking.bookings"
    published = [Published(facts, "k", sequence, uuid4(), f"{facts}/0/{sequence}") for sequence in (4, 5, 7)]
    assert unpublished(published, {(facts, "k"): 7}, is_whole=False) == [f"{facts} k: never published [6] of 7"]
    assert unpublished(published[:2], {(facts, "k"): 6}, is_whole=False) == [f"{facts} k: never published [6] of 6"]
    assert unpublished(published[:2], {(facts, "k"): 5}, is_whole=False) == []
    assert unpublished(published[:2], {(facts, "k"): 5}, is_whole=True) == [
        f"{facts} k: never published [1, 2, 3] of 5"
    ]
    assert unpublished([], {(facts, "k"): 1}, is_whole=True) == [f"{facts} k: never published [1] of 1"]
    assert unpublished(published, {}, is_whole=False) == [f"{facts} k: published and never emitted"]
    states = "family.households"
    assert unpublished([Published(states, "k", 9, uuid4(), "")], {(states, "k"): 9}, is_whole=True) == []


def test_what_the_provider_took_is_what_came_in(tmp_path: Path) -> None:
    journal = tmp_path / "journal.csv"
    journal.write_text("operation,cents\na,100\nb,200\nc,300\n")
    assert disagreements(read_journal(journal), {"a": 100, "b": 250, "d": 1}) == [
        "operation c is paid at the provider alone",
        "operation d is paid here alone",
        "operation b: 250 for 200 cents",
    ]
    assert disagreements(read_journal(journal), {"a": 100, "b": 200, "c": 300}) == []


def test_the_metric_is_written_for_a_collector_of_files(tmp_path: Path) -> None:
    write_metric(tmp_path / "invariants.prom", {"I3": 0, "I9": 2})
    assert 'invariant_violations{invariant="I9"} 2\n' in (tmp_path / "invariants.prom").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["invariants.prom"]


async def test_what_a_second_look_does_not_find_any_more_was_on_its_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = iter((["lost", "late"], ["lost", "new"]))

    async def look(_scope: Scope) -> list[str]:
        return next(looks)

    monkeypatch.setattr("tools.invariants.__main__.CHECKS", {"I9": look})
    assert await lasting(None, 0.01) == {"I9": ["lost"]}  # type: ignore[arg-type]  # looks at nothing


async def test_a_command_without_its_variables_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IDENTITY_READER_URL", raising=False)
    with pytest.raises(OperatorError, match="IDENTITY_READER_URL is not set"):
        await command([])
    with pytest.raises(OperatorError, match="--days is between 1 and 29"):
        await command(["--days", "30"])
