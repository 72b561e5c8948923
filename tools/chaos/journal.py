"""What was asked of the portal and what it answered: the only account of a run that does not come from the portal."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any


class Kind(StrEnum):
    """What a request asks for."""

    HOUSEHOLD = auto()
    QUOTIENT = auto()
    ENROLLMENT = auto()
    DECISION = auto()
    BASKET = auto()
    CANCELLATION = auto()
    PAYMENT = auto()
    OTHER = auto()


class Outcome(StrEnum):
    """ACCEPTED: some answer was 2xx. REFUSED: the answer was 4xx. UNKNOWN: no answer, or one that says nothing."""

    ACCEPTED = auto()
    REFUSED = auto()
    UNKNOWN = auto()


@dataclass(slots=True)
class Entry:
    """One thing asked for, however often it was sent. `subject` is the id that its path names, if any."""

    kind: Kind
    service: str
    key: str
    body: Any = None
    subject: str = ""
    outcome: Outcome = Outcome.UNKNOWN
    sent_count: int = 0
    code: str = ""
    answers: list[Any] = field(default_factory=list)

    @property
    def answer(self) -> Any:
        """The first answer of an accepted request."""
        return self.answers[0]


class Journal:
    """Every request of a run, in the order in which they were first sent."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, entry: Entry) -> Entry:
        """Note a request before it is sent."""
        self.entries.append(entry)
        return entry

    def accepted(self, kind: Kind) -> Iterator[Entry]:
        return self.of(kind, Outcome.ACCEPTED)

    def of(self, kind: Kind, outcome: Outcome) -> Iterator[Entry]:
        return (entry for entry in self.entries if entry.kind is kind and entry.outcome is outcome)

    def counts(self) -> dict[str, int]:
        """How many requests had each outcome."""
        return {outcome.value: sum(entry.outcome is outcome for entry in self.entries) for outcome in Outcome}
