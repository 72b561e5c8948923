"""A procedure from the text that a town wrote, or what is wrong with that text, line by line. Pure."""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from itertools import chain
from typing import Final

from contracts.family.procedure_words import (
    CHILD_FIELDS,
    EXPECTED_FIELD,
    FIELDS_MAX,
    Effect,
    FieldKind,
    KnownFact,
    Procedure,
    ProcedureField,
    Rows,
    Subject,
    When,
)

YES_NO: Final = ("yes", "no")
CHOSEN: Final = frozenset({FieldKind.CHOICE, FieldKind.CHOICES})
COUNTED: Final = frozenset({FieldKind.NUMBER, FieldKind.AMOUNT})
WRITTEN: Final = frozenset({FieldKind.LINE, FieldKind.TEXT})

KNOWN_KINDS: Final[Mapping[KnownFact, Collection[FieldKind]]] = {
    KnownFact.ADDRESS: WRITTEN,
    KnownFact.ADULT_EMAIL: (FieldKind.EMAIL,),
    KnownFact.ADULT_PHONE: (FieldKind.PHONE,),
    KnownFact.CHILD_BIRTH_ON: (FieldKind.DAY,),
    KnownFact.CHILD_CLASS: WRITTEN,
    KnownFact.CHILD_SCHOOL: WRITTEN,
}
"""Which kinds of fields can hold what the file knows."""

Place = tuple[str | int, ...]
"""Where something stands in a procedure: `("steps", 0, "fields", 2, "kind")`."""

_TABLE: Final = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?")
_ITEM: Final = re.compile(r"\s*\[\[([^\[\]]+)\]\]\s*(?:#.*)?")
_KEY: Final = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_SYNTAX: Final = re.compile(r"at line (\d+)")
_QUOTES: Final = ('"""', "'''")


class Flaw(StrEnum):
    """What is wrong with a line."""

    SYNTAX = auto()
    UNKNOWN_WORD = auto()
    MISSING = auto()
    BAD_VALUE = auto()
    CODE_TWICE = auto()
    TOO_MANY_FIELDS = auto()
    CHOICES_MISSING = auto()
    CHOICES_UNUSED = auto()
    CHOICE_TWICE = auto()
    BOUNDS_UNUSED = auto()
    BOUNDS_CROSSED = auto()
    WHEN_UNKNOWN = auto()
    WHEN_NOT_CHOSEN = auto()
    WHEN_ANSWER_UNKNOWN = auto()
    AFTER_ITSELF = auto()
    AFTER_UNKNOWN = auto()
    PIECE_UNKNOWN = auto()
    PIECE_TWICE = auto()
    SERVICE_UNKNOWN = auto()
    STEPS_MISSING = auto()
    STEPS_UNUSED = auto()
    TASK_MISSING = auto()
    CHILD_FIELD_MISSING = auto()
    SUBJECT_UNFIT = auto()
    STEP_EMPTY = auto()
    KNOWN_OTHERWISE = auto()


@dataclass(frozen=True, slots=True)
class FlawAt:
    """A flaw, the line that it stands in, counted from 1, and the word that it is about."""

    line: int
    flaw: Flaw
    word: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a procedure may name in its town: kinds of documents, other procedures, and services with a key. None: anything."""

    document_kinds: Collection[str] | None = None
    procedures: Collection[str] | None = None
    services: Collection[str] | None = None


def procedure_of(text: str, known: Known = Known()) -> Procedure | tuple[FlawAt, ...]:
    """The procedure that a text says, or all that is wrong with it, in the order of its lines."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _SYNTAX.search(str(error))
        return (FlawAt(int(line[1]) if line else text.count("\n") + 1, Flaw.SYNTAX),)
    lines = lines_of(text)
    procedure = Procedure.read(values)
    if not isinstance(procedure, Procedure):
        return _in_order(_at(lines, place, _flaw_of(kind)) for place, kind in procedure)
    flaws = [_at(lines, place, flaw) for place, flaw in chain(_flaws(procedure), _strange_names(procedure, known))]
    return _in_order(flaws) if flaws else procedure


def _in_order(flaws: Iterable[FlawAt]) -> tuple[FlawAt, ...]:
    return tuple(sorted(set(flaws), key=lambda flaw: (flaw.line, flaw.flaw, flaw.word)))


