"""Password hashing: argon2id with the OWASP parameters, behind a bulkhead (a bounded pool of threads of its own).

One hash takes about 20 ms of one core. The pool keeps sign-ins from starving every other request, and its queue has a
limit, past which load is shed: a request is refused at once rather than left waiting. Against timing attacks, a password of no
account is checked against a decoy hash: the time of an answer says nothing about the existence of an account.
Source: OWASP Password Storage Cheat Sheet (argon2id, 19 MiB, t = 2, p = 1).
"""

import asyncio
import functools
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerificationError

from chassis.refusal import Busy

MEMORY_KIB = 19_456
TIME_COST = 2
PARALLELISM = 1
WAITING_MAX = 200

T = TypeVar("T")


class Passwords:
    """Hashes and checks passwords; `threads` of them at once, at most `waiting_max` more in the queue."""

    def __init__(self, threads: int, waiting_max: int = WAITING_MAX) -> None:
        self._hasher = PasswordHasher(
            time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=PARALLELISM, type=Type.ID
        )
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._apart = ThreadPoolExecutor(1, thread_name_prefix="argon2-apart")
        self._free = threads + waiting_max
        self._decoy_hash = self._hasher.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        """The hash to store. Raises `Busy` when the queue is full."""
        return await self._run(lambda: self._hasher.hash(_normalized(password)))

    async def hash_apart(self, password: str) -> str:
        """`hash`, of work that nobody waits for in front of a screen: in a thread of its own, however long the queue of sign-ins is."""
        work = functools.partial(self._hasher.hash, _normalized(password))
        return await asyncio.get_running_loop().run_in_executor(self._apart, work)

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether a password is the one of a stored hash; never of None, in the same time. Raises `Busy`."""
        is_right = await self._run(lambda: self._verify(stored or self._decoy_hash, _normalized(password)))
        return is_right and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(stored)

    def require_room(self) -> None:
        """Refuse with `Busy` when the queue is full, before anything else is done for a request."""
        if self._free <= 0:
            raise Busy

    async def close(self) -> None:
        """Let running hashes end and stop the threads."""
        for executor in (self._executor, self._apart):
            await asyncio.to_thread(executor.shutdown, wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        self.require_room()
        self._free -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            self._free += 1

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except VerificationError:
            return False


def _normalized(password: str) -> str:
    # Keyboards write the same accented letter in different ways (NIST SP 800-63B, 5.1.1.2).
    return unicodedata.normalize("NFKC", password)
