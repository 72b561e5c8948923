"""Which answers of a draft are answers to a newer version of its procedure, too. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.family.procedure_words import FieldKind, Procedure, ProcedureField

from ..answers.domain import Answers
from ..procedures.domain import CHOSEN, offered_by


def carried(old: Procedure, new: Procedure, answers: Answers) -> dict[str, Any]:
    """The answers to questions that are the same in both: of the same code and kind; of choices, those that are offered still."""
    kept = _same(
        [field for step in old.steps for field in step.fields],
        [field for step in new.steps for field in step.fields],
        answers,
    )
    before = {rows.code: rows for step in old.steps for rows in step.rows}
    for rows in (rows for step in new.steps for rows in step.rows):
        if rows.code in before and rows.code in answers:
            known = before[rows.code].fields
            kept[rows.code] = [_same(known, rows.fields, row) for row in answers[rows.code]][: rows.at_most]
    return kept


def _same(old: Iterable[ProcedureField], new: Iterable[ProcedureField], answers: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {field.code: field.kind for field in old}
    return {
        field.code: _offered(field, answers[field.code])
        for field in new
        if field.code in answers and kinds.get(field.code) is field.kind
    }


def _offered(field: ProcedureField, value: Any) -> Any:
    if field.kind not in CHOSEN:
        return value
    offered = offered_by(field)
    if field.kind is FieldKind.CHOICES:
        return [code for code in value if code in offered]
    return value if value in offered else ""