def _flaw_of(kind: str) -> Flaw:
    """The flaw for a kind of error of the model."""
    return {"extra_forbidden": Flaw.UNKNOWN_WORD, "missing": Flaw.MISSING}.get(kind, Flaw.BAD_VALUE)


def _at(lines: Mapping[Place, int], place: Place, flaw: Flaw) -> FlawAt:
    """A flaw with the line of its place, or of what holds it where it has none of its own."""
    own = next((place[:end] for end in range(len(place), 0, -1) if place[:end] in lines), ())
    words = [part for part in place if isinstance(part, str)]
    return FlawAt(lines.get(own, 1), flaw, words[-1] if words else "")


def lines_of(text: str) -> dict[Place, int]:
    """The line of each table, item and key of a text that can be read. What stands inside braces has the line of its key."""
    lines: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    closing = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if item := _ITEM.fullmatch(line):
            held = _numbered(counts, item[1])
            counts[held] = counts.get(held, -1) + 1
            table = (*held, counts[held])
            lines.setdefault(held, number)
            lines[table] = number
        elif header := _TABLE.fullmatch(line):
            table = _numbered(counts, header[1])
            lines[table] = number
        elif key := _KEY.match(line):
            lines.setdefault((*table, key[1]), number)
            quotes = next((quotes for quotes in _QUOTES if line.count(quotes) % 2), "")
            closing = quotes
    return lines


def _numbered(counts: Mapping[Place, int], dotted: str) -> Place:
    """The place of a header, with the number of the item in each list above it."""
    place: Place = ()
    words = [word.strip() for word in dotted.split(".")]
    for word in words[:-1]:
        place = (*place, word)
        if place in counts:
            place = (*place, counts[place])
    return (*place, words[-1])


def _strange_names(procedure: Procedure, known: Known) -> Iterator[tuple[Place, Flaw]]:
    """What a procedure names that its town has not."""
    if procedure.after and known.procedures is not None and procedure.after not in known.procedures:
        yield ("after",), Flaw.AFTER_UNKNOWN
    if procedure.service_key and known.services is not None and procedure.service_key not in known.services:
        yield ("service_key",), Flaw.SERVICE_UNKNOWN
    for number, piece in enumerate(procedure.pieces):
        if known.document_kinds is not None and piece.kind not in known.document_kinds:
            yield ("pieces", number, "kind"), Flaw.PIECE_UNKNOWN


def _flaws(procedure: Procedure) -> Iterator[tuple[Place, Flaw]]:
    """What a procedure says that cannot be meant."""
    if bool(procedure.steps) is bool(procedure.leads_to):
        yield ("steps",), Flaw.STEPS_UNUSED if procedure.steps else Flaw.STEPS_MISSING
    if procedure.after == procedure.code:
        yield ("after",), Flaw.AFTER_ITSELF
    if procedure.effect == "task" and not procedure.task:
        yield ("effect",), Flaw.TASK_MISSING
    if procedure.effect is Effect.NEW_CHILD:
        yield from _new_child_flaws(procedure)
    if procedure.opens_on and procedure.closes_on and procedure.closes_on < procedure.opens_on:
        yield ("closes_on",), Flaw.BOUNDS_CROSSED
    known: dict[str, ProcedureField] = {}
    codes: set[str] = set()
    for number, step in enumerate(procedure.steps):
        place: Place = ("steps", number)
        if not step.fields and not step.rows:
            yield place, Flaw.STEP_EMPTY
        for item, field in enumerate(step.fields):
            at = (*place, "fields", item)
            if field.code in codes:
                yield (*at, "code"), Flaw.CODE_TWICE
            yield from _field_flaws(at, field, known)
            codes.add(field.code)
            known[field.code] = field
        for item, rows in enumerate(step.rows):
            at = (*place, "rows", item)
            if rows.code in codes:
                yield (*at, "code"), Flaw.CODE_TWICE
            yield from _rows_flaws(at, rows, known)
            codes.add(rows.code)
    kinds: set[str] = set()
    for number, piece in enumerate(procedure.pieces):
        yield from _when_flaws(("pieces", number), piece.when, known)
        if piece.kind in kinds:
            yield ("pieces", number, "kind"), Flaw.PIECE_TWICE
        kinds.add(piece.kind)
    if len(list(every_field(procedure))) > FIELDS_MAX:
        yield ("steps",), Flaw.TOO_MANY_FIELDS


