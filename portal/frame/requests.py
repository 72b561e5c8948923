"""Requests as both spaces show them: the questions of a page as fields of a form, and answers in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from chassis.french import phone
from contracts.family.procedure_words import PROTECTED, FieldKind, Procedure, ProcedureField, Rows, Step, When
from contracts.family.requests import NamedPerson, PaperCheck, Request, RequestFault
from portal.frame.visit import Visit
from portal.kit import Texts
from portal.kit.formats import date_words, month_words

PREFIX: Final = "answers"
MONTHS_AROUND: Final = range(-24, 37)
YES_NO: Final = ("yes", "no")

Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a page. `name` is what its field is called; `options` its (value, label) pairs; `known` what the file holds of it, in words."""

    name: str
    field: ProcedureField
    options: Choices = ()
    known: str = ""


@dataclass(frozen=True, slots=True)
class RowsShown:
    """Rows of a page, each with its questions, and an empty one after them where there is room."""

    rows: Rows
    items: Sequence[Sequence[Question]]


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """An answer in words; `rows` are those of several things, each with its own."""

    label: str
    words: str = ""
    rows: Sequence[Sequence["AnswerShown"]] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """What turns answers into words: the portal's texts, who can be named, and the day."""

    texts: Texts
    people: Sequence[NamedPerson]
    today: date

    def options(self, field: ProcedureField) -> Choices:
        """What a question offers."""
        match field.kind:
            case FieldKind.YES_NO:
                return [(value, self.texts(f"requests.{value}")) for value in YES_NO]
            case FieldKind.CHILD | FieldKind.ADULT:
                is_child = field.kind is FieldKind.CHILD
                return [(str(item.person_id), item.name) for item in self.people if item.is_child is is_child]
            case FieldKind.MONTH:
                return [(month, month_words(month)) for month in _months(self.today)]
            case _:
                return [(choice.code, choice.label) for choice in field.choices]

    def words(self, field: ProcedureField, value: Any) -> str:
        """An answer as people read it; empty for none."""
        if not value:
            return ""
        if not isinstance(value, str):
            labels = dict(self.options(field))
            return ", ".join(labels.get(item, item) for item in value)
        if value == PROTECTED and field.known_as:
            return self.texts("requests.protected")
        match field.kind:
            case FieldKind.DAY:
                return _day(value)
            case FieldKind.MONTH:
                return month_words(value) if len(value) == len("2026-01") else value
            case FieldKind.PHONE:
                return phone(value)
            case FieldKind.AMOUNT:
                return self.texts("requests.euros", amount=value.replace(".", ","))
            case FieldKind.AGREEMENT:
                return self.texts("requests.agreed") if value == YES_NO[0] else ""
            case FieldKind.YES_NO | FieldKind.CHOICE | FieldKind.CHILD | FieldKind.ADULT:
                return dict(self.options(field)).get(value, self.texts("requests.somebody_else"))
            case _:
                return value


def _months(today: date) -> Iterator[str]:
    for offset in MONTHS_AROUND:
        year, month = divmod(today.year * 12 + today.month - 1 + offset, 12)
        yield f"{year}-{month + 1:02d}"


def _day(value: str) -> str:
    try:
        return date_words(date.fromisoformat(value))
    except ValueError:
        return value


def name_of(*parts: object) -> str:
    """What a field is called: `answers.siblings.0.name`."""
    return ".".join([PREFIX, *map(str, parts)])


def questions(wording: Wording, request: Request | PaperCheck, step: Step) -> list[Question]:
    """The questions of a page that the answers leave open."""
    return [
        Question(
            name_of(field.code),
            field,
            wording.options(field),
            wording.words(field, request.facts.get(field.known_as, "")) if field.known_as else "",
        )
        for field in step.fields
        if field.code in request.asked
    ]


def rows_shown(wording: Wording, request: Request | PaperCheck, step: Step) -> list[RowsShown]:
    """The rows of a page that the answers leave open."""
    return [
        RowsShown(rows, [_row(wording, request, rows, place) for place in range(_count(request, rows))])
        for rows in step.rows
        if rows.code in request.asked
    ]


def _count(request: Request | PaperCheck, rows: Rows) -> int:
    given = len(request.answers.get(rows.code, ()))
    return max(1, rows.at_least, min(given + 1, rows.at_most))


def _row(wording: Wording, request: Request | PaperCheck, rows: Rows, place: int) -> list[Question]:
    given = request.answers.get(rows.code, ())
    answers = {**request.answers, **(given[place] if place < len(given) else {})}
    return [
        Question(name_of(rows.code, place, field.code), field, wording.options(field))
        for field in rows.fields
        if is_open(field.when, answers)
    ]


def is_open(when: When | None, answers: Mapping[str, Any]) -> bool:
    """Whether a branch of a row is open."""
    return when is None or when.is_met(answers)


def values_of(answers: Mapping[str, Any]) -> dict[str, str | Sequence[str]]:
    """Answers as the fields of a form hold them."""
    values: dict[str, str | Sequence[str]] = {}
    for code, value in answers.items():
        rows = [item for item in value if isinstance(item, Mapping)] if not isinstance(value, str) else []
        for place, row in enumerate(rows):
            values |= {name_of(code, place, name): item for name, item in row.items()}
        if not rows:
            values[name_of(code)] = value
    return values


def answers_shown(wording: Wording, request: Request) -> list[tuple[int, str, list[AnswerShown]]]:
    """All that is answered, page by page: the number of the page, its title, and its answers in words."""
    return [
        (number, step.title, [*_page_shown(wording, request, step)])
        for number, step in enumerate(request.procedure.steps, start=1)
        if codes_of(step) & {*request.asked}
    ]


def _page_shown(wording: Wording, request: Request, step: Step) -> Iterator[AnswerShown]:
    for field in step.fields:
        if field.code in request.asked:
            known = request.facts.get(field.known_as, "") if field.known_as else ""
            yield AnswerShown(field.label, wording.words(field, known or request.answers.get(field.code)))
    for rows in step.rows:
        if rows.code in request.asked:
            given = request.answers.get(rows.code, ())
            yield AnswerShown(
                rows.label,
                rows=[
                    [
                        AnswerShown(item.label, wording.words(item, row.get(item.code)))
                        for item in rows.fields
                        if row.get(item.code)
                    ]
                    for row in given
                ],
            )


def codes_of(step: Step) -> set[str]:
    """The codes of all that a page may ask."""
    return {field.code for field in step.fields} | {rows.code for rows in step.rows}


def path_of(procedure: Procedure, texts: Texts) -> list[str]:
    """The pages of a procedure as steps of a path: its questions, its pieces, and the sending."""
    pieces = [texts("requests.pieces")] if procedure.pieces else []
    return [*(step.title for step in procedure.steps), *pieces, texts("requests.sending")]


def errors_of(visit: Visit, faults: Iterable[RequestFault]) -> dict[str, str]:
    """What is wrong with each field, by its name."""
    errors = {}
    for fault in faults:
        missing = visit.portal.texts("requests.missing")
        text = missing if fault.code == "missing" else visit.portal.refusals.refusal(fault.code, fault.params)
        errors[fault.pointer.strip("/").replace("/", ".")] = text
    return errors
