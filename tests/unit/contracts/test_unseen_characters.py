"""No line or text that is typed holds a character that nobody sees or that turns what is read around, wherever a request takes one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import pytest
from pydantic import StringConstraints, TypeAdapter, ValidationError

from chassis.http.errors import malformed_document
from chassis.town import load_town
from contracts.family.health import HealthChange
from contracts.http import LINE, TEXT, Email
from contracts.operation import operations_of
from contracts.types import SERVICES

TURNING: Final = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
CONTROLS: Final = "\x00\x07\x08\x1b\x7f\x80\x85\x9f"
BREAKS: Final = "\t\n\r\u2028\u2029"
COMPARED: Final = frozenset(
    {"code", "recovery_code", "current_code", "application_code", "key", "answer", "confirmation"}
    | {"token", "browser_token", "end_token", "fingerprint", "operation_id", "school_code"}
)
"""What is looked up or compared, and never kept as it was typed."""
UNTYPED: Final = frozenset({"uuid", "date", "date-time", "time", "password", "base64"})


def accepts(pattern: str, text: str) -> bool:
    """Whether a pattern lets a text pass, as requests are read."""
    try:
        TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)]).validate_python(text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("char", [*CONTROLS, *TURNING])
def test_neither_line_nor_text_has_it(char: str) -> None:
    assert not accepts(LINE, f"Jean{char}ne")
    assert not accepts(TEXT, f"Jean{char}ne")


@pytest.mark.parametrize("char", BREAKS)
def test_line_has_one_line(char: str) -> None:
    assert not accepts(LINE, f"Jean{char}ne")
    assert accepts(TEXT, f"Jean{char}ne")


@pytest.mark.parametrize("text", ["Élodie d’Orves-Lüthi", "Œuvre n° 12 bis", "N\u00a0: « oui »", "李", "é🙂"])
def test_what_people_write_passes(text: str) -> None:
    assert accepts(LINE, text)
    assert accepts(TEXT, text)


@pytest.mark.parametrize("char", TURNING)
def test_address_has_none(char: str) -> None:
    for address in (f"a{char}b@c.example", f"ab@c{char}d.example"):
        with pytest.raises(ValidationError):
            TypeAdapter(Email).validate_python(address)


def typed_strings(schema: dict[str, Any], place: str, known: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every string that a request takes as it is typed, by its place."""
    if reference := schema.get("$ref"):
        yield from typed_strings(known[reference.rpartition("/")[2]], place, known)
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("prefixItems", ())):
        yield from typed_strings(choice, place, known)
    for name, item in schema.get("properties", {}).items():
        yield from typed_strings(item, f"{place}.{name}", known)
    for key in ("items", "additionalProperties"):
        if isinstance(item := schema.get(key), dict):
            yield from typed_strings(item, place, known)
    if schema.get("type") == "string" and not {"enum", "const"} & schema.keys():
        yield place, schema


def test_every_string_of_a_request_holds_to_a_rule() -> None:
    bodies = {item.name: item.body for service in SERVICES for item in operations_of(service) if item.body}
    assert bodies
    for name, body in bodies.items():
        schema = body.model_json_schema()
        for place, item in typed_strings(schema, name, schema.get("$defs", {})):
            if item.get("format") in UNTYPED or place.rpartition(".")[2] in COMPARED:
                continue
            assert "pattern" in item, place
            assert not any(accepts(item["pattern"], f"{char}") for char in TURNING + CONTROLS), place


def test_refusal_says_that_it_is_not_seen() -> None:
    with pytest.raises(ValidationError) as refused:
        HealthChange.model_validate({"revision": 0, "other_allergies": "ki\u202ewi", "conduct": "x" * 2000})
    errors = {error.pointer: error.code for error in malformed_document(refused.value).errors}
    assert errors == {"/other_allergies": "unprintable_character", "/conduct": "invalid"}


def test_town_has_none_either(tmp_path: Path) -> None:
    file = tmp_path / "town.toml"
    file.write_text('[town]\nname = "Beau\u202elieu"\n', "utf-8")
    with pytest.raises(ValueError, match=r"town\.name"):
        load_town(file)
