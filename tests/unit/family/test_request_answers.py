"""What is asked in a request by what was answered before, and which answers are taken."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.refusal import Invalid
from contracts.family.procedure_words import FieldKind, KnownFact, Procedure
from services.family.answers.domain import Circle, asked_of, checked, pieces_of
from services.family.procedures.domain import procedure_of
from services.family.request_versions.domain import carried

CHILD, ADULT = "0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002"
CIRCLE = Circle(frozenset({CHILD}), frozenset({ADULT}))
HEAD = """
code = "p"
label = "P"
summary = ""
subject = "child"
service = "S"
delay_days = 30
"""


def procedure(text: str) -> Procedure:
    made = procedure_of(HEAD + text)
    assert isinstance(made, Procedure), made
    return made


def one(kind: str, more: str = "") -> Procedure:
    """A procedure that asks one thing."""
    return procedure(f'[[steps]]\ntitle = "T"\n[[steps.fields]]\ncode = "f"\nlabel = "F"\nkind = "{kind}"\n{more}')


def faults_of(made: Procedure, answers: dict[str, Any]) -> list[tuple[str, str]]:
    result = checked(made, answers, CIRCLE)
    return [(fault.pointer, fault.code) for fault in result.fields] if isinstance(result, Invalid) else []


BRANCHES = procedure("""
[[steps]]
title = "T"
[[steps.fields]]
code = "works"
kind = "yes_no"
label = "W"
[[steps.fields]]
code = "shift"
kind = "choice"
label = "S"
choices = [{ code = "day", label = "D" }, { code = "night", label = "N" }]
when = { field = "works", is = ["yes"] }
[[steps.fields]]
code = "hours"
kind = "number"
label = "H"
at_least = 1
at_most = 60
when = { field = "shift", is = ["night"] }
[[steps.rows]]
code = "siblings"
label = "S"
row = "S"
at_least = 1
at_most = 3
when = { field = "works", is = ["yes"] }
[[steps.rows.fields]]
code = "name"
kind = "line"
label = "N"
[[pieces]]
kind = "payslip"
label = "P"
when = { field = "shift", is = ["night"] }
""")
NIGHT = {"works": "yes", "shift": "night", "hours": "35", "siblings": [{"name": " Léa  Marie "}]}


def test_what_hangs_on_a_closed_branch_is_closed_too() -> None:
    """Though what was typed there before is still in the draft."""
    assert asked_of(BRANCHES, NIGHT | {"works": "no"}, CIRCLE) == {"works": "no"}
    assert pieces_of(BRANCHES, NIGHT | {"works": "no"}, CIRCLE) == ()
    assert [piece.kind for piece in pieces_of(BRANCHES, NIGHT, CIRCLE)] == ["payslip"]
    assert faults_of(BRANCHES, {"works": "no", "hours": "many"}) == []


def test_what_is_sent_has_one_form() -> None:
    kept = checked(BRANCHES, NIGHT | {"unknown": "x"}, CIRCLE)
    assert kept == {"works": "yes", "shift": "night", "hours": "35", "siblings": ({"name": "Léa Marie"},)}


def test_each_fault_stands_at_its_field() -> None:
    given = {"works": "yes", "shift": "night", "hours": "99", "siblings": [{"name": "A"}, {"name": ""}]}
    assert faults_of(BRANCHES, given) == [("/answers/hours", "answer_above"), ("/answers/siblings/1/name", "missing")]
    assert faults_of(BRANCHES, {"works": "yes", "shift": "day"}) == [("/answers/siblings", "row_count")]
    assert faults_of(BRANCHES, {}) == [("/answers/works", "missing")]


TAKEN = (
    ("line", "Rue", "Rue"),
    ("text", "a\nb", "a\nb"),
    ("number", "1 200", "1200"),
    ("amount", "1 234,5 €", "1234.50"),
    ("day", "2026-02-28", "2026-02-28"),
    ("month", "2026-12", "2026-12"),
    ("yes_no", "no", "no"),
    ("phone", "06 12 34 56 78", "+33612345678"),
    ("email", "a@b.example", "a@b.example"),
    ("child", CHILD, CHILD),
    ("adult", ADULT, ADULT),
    ("agreement", "yes", "yes"),
)
REFUSED = (
    ("line", "a\nb"),
    ("text", "\x00"),
    ("number", "1.5"),
    ("amount", "12,345"),
    ("day", "2026-02-29"),
    ("day", "20260228"),
    ("month", "2026-13"),
    ("yes_no", "oui"),
    ("phone", "12"),
    ("email", "a@b"),
    ("child", ADULT),
    ("adult", CHILD),
    ("agreement", "no"),
)


@pytest.mark.parametrize(("kind", "typed", "kept"), TAKEN)
def test_an_answer_is_kept_as_its_kind_has_it(kind: str, typed: str, kept: str) -> None:
    assert checked(one(kind), {"f": typed}, CIRCLE) == {"f": kept}


@pytest.mark.parametrize(("kind", "typed"), REFUSED)
def test_an_answer_of_another_kind_is_refused(kind: str, typed: str) -> None:
    assert faults_of(one(kind), {"f": typed}) == [("/answers/f", f"answer_no_{kind}")]


def test_bounds_hold_for_numbers_amounts_and_days() -> None:
    assert faults_of(one("amount", "at_least = 1000"), {"f": "9,99"}) == [("/answers/f", "answer_below")]
    assert faults_of(one("amount", "at_least = 1000"), {"f": "10"}) == []
    assert faults_of(one("day", "until_on = 2026-08-31"), {"f": "2026-09-01"}) == [("/answers/f", "answer_above")]
    assert faults_of(one("line", "length_max = 3"), {"f": "abcd"}) == [("/answers/f", "answer_no_line")]


def test_what_may_stay_empty_may_stay_empty() -> None:
    assert faults_of(one("line", "is_optional = true"), {}) == []
    assert faults_of(one("agreement"), {}) == [("/answers/f", "agreement_missing")]


CHOICES = one("choices", 'choices = [{ code = "a", label = "A" }, { code = "b", label = "B" }]')


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=4))
def test_only_what_is_offered_can_be_chosen(chosen: list[str]) -> None:
    """Once each, in the order in which it is offered."""
    kept = checked(CHOICES, {"f": chosen}, CIRCLE)
    if chosen and "c" not in chosen:
        assert kept == {"f": tuple(code for code in ("a", "b") if code in chosen)}
    else:
        assert isinstance(kept, Invalid)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "x"]), inner, max_size=2),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*NIGHT, "other"]), values, max_size=5))
def test_answers_of_any_shape_are_taken_or_refused(given: dict[str, Any]) -> None:
    """Whatever a machine sends."""
    assert checked(BRANCHES, given, CIRCLE) is not None


def test_what_the_file_holds_is_not_asked() -> None:
    made = one("phone", 'known_as = "adult_phone"')
    knowing = replace(CIRCLE, facts={KnownFact.ADULT_PHONE: "+33612345678"})
    assert checked(made, {}, knowing) == {"f": "+33612345678"}
    assert checked(made, {"f": "01 02 03 04 05"}, knowing) == {"f": "+33612345678"}
    assert faults_of(made, {}) == [("/answers/f", "missing")]


@given(st.sampled_from(list(FieldKind)), st.text(max_size=12))
def test_whatever_is_typed_is_taken_or_refused(kind: FieldKind, typed: str) -> None:
    """And what is taken is taken again as it is kept."""
    more = 'choices = [{ code = "a", label = "A" }, { code = "b", label = "B" }]' if "choice" in kind else ""
    kept = checked(one(kind, more), {"f": typed}, CIRCLE)
    if not isinstance(kept, Invalid):
        assert checked(one(kind, more), kept, CIRCLE) == kept


def test_answers_to_the_same_questions_come_along_to_a_newer_version() -> None:
    """By code and kind; of choices, those that are offered still; rows by their own questions."""
    fields = """
