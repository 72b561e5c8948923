"""The children of a form that opens a file: how many it has room for, and in which order those that were typed are sent."""

from collections.abc import Mapping
from typing import Final

CHILDREN_MAX: Final = 15


def with_children_in_order(typed: Mapping[str, str]) -> dict[str, str]:
    """The form with its blank children left out, and the others numbered from zero as the service will count them."""
    numbers = sorted({int(part) for name, value in typed.items() if value.strip() and (part := child_number(name))})
    ranks = {str(number): str(rank) for rank, number in enumerate(numbers)}
    return {
        name.replace(number, ranks[number], 1) if number else name: value
        for name, value in typed.items()
        if not (number := child_number(name)) or number in ranks
    }


def child_number(name: str) -> str:
    """The digits of a field of a child, nothing for any other field."""
    group, _, rest = name.partition(".")
    number = rest.partition(".")[0]
    return number if group == "children" and number.isdecimal() else ""


def child_count(typed: str) -> int:
    """How many children the form had room for."""
    return min(CHILDREN_MAX, max(1, int(typed))) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 1
