"""What a fault is given and gives: a town under load, its own choices, and a sentence that says what was done."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

from .evidence import Poisoned
from .load import Load
from .town import Town


@dataclass(slots=True)
class Scene:
    """A town under load. Faults draw their targets from `chance`, and note here what they leave behind."""

    town: Town
    load: Load
    chance: Random
    poison: list[Poisoned] = field(default_factory=list)


Injection = Callable[[Scene], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong. `inject` does it and heals it; it says what it did to whom."""

    name: str
    inject: Injection

    @property
    def description(self) -> str:
        """What goes wrong, in one sentence."""
        return (self.inject.__doc__ or "").partition("\n")[0]
