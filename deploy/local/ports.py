"""Which port every process listens on: the fixed plan of `make up`, shifted as a whole by PORT_BASE, or free ports."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .child import free_ports

BASE = 8000
SERVERS = ("postgres", "kafka", "controller")
OFFSETS = {
    "gateway": 0,
    "metrics": 1,
    "identity": 101,
    "family": 102,
    "booking": 103,
    "billing": 104,
    "notifications": 105,
    "payfip": 201,
    "mail": 202,
    "smtp": 203,
    "traces": 204,
    "franceconnect": 205,
    "agent_provider": 206,
    "api_particulier": 207,
    "postgres": 301,
    "kafka": 302,
    "controller": 303,
}
REPLICA_STEP = 10  # booking listens on 8103, booking-2 on 8113
REPLICAS_MAX = 9


@dataclass(frozen=True, slots=True)
class PortPlan:
    """The port by name; a replica is named `<service>-<number>`, from 2."""

    ports: Mapping[str, int]

    def __getitem__(self, name: str) -> int:
        return self.ports[name]

    @classmethod
    def fixed(cls, base: int = BASE, replicas: Mapping[str, int] | None = None) -> "PortPlan":
        """The plan that a person can remember."""
        names = {name: (name, 0) for name in OFFSETS}
        names |= {name: (name.split("-")[0], int(name.split("-")[1]) - 1) for name in replica_names(replicas or {})}
        return cls({name: base + OFFSETS[first] + REPLICA_STEP * step for name, (first, step) in names.items()})

    @classmethod
    def free(cls, replicas: Mapping[str, int] | None = None) -> "PortPlan":
        """Ports that nobody listens on now, so that several stacks run side by side."""
        names = [*OFFSETS, *replica_names(replicas or {})]
        return cls(dict(zip(names, free_ports(len(names)), strict=True)))


def replica_names(replicas: Mapping[str, int]) -> Iterable[str]:
    """The names of the second and later replicas of each service."""
    for service, count in replicas.items():
        if not 1 <= count <= REPLICAS_MAX:
            raise ValueError(f"{service}: 1 to {REPLICAS_MAX} replicas, not {count}")
        yield from (f"{service}-{number}" for number in range(2, count + 1))
