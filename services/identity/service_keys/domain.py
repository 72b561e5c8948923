"""What the key of a service looks like, how one is made, and who may enter it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.comparing import close_up
from chassis.refusal import FieldRefusal

DIGITS: Final = "23456789"
LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without I, L and O, which look like digits; and without the digits 0 and 1, which look like them."""
DIGIT_COUNT: Final = 5
SIGN_COUNT: Final = 6
KEY: Final = re.compile(rf"([{DIGITS}]{{{DIGIT_COUNT}}})([{LETTERS}{DIGITS}]{{{SIGN_COUNT}}})")


@dataclass(frozen=True, slots=True)
class TownService:
    """A service of the town that is opened with a key. The key of one that is prefilled comes with a guardian's invitation."""

    code: str
    label: str
    is_prefilled: bool


@dataclass(frozen=True, slots=True)
class ServiceKeyRecord:
    """A key that was given to an account. It opens the service once it is entered, until another one replaces it."""

    service_key_id: UUID
    account_id: UUID
    service: str
    key_hash: bytes
    sealed: bytes | None
    issued_at: datetime
    entered_at: datetime | None
    replaced_at: datetime | None


@dataclass(frozen=True, slots=True)
class TypedKey:
    """A key in the form in which it was made, and the field that it was typed in."""

    pointer: str
    service: str
    key: str = field(repr=False)


def generate_key(choose: Callable[[str], str]) -> str:
    """A key, e.g. `23456-B7J8K2` (45 bits). `choose` picks one character of a text."""
    digits = "".join(choose(DIGITS) for _ in range(DIGIT_COUNT))
    return f"{digits}-{''.join(choose(LETTERS + DIGITS) for _ in range(SIGN_COUNT))}"


def normal_key(typed: str) -> str | None:
    """The key that somebody meant, in whatever case and with or without its dash; None for what is none."""
    parts = KEY.fullmatch(close_up(typed).upper())
    return f"{parts[1]}-{parts[2]}" if parts else None


def read_keys(
    entries: Sequence[tuple[str, str]], services: Mapping[str, TownService]
) -> tuple[list[TypedKey], list[FieldRefusal]]:
    """The keys in these (service, text) rows, without the empty ones, and what is wrong with the form of the others."""
    keys, refusals = [], []
    for position, (service, text) in enumerate(entries):
        pointer = f"/keys/{position}/key"
        if not text:
            continue
        if service not in services:
            refusals.append(FieldRefusal(pointer, "service_unknown"))
        elif (key := normal_key(text)) is None:
            refusals.append(FieldRefusal(pointer, "service_key_malformed"))
        else:
            keys.append(TypedKey(pointer, service, key))
    return keys, refusals


def check_entry(typed: TypedKey, stored: ServiceKeyRecord | None, account_id: UUID) -> FieldRefusal | None:
    """What stands against an account that enters a key. One's own that was entered before is no fault."""
    if stored is None or stored.service != typed.service:
        return FieldRefusal(typed.pointer, "service_key_unknown")
    if stored.account_id != account_id:
        return FieldRefusal(typed.pointer, "service_key_of_another")
    if stored.replaced_at is not None:
        return FieldRefusal(typed.pointer, "service_key_replaced")
    return None


def keys_subject(account_id: UUID) -> str:
    """The throttle subject of the keys that an account tries: a password that was right does not forget them."""
    return f"service_keys:{account_id}"
