"""Whether the documents that an activity asks for are there on a day. One decision for an enrollment, a cell of the calendar and a booking. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from contracts.types import ActorKind


@dataclass(frozen=True, slots=True)
class Requirement:
    """A kind of document that an activity asks for. `is_sent_enough`: it counts once it is sent, else once an agent validated it."""

    code: str
    label: str
    is_sent_enough: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of a child or of its household that waits for an agent or was validated, and until when it holds."""

    kind: str
    is_validated: bool
    ends_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether its last day is not over."""
        return self.ends_on is None or day <= self.ends_on

    def meets(self, asked: Requirement) -> bool:
        """Whether it is of the kind, and has come as far as the kind needs."""
        return self.kind == asked.code and (self.is_validated or asked.is_sent_enough)


@dataclass(frozen=True, slots=True)
class Gap:
    """What keeps a child from an activity on a day. `is_sent`: all of it was sent, and an agent decides; else `labels` are what the family has to send."""

    labels: tuple[str, ...]
    is_sent: bool = False

    @property
    def words(self) -> str:
        """The documents, one after the other."""
        return ", ".join(self.labels)


def gap_on(day: date, required: Iterable[Requirement], held: Sequence[Paper]) -> Gap | None:
    """What of the documents that are asked for is not there on a day, None when nothing stands in the way."""
    holding = [paper for paper in held if paper.holds_on(day)]
    unmet = [asked for asked in required if not any(paper.meets(asked) for paper in holding)]
    sent = {paper.kind for paper in holding}
    missing = [asked for asked in unmet if asked.code not in sent]
    return Gap(tuple(asked.label for asked in missing or unmet), is_sent=not missing) if unmet else None


@dataclass(frozen=True, slots=True)
class Needed:
    """What an activity asks of a child's documents, and those that are there."""

    required: tuple[Requirement, ...] = ()
    held: tuple[Paper, ...] = ()

    def gap_on(self, day: date) -> Gap | None:
        """What is not there on a day."""
        return gap_on(day, self.required, self.held)


@dataclass(frozen=True, slots=True)
class DocumentRules:
    """The kinds of documents of the town that an activity may ask for, by their codes: those of children and households."""

    kinds: Mapping[str, Requirement] = field(default_factory=dict)

    def required(self, codes: Iterable[str]) -> tuple[Requirement, ...]:
        """What these codes ask for. A kind that the town has no more asks for nothing, for nobody could send it."""
        return tuple(self.kinds[code] for code in codes if code in self.kinds)

    def asked_of(self, kind: ActorKind) -> "DocumentRules":
        """The rules for whoever acts: an agent decides, and is asked for nothing."""
        return self if kind is ActorKind.PARENT else DocumentRules()
