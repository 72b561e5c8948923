"""What a dead letter keeps of a bad record is text that PostgreSQL, a log and a terminal take, whatever bytes it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from chassis.events.dead_letters import UnknownEvent, describe_fault, plain_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"0198f000-0000-7000-8000-000000000001", "0198f000-0000-7000-8000-000000000001"),
        ("Forêt", "Forêt"),
        (b"a\x00\xff", r"a\x00\xff"),
        ("a\ud800", r"a\xed\xa0\x80"),
        ("\x1b[2J\u202e", r"\x1b[2J\u202e"),
        ("a\\x00", r"a\\x00"),
    ],
)
def test_what_is_no_printable_text_is_escaped(value: bytes | str, text: str) -> None:
    assert plain_text(value) == text


@given(st.binary() | st.text(st.characters()))
def test_any_value_becomes_text_that_everybody_takes(value: bytes | str) -> None:
    text = plain_text(value)
    assert text.encode().decode() == text
    assert text.isprintable()


@given(st.binary(), st.binary())
def test_no_two_values_look_alike(one: bytes, other: bytes) -> None:
    assert (plain_text(one) == plain_text(other)) == (one == other)


class Counted(BaseModel):
    counts: dict[str, int]


@given(st.text(st.characters()))
def test_a_cause_is_plain_text_too(name: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Counted.model_validate({"counts": {name: "many"}})
    for fault in (raised.value, UnknownEvent(name)):
        assert describe_fault(fault).isprintable()
