"""Which stand-ins of outside systems a town needs, and which module each process runs."""

import tomllib
from pathlib import Path
from typing import Any, Final

AGENT_PROVIDER: Final = "agent_provider"
API_PARTICULIER: Final = "api_particulier"
SIMULATORS: Final = ("payfip", "mail", "franceconnect", AGENT_PROVIDER, API_PARTICULIER)
TABLES: Final = {AGENT_PROVIDER: ("identity", "agents", "provider"), API_PARTICULIER: ("family", API_PARTICULIER)}
"""The tables of a town's file that say whether it has what these stand for; every town needs the others."""
COLLECTOR: Final = "traces"


def is_open(town_file: Path, *names: str) -> bool:
    """Whether the table of these names of a town's file is open."""
    table: Any = tomllib.loads(town_file.read_text("utf-8"))
    for name in names:
        table = table.get(name, {})
    return bool(table.get("is_open"))


def simulators_of(town_file: Path) -> tuple[str, ...]:
    """The stand-ins that a town needs."""
    return tuple(name for name in SIMULATORS if name not in TABLES or is_open(town_file, *TABLES[name]))


def module_of(name: str) -> str:
    """The Python module that a process runs."""
    service = name.split("-")[0]
    if service == "gateway":
        return "gateway"
    if service == COLLECTOR:
        return "deploy.local.traces"
    return f"simulators.{service}" if service in SIMULATORS else f"services.{service}"
