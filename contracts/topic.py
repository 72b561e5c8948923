"""What a topic is: its kind, its key, how long it keeps, who may read it and what it carries."""

from dataclasses import dataclass
from enum import StrEnum, auto

from .event import Event

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class TopicKind(StrEnum):
    """STATE is compacted and may carry personal data; FACTS is append-only and carries none; SECRET is sealed, short-lived."""

    STATE = auto()
    FACTS = auto()
    SECRET = auto()


class Visibility(StrEnum):
    """PARTNER topics are open to the town's other systems; INTERNAL ones only to the services named as consumers."""

    PARTNER = auto()
    INTERNAL = auto()


@dataclass(frozen=True, slots=True)
class Topic:
    """One Kafka topic. `key` says what the record key is; `retention_days` is None for a compacted topic. `noted_by` are consumers that only note
    what it says and build nothing on it: a backup may hold a copy of theirs that is newer than the producer's.
    """

    name: str
    kind: TopicKind
    key: str
    producer: str
    consumers: tuple[str, ...]
    events: tuple[type[Event], ...]
    partitions: int = 6
    retention_days: int | None = None
    visibility: Visibility = Visibility.INTERNAL
    noted_by: tuple[str, ...] = ()

    def configuration(self) -> dict[str, str]:
        """The Kafka topic settings that this declaration means."""
        if self.kind is TopicKind.STATE:
            return {
                "cleanup.policy": "compact",
                "min.cleanable.dirty.ratio": "0.1",
                "segment.ms": str(6 * HOUR_MS),
                "delete.retention.ms": str(7 * DAY_MS),
            }
        return {"cleanup.policy": "delete", "retention.ms": str((self.retention_days or 1) * DAY_MS)}
