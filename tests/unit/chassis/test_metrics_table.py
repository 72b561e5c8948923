"""docs/metrics.md lists every measure of the chassis, the gateway and adapters to outside systems, with its type, labels and meaning."""

import importlib
import pkgutil
import re
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY

import chassis
import gateway
from services.family import adapters

TABLE = Path(__file__).parents[3] / "docs" / "metrics.md"
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| (.*?) \| (.*) \|$", re.MULTILINE)


def declared() -> set[tuple[str, str, str, str]]:
    """Every measure that a module of ours declares."""
    for package in (chassis, gateway, adapters):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    collectors: list[Any] = [
        collector for collector in REGISTRY._collector_to_names if hasattr(collector, "_labelnames")
    ]
    return {
        (
            collector._name + ("_total" if collector._type == "counter" else ""),
            collector._type,
            ", ".join(f"`{label}`" for label in collector._labelnames),
            collector._documentation,
        )
        for collector in collectors
    }


def test_the_table_is_what_processes_measure() -> None:
    rows = ROW.findall(TABLE.read_text())
    assert set(rows) == declared()
    assert [name for name, *_ in rows] == sorted(name for name, *_ in rows)
