"""What a town wants of a second factor, and what a code looks like."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto
from typing import Final
from uuid import UUID

from chassis.comparing import close_up
from chassis.refusal import FieldRefusal

CODE: Final = re.compile(r"[0-9]{6}", re.ASCII)
RECOVERY_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without i, l, o, 0 and 1, which look like one another."""
RECOVERY_GROUPS: Final = 4
GROUP_LENGTH: Final = 4
RECOVERY_CODES: Final = 10


class FactorUse(StrEnum):
    """Whether a second factor is asked for: never, of those who have one, or of everybody, who must set one up."""

    OFF = auto()
    OPTIONAL = auto()
    REQUIRED = auto()


@dataclass(frozen=True, slots=True)
class Device:
    """The authenticator application of an account. `sealed` is the secret that it shares with us; no code of `last_used_step`, or of a step
    before, counts any more. It proves who its holder is from `counts_from`."""

    account_id: UUID
    device_id: UUID
    sealed: bytes = field(repr=False)
    enrolled_at: datetime
    last_used_step: int
    counts_from: datetime


@dataclass(frozen=True, slots=True)
class TypedCode:
    """A code and the field that it was typed in, as it is meant: without spaces and dashes, whatever the case."""

    pointer: str
    code: str = field(repr=False)

    @property
    def is_of_application(self) -> bool:
        """Whether it looks like one of an application; any other may be a recovery code."""
        return CODE.fullmatch(self.code) is not None

    @property
    def is_of_recovery(self) -> bool:
        """Whether it was typed for a recovery code, whatever became of it."""
        return not self.is_of_application and (self.pointer == "/recovery_code" or len(self.code) > len("123 456"))


def wrong_code(typed: TypedCode) -> FieldRefusal:
    """What is said of a code that did not count: the application shows another one soon, a recovery code stays used."""
    code = "recovery_code_wrong" if typed.is_of_recovery else "code_wrong"
    return FieldRefusal(typed.pointer, code)


def read_code(pointer: str, typed: str) -> TypedCode | None:
    """What was typed in a field; None when that is nothing."""
    code = close_up(typed).casefold()
    return TypedCode(pointer, code) if code else None


def generate_recovery_code(choose: Callable[[str], str]) -> str:
    """A code such as `k7wp-x3mh-9tqa-c5rz` (79 bits). `choose` picks one sign of a text."""
    groups = ("".join(choose(RECOVERY_SIGNS) for _ in range(GROUP_LENGTH)) for _ in range(RECOVERY_GROUPS))
    return "-".join(groups)


def second_factor_subject(account_id: UUID) -> str:
    """The throttle subject of the codes that an account tries: a password that was right does not forget them."""
    return f"second_factor:{account_id}"
