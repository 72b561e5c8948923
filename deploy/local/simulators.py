"""Which stand-ins of outside systems a town needs, and which module each process runs."""

import tomllib
from pathlib import Path
from typing import Any, Final

AGENT_PROVIDER: Final = "agent_provider"
SIMULATORS: Final = ("payfip", "mail", "franceconnect", AGENT_PROVIDER)
COLLECTOR: Final = "traces"


def is_open(town_file: Path, *names: str) -> bool:
    """Whether the table of these names of a town's file is open."""
    table: Any = tomllib.loads(town_file.read_text("utf-8"))
    for name in names:
        table = table.get(name, {})
    return bool(table.get("is_open"))


def simulators_of(town_file: Path) -> tuple[str, ...]:
    """The stand-ins that a town needs: of its agents' provider where it has one."""
    has_provider = is_open(town_file, "identity", "agents", "provider")
    return tuple(name for name in SIMULATORS if name != AGENT_PROVIDER or has_provider)


def module_of(name: str) -> str:
    """The Python module that a process runs."""
    service = name.split("-")[0]
    if service == "gateway":
        return "gateway"
    if service == COLLECTOR:
        return "deploy.local.traces"
    return f"simulators.{service}" if service in SIMULATORS else f"services.{service}"
