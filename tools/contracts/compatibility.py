"""What may change between two minor versions of an event's JSON Schema: optional fields may be added, nothing else.

Titles and descriptions are words for people and are not compared. Anything that `breaking_changes` finds belongs to a
new class with a new major version, published beside the old one.
"""

from collections.abc import Iterator, Mapping
from typing import Any

ANNOTATIONS = frozenset({"$id", "$schema", "$defs", "title", "description", "examples"})

Schema = Mapping[str, Any]


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """What a reader of `old` would stumble over in a record of `new`, or the reverse: one line each, with its place.

    Places are written like `/lines[]/booking_id`.
    """
    return list(_changes(_inlined(old), _inlined(new), ""))


def is_same(old: Schema, new: Schema) -> bool:
    """Whether both schemas accept the same records, whatever words describe them."""
    return bool(_inlined(old) == _inlined(new))


def _changes(old: Any, new: Any, place: str) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _property_changes(old, new, place)
        if "items" in old and "items" in new:
            yield from _changes(old["items"], new["items"], f"{place}[]")
        compared = (old.keys() | new.keys()) - {"properties", "required"} - ({"items"} & old.keys() & new.keys())
        for keyword in sorted(compared):
            old_value, new_value = old.get(keyword), new.get(keyword)
            if isinstance(old_value, list) and isinstance(new_value, list) and len(old_value) == len(new_value):
                for old_choice, new_choice in zip(old_value, new_value, strict=True):
                    yield from _changes(old_choice, new_choice, place)
            elif old_value != new_value:
                yield f"{place or '/'}: {keyword} was {old_value!r} and is {new_value!r}"
    elif old != new:
        yield f"{place or '/'}: was {old!r} and is {new!r}"


def _property_changes(old: Schema, new: Schema, place: str) -> Iterator[str]:
    old_fields, new_fields = old.get("properties", {}), new.get("properties", {})
    old_required, new_required = set(old.get("required", ())), set(new.get("required", ()))
    for field in sorted(old_fields.keys() - new_fields.keys()):
        yield f"{place}/{field}: removed"
    for field in sorted(new_required - old_required):
        yield f"{place}/{field}: {'became' if field in old_fields else 'added as'} required"
    for field in sorted((old_required - new_required) & new_fields.keys()):
        yield f"{place}/{field}: no longer required"
    for field in sorted(old_fields.keys() & new_fields.keys()):
        yield from _changes(old_fields[field], new_fields[field], f"{place}/{field}")


def _inlined(schema: Schema) -> Any:
    """The schema without annotations, each reference replaced by what it names. Events do not contain themselves."""
    definitions = schema.get("$defs", {})

    def inline(node: Any, *, is_keyword: bool = True) -> Any:
        if isinstance(node, list):
            return [inline(item) for item in node]
        if not isinstance(node, Mapping):
            return node
        if "$ref" in node:
            target = definitions[node["$ref"].rpartition("/")[2]]
            return inline({**target, **{name: value for name, value in node.items() if name != "$ref"}})
        return {
            name: inline(value, is_keyword=not (is_keyword and name == "properties"))
            for name, value in node.items()
            if not (is_keyword and name in ANNOTATIONS)
        }

    return inline(schema)