code = "p"
label = "P"
summary = "P"
subject = "household"
service = "S"
[[steps]]
title = "Une page"
fields = [
    { code = "name", kind = "line", label = "Nom" },
    { code = "age", kind = "number", label = "Âge" },
    { code = "days", kind = "choices", label = "Jours", choices = [
        { code = "a", label = "A" }, { code = "b", label = "B" }, { code = "c", label = "C" }] },
]
[[steps.rows]]
code = "siblings"
label = "Frères et sœurs"
row = "Un"
fields = [{ code = "name", kind = "line", label = "Nom" }, { code = "age", kind = "number", label = "Âge" }]
"""
    old = procedure_of(fields)
    new = procedure_of(
        fields.replace('"age", kind = "number"', '"age", kind = "line"').replace('{ code = "b", label = "B" }, ', "")
    )
    assert isinstance(old, Procedure)
    assert isinstance(new, Procedure)
    answers = {"name": "Zoé", "age": "7", "days": ["a", "b"], "gone": "x", "siblings": [{"name": "Tom", "age": "3"}]}
    assert carried(old, new, answers) == {"name": "Zoé", "days": ["a"], "siblings": [{"name": "Tom"}]}
    assert carried(old, old, answers) == {code: value for code, value in answers.items() if code != "gone"}
