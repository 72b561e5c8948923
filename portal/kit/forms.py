"""Forms: what was typed in one, what is wrong with it, and the request that it is meant to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class FormState:
    """What was typed in a form and what is wrong with it, by field name or as a whole; every field macro takes it first.

    `status` is the HTTP status of the page that shows a refused form.
    """

    values: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    status: int = 422

    @property
    def is_refused(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.errors or self.refusal)

    def value(self, name: str, default: str = "") -> str:
        """The one value of a field."""
        value = self.values.get(name, default)
        return value if isinstance(value, str) else next(iter(value), default)

    def has(self, name: str, option: str) -> bool:
        """Whether an option of a group of choices was taken."""
        value = self.values.get(name, ())
        return option == value if isinstance(value, str) else option in value

    def error(self, name: str) -> str:
        """What is wrong with a field, or nothing."""
        return self.errors.get(name, "")


DEPTH_MAX: Final = 8
COUNT_MAX: Final = 1000
INDEX_MAX: Final = 999


class MalformedForm(Exception):
    """Field names that no form of ours has: too many or too deep, an index out of bounds, or one within a value."""


def nest(form: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON body of a form: `children.0.first_name` goes to `{"children": [{"first_name": ...}]}`; blanks are left out.

    Raises MalformedForm.
    """
    if len(form) > COUNT_MAX:
        raise MalformedForm
    root: dict[str, Any] = {}
    for name, value in form.items():
        if name in ("csrf_token", "idempotency_key") or value in ("", None):
            continue
        *path, last = _steps(name)
        place = root
        for part in path:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise MalformedForm
        if last in place:
            raise MalformedForm
        place[last] = value
    return {name: _lists(value) for name, value in root.items()}


def _steps(name: str) -> list[str]:
    if name.count(".") >= DEPTH_MAX:
        raise MalformedForm
    steps = name.split(".")
    # The length comes first: `int` refuses thousands of digits, and those of other scripts are no index of ours.
    for step in steps:
        if step.isdigit() and not (step.isascii() and len(step) <= len(str(INDEX_MAX))):
            raise MalformedForm
    return steps


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    nested = {name: _lists(item) for name, item in value.items()}
    if nested and all(name.isdigit() for name in nested):
        return [nested[name] for name in sorted(nested, key=int)]
    return nested
