"""What a family answers in a request: which questions there are by what was answered before, and whether each is answered as it must be. Pure.

Answers are texts as they were typed, lists of codes where several may be chosen, and lists of such answers for rows: a draft keeps whatever was
typed, and only what is sent is checked. What nobody is asked, because another answer closes its branch, is not part of what is sent.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum, auto
from typing import Any, Final

from chassis.refusal import FieldRefusal, Invalid
from contracts.family.procedure_words import FieldKind, KnownFact, Piece, Procedure, ProcedureField, Rows, Step, When
from contracts.telephones import kept_number

from ..procedures.domain import YES_NO, offered_by

Answers = Mapping[str, Any]
"""By the code of an item: a text, or a tuple of codes; by the code of rows: a tuple of answers."""

CENTS_MAX: Final = 100_000_000
_MAIL: Final = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[A-Za-z]{2,}")
_MONTH: Final = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])")
_EARLIEST, _LATEST = date(1900, 1, 1), date(2100, 12, 31)


class AnswerReason(StrEnum):
    """What is wrong with an answer that is none of its kind."""

    ANSWER_NO_LINE = auto()
    ANSWER_NO_TEXT = auto()
    ANSWER_NO_NUMBER = auto()
    ANSWER_NO_AMOUNT = auto()
    ANSWER_NO_DAY = auto()
    ANSWER_NO_MONTH = auto()
    ANSWER_NO_YES_NO = auto()
    ANSWER_NO_CHOICE = auto()
    ANSWER_NO_CHOICES = auto()
    ANSWER_NO_PHONE = auto()
    ANSWER_NO_EMAIL = auto()
    ANSWER_NO_CHILD = auto()
    ANSWER_NO_ADULT = auto()
    ANSWER_NO_AGREEMENT = auto()


@dataclass(frozen=True, slots=True)
class Circle:
    """Who can be named in an answer, the children and the adults of the household by id; and what its file holds already."""

    children: frozenset[str]
    adults: frozenset[str]
    facts: Mapping[KnownFact, str] = field(default_factory=dict)


def is_asked(when: When | None, answers: Answers) -> bool:
    """Whether a branch is open."""
    return when is None or when.is_met(answers)


def asked_of(procedure: Procedure, answers: Answers, circle: Circle) -> dict[str, Any]:
    """The answers to what is asked, in the order of the procedure: those of closed branches are left out, and branches that hang on them close too.
    What the file holds stands for its answer."""
    kept: dict[str, Any] = {}
    for step in procedure.steps:
        for item in step.fields:
            if is_asked(item.when, kept):
                kept[item.code] = known_of(item, circle) or answers.get(item.code, "")
        for rows in step.rows:
            if is_asked(rows.when, kept):
                kept[rows.code] = tuple(_asked_row(rows, row, kept) for row in _rows_in(answers.get(rows.code)))
    return kept


def known_of(item: ProcedureField, circle: Circle) -> str:
    """What the file holds of an item; empty where it has to be asked."""
    return circle.facts.get(item.known_as, "") if item.known_as else ""


def _rows_in(value: Any) -> tuple[Answers, ...]:
    """The rows that somebody typed: an answer of another shape has none."""
    return tuple(row for row in value if isinstance(row, Mapping)) if isinstance(value, list | tuple) else ()


def _asked_row(rows: Rows, row: Answers, before: Answers) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for item in rows.fields:
        if is_asked(item.when, {**before, **kept}):
            kept[item.code] = row.get(item.code, "")
    return kept


def pieces_of(procedure: Procedure, answers: Answers, circle: Circle) -> tuple[Piece, ...]:
    """The documents that go with a request by its answers."""
    asked = asked_of(procedure, answers, circle)
    return tuple(piece for piece in procedure.pieces if is_asked(piece.when, asked))


def checked(procedure: Procedure, answers: Answers, circle: Circle) -> Mapping[str, Any] | Invalid:
    """What is sent: the answers to what is asked, as they are kept; or what is wrong with each, at `/answers/<code>`."""
    asked = asked_of(procedure, answers, circle)
    faults = [fault for step in procedure.steps for fault in step_faults(step, asked, circle)]
    return Invalid(*faults) if faults else _kept(procedure, asked)


def step_faults(step: Step, asked: Answers, circle: Circle) -> Iterator[FieldRefusal]:
    """What is wrong with the answers of a step, of which only those are there that are asked."""
    for item in step.fields:
        if item.code in asked:
            yield from _faults(f"/answers/{item.code}", item, asked[item.code], circle)
    for rows in step.rows:
        if rows.code not in asked:
            continue
        at, given = f"/answers/{rows.code}", asked[rows.code]
        if not rows.at_least <= len(given) <= rows.at_most:
            yield FieldRefusal(at, "row_count", (("least", rows.at_least), ("most", rows.at_most)))
        for number, row in enumerate(given):
            for item in rows.fields:
                if item.code in row:
                    yield from _faults(f"{at}/{number}/{item.code}", item, row[item.code], circle)


def _faults(at: str, item: ProcedureField, value: Any, circle: Circle) -> Iterator[FieldRefusal]:
    if not value:
        if not item.is_optional:
            code = "agreement_missing" if item.kind is FieldKind.AGREEMENT else "missing"
            yield FieldRefusal(at, code)
        return
    read = _read(item, value, circle)
    if read is None:
        yield FieldRefusal(at, AnswerReason(f"answer_no_{item.kind}"))
        return
    low, high = _bounds(item)
    if low is not None and read < low:
        yield FieldRefusal(at, "answer_below", (("least", _shown(item, low)),))
    if high is not None and read > high:
        yield FieldRefusal(at, "answer_above", (("most", _shown(item, high)),))


def _bounds(item: ProcedureField) -> tuple[Any, Any]:
    if item.kind is FieldKind.DAY:
        return item.from_on, item.until_on
    return item.at_least, item.at_most


def _shown(item: ProcedureField, bound: Any) -> str:
    if item.kind is FieldKind.AMOUNT:
        return f"{Decimal(bound) / 100:.2f}"
    return str(bound)


def _kept(procedure: Procedure, asked: Answers) -> dict[str, Any]:
    """Answers that are right in the one form that each has."""
    fields = {item.code: item for step in procedure.steps for item in step.fields}
    rows = {item.code: item for step in procedure.steps for item in step.rows}
    kept: dict[str, Any] = {}
    for code, value in asked.items():
        if code in fields:
            kept[code] = _tidy(fields[code], value)
        else:
            inside = {item.code: item for item in rows[code].fields}
            kept[code] = tuple({name: _tidy(inside[name], item) for name, item in row.items()} for row in value)
    return kept


def _tidy(item: ProcedureField, value: Any) -> Any:
    if item.kind is FieldKind.CHOICES:
        return tuple(code for code in offered_by(item) if code in (value or ()))
    if not value:
        return ""
    text = str(value).strip()
    match item.kind:
        case FieldKind.PHONE:
            return kept_number(text) or ""
        case FieldKind.AMOUNT:
            return f"{Decimal(_cents(text) or 0) / 100:.2f}"
        case FieldKind.NUMBER:
            return str(_number(text))
        case FieldKind.LINE:
            return " ".join(text.split())
        case _:
            return text


def _read(item: ProcedureField, value: Any, circle: Circle) -> Any:
    """What an answer says, of a kind that bounds compare with; None where it is no answer of its kind."""
    if item.kind is FieldKind.CHOICES:
        given = value if isinstance(value, list | tuple) else (value,)
        return tuple(given) if set(map(str, given)) <= set(offered_by(item)) else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    if item.kind in (FieldKind.CHILD, FieldKind.ADULT):
        return text if text in (circle.children if item.kind is FieldKind.CHILD else circle.adults) else None
    if item.kind is FieldKind.CHOICE:
        return text if text in offered_by(item) else None
    if item.kind in (FieldKind.LINE, FieldKind.TEXT):
        return _written(item, text)
    return _READERS[item.kind](text)


def _written(item: ProcedureField, text: str) -> str | None:
    is_line = item.kind is FieldKind.TEXT or not re.search(r"[\x00-\x1f\x7f]", text)
    return text if text and is_line and "\x00" not in text and len(text) <= item.length_max else None


def _number(text: str) -> int | None:
    digits = re.sub(r"\s", "", text)
    return int(digits) if re.fullmatch(r"-?[0-9]{1,9}", digits) else None


def _cents(text: str) -> int | None:
    plain = re.sub(r"[\s€]", "", text).replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", plain):
        return None
    try:
        cents = int(Decimal(plain) * 100)
    except InvalidOperation:
        return None
    return cents if cents <= CENTS_MAX else None


def _day(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _EARLIEST <= day <= _LATEST else None


_READERS: Final[Mapping[FieldKind, Callable[[str], Any]]] = {
    FieldKind.NUMBER: _number,
    FieldKind.AMOUNT: _cents,
    FieldKind.DAY: _day,
    FieldKind.MONTH: lambda text: text if _MONTH.fullmatch(text) else None,
    FieldKind.YES_NO: lambda text: text if text in YES_NO else None,
    FieldKind.AGREEMENT: lambda text: text if text == "yes" else None,
    FieldKind.PHONE: kept_number,
    FieldKind.EMAIL: lambda text: text if len(text) <= 80 and _MAIL.fullmatch(text) else None,
}
