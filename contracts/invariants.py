"""Invariants, as every service answers for those of its own rows."""

from datetime import datetime

from contracts.event import Model


class InvariantCheck(Model):
    """The last check of an invariant: when it was made, how long it took, how many violations it found, and the first of them.

    `keys` name rows by their ids. `is_asked`: a check was asked for, or is due, and was not made yet. `failure` is the kind of error
    that ended a check, whose `violation_count` is then unknown.
    """

    code: str
    is_asked: bool
    checked_at: datetime | None
    seconds: float | None
    violation_count: int | None
    keys: tuple[str, ...]
    failure: str | None
