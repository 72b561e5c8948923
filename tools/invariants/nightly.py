"""The invariants of one service alone, for whoever is connected to its database."""

import importlib

from chassis.invariants import Checking

from .comparing import Connection


def checking_of(service: str) -> Checking:
    """The invariants that a service checks every night."""
    checking: Checking = importlib.import_module(f"services.{service}.invariants.queries").CHECKING
    return checking


async def violations(connection: Connection, service: str, code: str) -> list[str]:
    """The first keys that violate an invariant of a service."""
    (invariant,) = [invariant for invariant in checking_of(service).invariants if invariant.code == code]
    return [row["key"] for row in await connection.fetch(invariant.check_sql)]
