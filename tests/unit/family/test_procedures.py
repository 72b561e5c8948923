"""A procedure is a text that a town writes: what it can say, and that each mistake is named with its line."""

import pytest

from contracts.family.procedure_words import FieldKind, Procedure
from services.family.procedures.domain import Flaw, lines_of, procedure_of

PROCEDURE = """\
code = "holiday_camp"
label = "Séjour d’été"
summary = "Pour un séjour."
subject = "child"
service = "Loisirs"
delay_days = 30

[[steps]]
title = "L’enfant"

[[steps.fields]]
code = "has_been"
kind = "yes_no"
label = "Est-il déjà parti ?"

[[steps.fields]]
code = "where"
kind = "line"
label = "Où ?"
when = { field = "has_been", is = ["yes"] }

[[steps]]
title = "Frères et sœurs"
help = \"\"\"
code = "not a key"
[[steps]]
\"\"\"

[[steps.rows]]
code = "siblings"
label = "Frères et sœurs"
row = "Un frère ou une sœur"
at_most = 6

[[steps.rows.fields]]
code = "name"
kind = "line"
label = "Prénom"

[[pieces]]
kind = "swimming"
label = "Attestation de natation"
when = { field = "has_been", is = ["no"] }
"""


def changed(*changes: tuple[str, str]) -> str:
    """The text with other words in it."""
    text = PROCEDURE
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def line_of(words: str, text: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if words in line)


def test_a_text_becomes_a_procedure() -> None:
    procedure = procedure_of(PROCEDURE)
    assert isinstance(procedure, Procedure)
    assert [field.kind for field in procedure.steps[0].fields] == [FieldKind.YES_NO, FieldKind.LINE]
    assert [rows.code for rows in procedure.steps[1].rows] == ["siblings"]


def test_each_thing_has_its_line() -> None:
    """A word inside a text of several lines is no key of the table."""
    lines = lines_of(PROCEDURE)
    assert lines["steps", 0, "fields", 1, "when"] == line_of('is = ["yes"]', PROCEDURE)
    assert lines["steps", 1, "rows", 0, "fields", 0, "label"] == line_of('label = "Prénom"', PROCEDURE)
    assert lines["pieces", 0, "kind"] == line_of('kind = "swimming"', PROCEDURE)
    assert ("steps", 2) not in lines


MISTAKES = (
    (("delay_days = 30", "delay_days = "), "delay_days", Flaw.SYNTAX, ""),
    (("delay_days = 30", 'delay_days = "thirty"'), "delay_days", Flaw.BAD_VALUE, "delay_days"),
    (('service = "Loisirs"\n', ""), 'code = "holiday_camp"', Flaw.MISSING, "service"),
    (('kind = "yes_no"', 'kind = "yes-no"'), 'kind = "yes-no"', Flaw.BAD_VALUE, "kind"),
    (("at_most = 6", "most = 6"), "most = 6", Flaw.UNKNOWN_WORD, "most"),
    (('code = "where"', 'code = "has_been"'), "XX", Flaw.CODE_TWICE, "code"),
    (('is = ["yes"]', 'is = ["perhaps"]'), "perhaps", Flaw.WHEN_ANSWER_UNKNOWN, "when"),
    (('field = "has_been", is = ["yes"]', 'field = "later", is = ["yes"]'), "later", Flaw.WHEN_UNKNOWN, "when"),
    (
        ('field = "has_been", is = ["no"]', 'field = "where", is = ["no"]'),
        'field = "where"',
        Flaw.WHEN_NOT_CHOSEN,
        "when",
    ),
    (('kind = "yes_no"', 'kind = "choice"'), 'code = "has_been"', Flaw.CHOICES_MISSING, "choices"),
    (('label = "Où ?"', 'label = "Où ?"\nat_most = 3'), "at_most = 3", Flaw.BOUNDS_UNUSED, "at_most"),
    (("at_most = 6", "at_most = 2\nat_least = 3"), "at_least = 3", Flaw.BOUNDS_CROSSED, "at_least"),
    (("delay_days = 30", 'delay_days = 30\nafter = "holiday_camp"'), "after =", Flaw.AFTER_ITSELF, "after"),
    (("delay_days = 30", 'delay_days = 30\neffect = "task"'), "effect =", Flaw.TASK_MISSING, "effect"),
)


@pytest.mark.parametrize(
    ("change", "words", "flaw", "word"), MISTAKES, ids=[str(case[2]) + case[3] for case in MISTAKES]
)
def test_a_mistake_is_named_with_its_line(change: tuple[str, str], words: str, flaw: Flaw, word: str) -> None:
    text = changed(change)
    flaws = procedure_of(text)
    assert isinstance(flaws, tuple)
    assert (flaw, word) in [(item.flaw, item.word) for item in flaws], flaws
    (first,) = [item for item in flaws if (item.flaw, item.word) == (flaw, word)]
    if flaw is Flaw.CODE_TWICE:
        words = 'code = "has_been"'
        assert first.line == [n for n, line in enumerate(text.splitlines(), start=1) if words in line][1]
    elif flaw is Flaw.CHOICES_MISSING:
        assert first.line == line_of("[[steps.fields]]", text)
    else:
        assert first.line == line_of(words, text)


def test_every_mistake_is_named_at_once() -> None:
    flaws = procedure_of(changed(('kind = "yes_no"', 'kind = "yes-no"'), ("delay_days = 30", "delay_days = 0")))
    assert isinstance(flaws, tuple)
    assert [item.word for item in flaws] == ["delay_days", "kind"]


NEW_CHILD = """\
code = "new_child"
label = "Un enfant"
summary = "Pour un enfant."
subject = "household"
service = "Familles"
effect = "new_child"

[[steps]]
title = "L’enfant"
fields = [
    { code = "first_name", kind = "line", label = "Prénom" },
    { code = "last_name", kind = "line", label = "Nom" },
    { code = "birth_on", kind = "day", label = "Né le" },
]
"""


@pytest.mark.parametrize(
    ("old", "new", "flaw", "word"),
    [
        ("first_name", "given_name", Flaw.CHILD_FIELD_MISSING, "first_name"),
        ('kind = "day"', 'kind = "line"', Flaw.CHILD_FIELD_MISSING, "birth_on"),
        ('label = "Nom"', 'label = "Nom", is_optional = true', Flaw.CHILD_FIELD_MISSING, "last_name"),
        ('subject = "household"', 'subject = "child"', Flaw.SUBJECT_UNFIT, "subject"),
    ],
)
def test_a_child_joins_by_what_everybody_is_asked(old: str, new: str, flaw: Flaw, word: str) -> None:
    assert isinstance(procedure_of(NEW_CHILD), Procedure)
    flaws = procedure_of(NEW_CHILD.replace(old, new))
    assert isinstance(flaws, tuple)
    line = line_of("subject = " if word == "subject" else "effect = ", NEW_CHILD)
    assert [(at.line, at.flaw, at.word) for at in flaws] == [(line, flaw, word)]
