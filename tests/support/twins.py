"""Twins: equal requests with one idempotency key that come at once, as from an impatient browser or a retrying gateway."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import httpx2

TWINS = 8


async def twins(post: Callable[[], Awaitable[httpx2.Response]]) -> Sequence[httpx2.Response]:
    """The answers to one request that is posted eight times at once."""
    return await asyncio.gather(*(post() for _ in range(TWINS)))


def answers_of(responses: Sequence[httpx2.Response]) -> set[tuple[int, bytes]]:
    """What was answered, each different answer once."""
    return {(response.status_code, response.content) for response in responses}
