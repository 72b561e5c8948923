"""Forms: what each asks for and within which limits, what was typed in one, what is wrong with it, and the request that it is meant to be."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from pydantic import BaseModel

from portal.kit.amounts import cents_typed, count_typed

ADDED_FIELDS: Final = frozenset({"csrf_token", "idempotency_key"})
"""What every page adds to its forms, and nobody typed."""
_NUMBER: Final = re.compile(r"(?<=\.)[0-9]+(?=\.|$)")


@dataclass(frozen=True, slots=True)
class FieldLimits:
    """What a request wants of one of its fields, `is_whole` of a number. Its length is not for the browser to limit, which cuts what is
    pasted without a word: the service refuses what is too long."""

    is_required: bool = False
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A form as a value: the request that it makes, the group of its texts, and its fields in the order in which they stand.

    A field is named by its way into the request, with `*` for the number of an item: `children.*.birth_on`. Its label is the
    text of its last step in the group, its hint the one that ends in `_hint`, if there is one. Its limits are those of the model.
    """

    model: type[BaseModel]
    texts: str
    fields: tuple[str, ...]

    def typed(self, values: Mapping[str, str]) -> dict[str, str]:
        """What was typed in its fields; anything else that was posted is left out."""
        return {name: value for name, value in values.items() if _field_of(name) in self.fields}

    def body(self, typed: Mapping[str, str | Sequence[str]]) -> dict[str, Any]:
        """The JSON body of what was typed, without what was left blank, amounts in cents. Raises MalformedForm."""
        return nest({name: self._read(name, value) for name, value in typed.items()})

    def _read(self, name: str, value: str | Sequence[str]) -> Any:
        if not isinstance(value, str) or not (text := value.strip()):
            return value if not isinstance(value, str) else ""
        if name.endswith("_cents"):
            return cents_typed(text)
        return count_typed(text) if self.limits(name).is_whole else text

    def label(self, name: str) -> str:
        """The key of a field's label."""
        return f"{self.texts}.{name.rpartition('.')[2]}"

    def limits(self, name: str) -> FieldLimits:
        """What its model wants of a field. The first of several items is required if any is."""
        return _limits(self.model, name)

    def in_order(self, errors: Mapping[str, str]) -> dict[str, str]:
        """Errors in the order of their fields, item after item; what is no field of the form comes last."""
        groups = [name.partition(".")[0] for name in self.fields]

        def place(name: str) -> tuple[int, list[int], int]:
            group, field_name = name.partition(".")[0], _field_of(name)
            return (
                groups.index(group) if group in groups else len(groups),
                [int(number) for number in _NUMBER.findall(name)],
                self.fields.index(field_name) if field_name in self.fields else len(groups),
            )

        return {name: errors[name] for name in sorted(errors, key=place)}


@dataclass(frozen=True, slots=True)
class FormState:
    """What was typed in a form and what is wrong with it, by field name or as a whole; every field macro takes it first.

    `form` says what the fields are called and how much they hold, where it is known; `note` says why it is shown again though nothing is
    wrong with it.
    """

    values: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    form: Form | None = None
    note: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.errors or self.refusal)

    @property
    def is_shown_again(self) -> bool:
        """Whether it was sent before, and is not carried out."""
        return self.is_refused or bool(self.note)

    def value(self, name: str, default: str = "") -> str:
        """The one value of a field."""
        value = self.values.get(name, default)
        return value if isinstance(value, str) else next(iter(value), default)

    def all(self, name: str) -> Sequence[str]:
        """Every value of a field."""
        value = self.values.get(name, ())
        return [value] if isinstance(value, str) else value

    def has(self, name: str, option: str) -> bool:
        """Whether an option of a group of choices was taken."""
        return option in self.all(name)

    def error(self, name: str) -> str:
        """What is wrong with a field, or nothing."""
        return self.errors.get(name, "")

    def label(self, name: str) -> str:
        """The key of a field's label, or nothing."""
        return self.form.label(name) if self.form and _field_of(name) in self.form.fields else ""

    def limits(self, name: str) -> FieldLimits:
        """How a field is limited, as far as it is known."""
        return self.form.limits(name) if self.form and _field_of(name) in self.form.fields else FieldLimits()

    def as_json(self) -> str:
        """All of it but the form itself, to be read again by `from_json`."""
        return json.dumps([dict(self.values), dict(self.errors), self.refusal, self.note], ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "FormState":
        """What `as_json` wrote."""
        values, errors, refusal, note = json.loads(text)
        return cls(values, errors, refusal, note=note)


def _field_of(name: str) -> str:
    return _NUMBER.sub("*", name)


@cache
def _limits(model: type[BaseModel], name: str) -> FieldLimits:
    schema = model.model_json_schema()
    place, is_required = schema, True
    for step in name.split("."):
        if step.isdigit():
            place, is_required = place["items"], is_required and step == "0"
        else:
            is_required = is_required and step in place.get("required", ())
            place = place["properties"][step]
        # What may be missing is a choice between something and nothing.
        place = next((choice for choice in place.get("anyOf", ()) if choice.get("type") != "null"), place)
        if reference := place.get("$ref"):
            place = schema["$defs"][reference.rpartition("/")[2]]
    return FieldLimits(is_required, place.get("type") == "integer")


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
        if name in ADDED_FIELDS or value in ("", None):
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
