"""Things under random names, each for a while, and no more than so many."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

SHELF_MAX = 1000


class Shelf(Generic[T]):
    """Things under random names, each for a while; the oldest goes when there are too many."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._things: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def put(self, thing: T, now: float) -> str:
        name = secrets.token_urlsafe(32)
        self._things[name] = (now + self._seconds, thing)
        while len(self._things) > SHELF_MAX:
            self._things.popitem(last=False)
        return name

    def get(self, name: str, now: float) -> T | None:
        ends_at, thing = self._things.get(name, (0.0, None))
        return thing if now < ends_at else None

    def take(self, name: str, now: float) -> T | None:
        thing = self.get(name, now)
        self._things.pop(name, None)
        return thing

    def all(self, now: float) -> list[T]:
        return [thing for ends_at, thing in self._things.values() if now < ends_at]

    def drop(self, is_meant: Callable[[T], bool]) -> None:
        """Take away all that are meant."""
        for name in [name for name, (_, thing) in self._things.items() if is_meant(thing)]:
            del self._things[name]
