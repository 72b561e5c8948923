"""Composing a screen: a few calls at once, each within the time of its client; a part that is missing is said to be."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import structlog

from chassis.http.client import Unreachable

from .calls import Refused, StepUpAsked

PartT = TypeVar("PartT")

NOT_OPEN: Final = frozenset({403, 404})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Part(Generic[PartT]):
    """An optional part of a screen. `value` is None when its service did not answer: show "indisponible", never a blank; or when the town asks a proof
    before it, and then `asks` is the class of acts that it belongs to."""

    value: PartT | None
    asks: str = ""

    @property
    def is_available(self) -> bool:
        """Whether the service answered."""
        return self.value is not None


async def optional(call: Awaitable[PartT]) -> Part[PartT]:
    """The part that a call brings, or its absence when the service cannot be reached in time."""
    try:
        return Part(await call)
    except Unreachable as error:
        log.warning("part of a screen is missing", name=error.name)
        return Part(None)


async def if_open(call: Awaitable[PartT]) -> Part[PartT] | None:
    """An optional part, or nothing at all where the town asks a proof before it: a screen that shows other things too does not ask for one."""
    try:
        return await optional(call)
    except StepUpAsked:
        return None


async def no_part() -> None:
    """In the place of a part that the screen has nothing to show of."""


async def if_proven(call: Awaitable[PartT]) -> Part[PartT] | None:
    """`permitted`, and where the town asks a proof before it, a part that says so: a screen that shows other things too leads there from its place."""
    try:
        return await permitted(call)
    except StepUpAsked as asked:
        return Part(None, asked.step_up)


async def permitted(call: Awaitable[PartT]) -> Part[PartT] | None:
    """An optional part, or nothing at all where it is not open to the caller: then the screen does not speak of it."""
    try:
        return await optional(call)
    except Refused as refused:
        if refused.problem.status not in NOT_OPEN:
            raise
        return None
