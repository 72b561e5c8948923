"""What runs have in common, in which an agent sends a list or chooses people: its lines are looked at, wait for one yes, and are worked off at a pace."""

from datetime import datetime
from enum import StrEnum, auto
from uuid import UUID

from contracts.event import Model


class RunStatus(StrEnum):
    """How far a run has come: its lines are looked at, wait for an agent's yes, are worked off, or all are settled."""

    EXAMINING = auto()
    PROPOSED = auto()
    RUNNING = auto()
    DONE = auto()


class Run(Model):
    """A run and how far it has come, of which so much is settled in a minute at most. Its lines are deleted at `forgotten_at`."""

    run_id: UUID
    label: str
    status: RunStatus
    created_at: datetime
    created_by: UUID
    confirmed_at: datetime | None
    confirmed_by: UUID | None
    finished_at: datetime | None
    forgotten_at: datetime
    per_minute: int


def body_bytes_max(file_bytes_max: int) -> int:
    """The limit of a JSON body that holds a file in base64."""
    return file_bytes_max * 3 // 2