def _new_child_flaws(procedure: Procedure) -> Iterator[tuple[Place, Flaw]]:
    """A child joins the household by a name and a day that everybody is asked for; of one who is expected the first name may be unknown."""
    if procedure.subject is not Subject.HOUSEHOLD:
        yield ("subject",), Flaw.SUBJECT_UNFIT
    fields = {field.code: field for step in procedure.steps for field in step.fields}
    expected = fields.get(EXPECTED_FIELD)
    if expected and (expected.kind is not FieldKind.YES_NO or expected.is_optional or expected.when):
        yield ("effect", EXPECTED_FIELD), Flaw.CHILD_FIELD_MISSING
    for code, kind in CHILD_FIELDS.items():
        field, may_lack = fields.get(code), code == "first_name" and expected is not None
        if field is None or field.kind is not kind or (not may_lack and (field.is_optional or field.when)):
            yield ("effect", code), Flaw.CHILD_FIELD_MISSING


def every_field(procedure: Procedure) -> Iterator[ProcedureField]:
    """All fields, those of rows among them."""
    for step in procedure.steps:
        yield from step.fields
        yield from chain.from_iterable(rows.fields for rows in step.rows)


def _rows_flaws(at: Place, rows: Rows, known: Mapping[str, ProcedureField]) -> Iterator[tuple[Place, Flaw]]:
    yield from _when_flaws(at, rows.when, known)
    if rows.at_least > rows.at_most:
        yield (*at, "at_least"), Flaw.BOUNDS_CROSSED
    inside: dict[str, ProcedureField] = {}
    for item, field in enumerate(rows.fields):
        place = (*at, "fields", item)
        if field.code in inside:
            yield (*place, "code"), Flaw.CODE_TWICE
        yield from _field_flaws(place, field, {**known, **inside})
        inside[field.code] = field


def _field_flaws(at: Place, field: ProcedureField, known: Mapping[str, ProcedureField]) -> Iterator[tuple[Place, Flaw]]:
    yield from _when_flaws(at, field.when, known)
    codes = [choice.code for choice in field.choices]
    if field.kind in CHOSEN and len(codes) < 2:
        yield (*at, "choices"), Flaw.CHOICES_MISSING
    if field.kind not in CHOSEN and codes:
        yield (*at, "choices"), Flaw.CHOICES_UNUSED
    if len(set(codes)) < len(codes):
        yield (*at, "choices"), Flaw.CHOICE_TWICE
    if field.known_as and field.kind not in KNOWN_KINDS[field.known_as]:
        yield (*at, "known_as"), Flaw.KNOWN_OTHERWISE
    yield from _bound_flaws(at, field)


def _bound_flaws(at: Place, field: ProcedureField) -> Iterator[tuple[Place, Flaw]]:
    """Bounds are for what they bound, and leave something between them."""
    for names, kinds in ((("at_least", "at_most"), COUNTED), (("from_on", "until_on"), {FieldKind.DAY})):
        low, high = (getattr(field, name) for name in names)
        if field.kind not in kinds:
            yield from (((*at, name), Flaw.BOUNDS_UNUSED) for name in names if getattr(field, name) is not None)
        elif low is not None and high is not None and high < low:
            yield (*at, names[1]), Flaw.BOUNDS_CROSSED
    if "length_max" in field.model_fields_set and field.kind not in WRITTEN:
        yield (*at, "length_max"), Flaw.BOUNDS_UNUSED


def _when_flaws(at: Place, when: When | None, known: Mapping[str, ProcedureField]) -> Iterator[tuple[Place, Flaw]]:
    """A branch looks back, at a field whose answers are counted."""
    if when is None:
        return
    place = (*at, "when")
    field = known.get(when.field)
    if field is None:
        yield place, Flaw.WHEN_UNKNOWN
        return
    offered = offered_by(field)
    if not offered:
        yield place, Flaw.WHEN_NOT_CHOSEN
    elif not set(when.answers) <= set(offered):
        yield place, Flaw.WHEN_ANSWER_UNKNOWN


def offered_by(field: ProcedureField) -> tuple[str, ...]:
    """The codes of the answers that a field offers; none where anything may be typed."""
    if field.kind is FieldKind.YES_NO:
        return YES_NO
    return tuple(choice.code for choice in field.choices) if field.kind in CHOSEN else ()
