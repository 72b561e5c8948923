"""Two replicas of everything, with operators at work, fit into the connections that PostgreSQL allows by default."""

import importlib
import re
from pathlib import Path

from chassis.settings import LOCK_CONNECTIONS
from contracts.types import SERVICES
from tools.operating import POOL_MAX as COMMAND_POOL_MAX

PAGE = Path(__file__).parents[3] / "docs" / "operations.md"
DEFAULT_MAX_CONNECTIONS = 100
RESERVED_FOR_THE_ADMINISTRATOR = 3
BACKUP_AND_PERSON = 2
COMMAND = max(COMMAND_POOL_MAX, len(SERVICES))
"""One command at a time: that of a service has a pool, the one that compares services a connection to each."""
REPLICAS = 2


def pools() -> dict[str, int]:
    """The pool of each service's process when nobody sets it."""
    sizes = {}
    for name in SERVICES:
        settings = getattr(importlib.import_module(f"services.{name}.settings"), f"{name.capitalize()}Settings")
        sizes[name] = settings.model_fields["database_pool_max"].default
    return sizes


def total(pools: dict[str, int]) -> int:
    """What the server must allow."""
    processes = sum(REPLICAS * (pool + sum(LOCK_CONNECTIONS.values())) for pool in pools.values())
    return processes + COMMAND + BACKUP_AND_PERSON + RESERVED_FOR_THE_ADMINISTRATOR


def test_two_replicas_of_everything_fit() -> None:
    assert total(pools()) <= DEFAULT_MAX_CONNECTIONS


def test_a_larger_pool_is_seen_not_to_fit() -> None:
    assert total(pools() | {"booking": 16}) > DEFAULT_MAX_CONNECTIONS


def test_the_page_says_the_sum() -> None:
    text = PAGE.read_text()
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    locks = sum(LOCK_CONNECTIONS.values())
    assert [(name, int(pool), int(lock), int(both)) for name, pool, lock, both in rows] == [
        (name, pool, locks, REPLICAS * (pool + locks)) for name, pool in pools().items()
    ]
    assert f"| **sum** | | | **{total(pools())}** |" in text
