"""Waiting for something to become true, with a deadline and without a fixed sleep."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

POLL_SECONDS = 0.02
PATIENCE_SECONDS = 30.0
"""Only what never becomes true waits so long: a busy machine is given its time."""


async def eventually(check: Callable[[], Awaitable[T]] | Callable[[], T], seconds: float = PATIENCE_SECONDS) -> T:
    """The first truthy value of `check`, asked again and again; its last error or value when time is over."""
    deadline = time.monotonic() + seconds
    while True:
        failure: Exception | None = None
        value: object = None
        try:
            result = check()
            value = await result if inspect.isawaitable(result) else result
            if value:
                return value
        except (AssertionError, LookupError) as error:
            failure = error
        if time.monotonic() > deadline:
            raise failure or AssertionError(f"still {value!r} after {seconds} s")
        await asyncio.sleep(POLL_SECONDS)
