"""The settings of the payment simulator, with the clients (regies) that it knows."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from simulators.serving import SimulatorSettings


@dataclass(frozen=True, slots=True)
class Client:
    """A regie enrolled in PayFiP: six digits, up to three lines of label, and whether the web service is open to it."""

    numcli: str
    labels: tuple[str, str, str]
    has_access: bool


class PayfipSettings(SimulatorSettings):
    """`payfip_clients` lists `numcli:label` or `numcli:label|second line|third line`, separated by commas."""

    http_port: int = Field(default=8201, ge=1, le=65535)
    state_dir: Path = Path(".run/simulators/payfip")
    payfip_clients: str = "090909:Regie enfance de Demoville"
    payfip_clients_without_access: str = "090910:Regie fermee de Demoville"

    def clients(self) -> dict[str, Client]:
        """Every known client, by number."""
        listed = [(entry, True) for entry in self.payfip_clients.split(",")]
        listed += [(entry, False) for entry in self.payfip_clients_without_access.split(",")]
        known = [_client(entry, has_access) for entry, has_access in listed if entry.strip()]
        return {client.numcli: client for client in known}


def _client(entry: str, has_access: bool) -> Client:
    numcli, _, label = entry.strip().partition(":")
    first, second, third, *_ = [*label.split("|"), "", ""]
    return Client(numcli, (first, second, third), has_access)
