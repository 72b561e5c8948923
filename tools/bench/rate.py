"""Work at a steady rate, and how long it took summed up."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


async def at_rate(calls: Iterable[Callable[[], Awaitable[T]]], per_second: float) -> list[T]:
    """Begin each call at its own instant, whether or not the one before has ended; the answers in order.

    The instants are those of a fixed schedule: a call that cannot begin in time begins at once, and the rate stays.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    running = []
    for number, call in enumerate(calls):
        await asyncio.sleep(max(0.0, began + number / per_second - loop.time()))
        running.append(asyncio.ensure_future(call()))
    return list(await asyncio.gather(*running))


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least this share of them does not exceed; `share` in (0, 1]."""
    return sorted(values)[math.ceil(share * len(values)) - 1]
