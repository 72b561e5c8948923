"""The child whom the answers of a request name, who joins the household once it is accepted. Pure."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Final
from uuid import UUID

from chassis.refusal import FieldRefusal, Invalid
from contracts.family.procedure_words import CHILD_FIELDS, EXPECTED_FIELD

from ..answers.domain import Answers
from ..changes.domain import Values, new_child, typed
from ..people.domain import Child

NOBODY: Final = UUID(int=0)


def child_wanted(asked: Answers, unborn_name: str) -> Values:
    """The child whom answers name, each of which is right of its kind; of one who is expected and has no first name, the town's word for it."""
    values = {code: asked.get(code) or None for code in CHILD_FIELDS}
    if asked.get(EXPECTED_FIELD) == "yes":
        values |= {EXPECTED_FIELD: True, "first_name": values["first_name"] or unborn_name or None}
    return typed(values)


def child_refusals(
    asked: Answers, unborn_name: str, children: Collection[Child], today: date
) -> Iterator[FieldRefusal]:
    """Why a child cannot join the household, at the answers; `children`: those whom its file names."""
    child = new_child(NOBODY, child_wanted(asked, unborn_name), children, today)
    if isinstance(child, Invalid):
        for fault in child.fields:
            yield FieldRefusal(f"/answers{fault.pointer}", fault.code, fault.params)
