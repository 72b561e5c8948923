"""Refusals: the expected "no" of a business rule, with a stable code and the facts behind it.

A refusal is a value as much as an exception: a pure decision returns it, a command raises it, and `chassis/http/errors.py` maps it
to a problem document once. Pure: only the standard library is imported here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FieldRefusal:
    """What one field of the request has against it. `pointer` is a JSON Pointer such as `/lines/0/slot_id`."""

    pointer: str
    code: str
    params: tuple[tuple[str, Any], ...] = ()


class Refusal(Exception):
    """An expected "no". Subclasses are named by what is the case (`BasketRefused`); their docstring is the English detail."""

    status: ClassVar[int] = 409

    def __init__(self, *fields: FieldRefusal, **params: Any) -> None:
        super().__init__(self.code())
        self.fields = fields
        self.params = params

    @classmethod
    def code(cls) -> str:
        """The stable name of this refusal, such as `basket_refused`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


class NotFound(Refusal):
    """There is nothing here for you: it does not exist, or it belongs to others."""

    status = 404


class Forbidden(Refusal):
    """Your role does not allow this."""

    status = 403


class StepUpNeeded(Refusal):
    """The town asks here, within some minutes before, for a proof of who you are besides the password: POST /me/step-up/codes has a code
    mailed, POST /me/step-up takes it; then ask again. `step_up` is the class of acts that it asks this for."""

    status = 403


class Unauthenticated(Refusal):
    """A valid actor token is needed."""

    status = 401


class Invalid(Refusal):
    """Some fields cannot be accepted as they are."""

    status = 422


class HouseholdAmbiguous(Refusal):
    """Several households are possible here: say which one you mean."""

    status = 422

    @classmethod
    def between(cls, homes: Mapping[UUID, str]) -> "HouseholdAmbiguous":
        """The refusal that names each household by its reference."""
        references = ", ".join(sorted(homes.values()))
        facts = (("references", references), ("household_ids", [*map(str, homes)]))
        return cls(FieldRefusal("/household_id", cls.code(), facts), references=references)


class OwnedByColleague(Refusal):
    """Another agent (`account_id`) looks after this by now: ask them, or take it over."""


class UndoTooLate(Refusal):
    """This was decided too long ago to be taken back as a whole: whoever it is about was told. Decide anew, one by one."""


class IdempotencyKeyMissing(Refusal):
    """This operation needs an Idempotency-Key header."""

    status = 400


class IdempotencyKeyReused(Refusal):
    """This Idempotency-Key was used for another request."""

    status = 422


class ClockWrong(Refusal):
    """The clock of this service is not that of its database, so that it cannot tell what is valid: nothing was done; try again later."""

    status = 503

    @classmethod
    def code(cls) -> str:
        """What any service says that is out of order."""
        return "unavailable"


class Busy(Refusal):
    """Too many people are asking for the same thing at once; try again in a moment."""

    status = 503
