"""One adult at a time fills a draft in: the pages of a draft have it for some minutes, say which other adult of the household has it, and let them be asked to make way.

What is typed meanwhile is shown again, whatever becomes of it, beside what was kept from elsewhere.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.procedure_words import FieldKind, Step
from contracts.family.requests import DraftEditor, DraftHold, Request
from contracts.family.requests_api import hold_draft, leave_draft
from portal.family.requests.catalogue import PATH
from portal.frame.editing import TAKE_OVER, Editor, after_press
from portal.frame.requests import Wording, codes_of, is_open, name_of
from portal.frame.spaces import action
from portal.frame.visit import Visit
from portal.kit import FormState

PLACES: Final = ("envoi", "pieces")
"""The pages of a draft that ask nothing, and can be gone on with."""


async def other_editor(visit: Visit, request_id: UUID) -> Editor | None:
    """Have the draft, which is opened; the other adult who has it already."""
    lease = await _hold(visit, request_id)
    return None if lease.is_own else Editor(lease.name, lease.begun_at, lease.ends_at)


async def pressed(visit: Visit, request_id: UUID, typed: FormState) -> FormState | None:
    """As what a page is shown again that was sent, where another adult has the draft meanwhile, or makes way; None: it may be kept. Raises Refused."""
    lease = await _hold(visit, request_id, is_taking_over=bool(visit.posted.get(TAKE_OVER)))
    return after_press(visit, typed, "requests.editing", is_own=lease.is_own)


async def leave(visit: Visit, request_id: UUID) -> None:
    """Leave the draft to others."""
    await visit.call(leave_draft, request_id)


async def _hold(visit: Visit, request_id: UUID, *, is_taking_over: bool = False) -> DraftEditor:
    return await visit.call(hold_draft, request_id, DraftHold(is_taking_over=is_taking_over))


@action(f"{PATH}/{{request_id:uuid}}/reprise", typing=None)
async def take_over(visit: Visit, request_id: UUID) -> Response[Any]:
    """Go on with the draft where another adult had it."""
    await _hold(visit, request_id, is_taking_over=True)
    place = visit.posted.get("place")
    return visit.redirect(f"{PATH}/{request_id}/{place if place in PLACES else PLACES[0]}")


def with_typed(request: Request, step: Step, form: FormState) -> Request:
    """A draft with what was typed on a page in place of what is kept of it, so that the page shows all of it, branches and rows too."""
    typed: dict[str, Any] = {field.code: _typed(form, name_of(field.code), field.kind) for field in step.fields}
    for rows in step.rows:
        items = [
            {field.code: _typed(form, name_of(rows.code, place, field.code), field.kind) for field in rows.fields}
            for place in range(rows.at_most)
        ]
        count = max((place for place, row in enumerate(items, start=1) if any(row.values())), default=0)
        typed[rows.code] = items[:count]
    answers = {**request.answers, **typed}
    seen = {field.code for field in step.fields if is_open(field.when, answers)}
    seen |= {rows.code for rows in step.rows if is_open(rows.when, answers)}
    return request.model_copy(update={"answers": answers, "asked": (*({*request.asked} - codes_of(step)), *seen)})


def _typed(form: FormState, name: str, kind: FieldKind) -> str | list[str]:
    return [*form.all(name)] if kind is FieldKind.CHOICES else form.value(name)


def kept_beside(wording: Wording, kept: Request, typed: Request, step: Step) -> Mapping[str, str]:
    """What is kept of the questions of a page, in words, by the name of the field, where something else was typed."""
    return dict(_beside(wording, kept, typed, step))


def _beside(wording: Wording, kept: Request, typed: Request, step: Step) -> Iterator[tuple[str, str]]:
    for field in step.fields:
        known = kept.answers.get(field.code)
        if known and known != typed.answers[field.code]:
            yield name_of(field.code), wording.words(field, known)
    for rows in step.rows:
        known = [*kept.answers.get(rows.code, ())]
        if known and known != typed.answers[rows.code]:
            lines = (
                ", ".join(words for field in rows.fields if (words := wording.words(field, row.get(field.code))))
                for row in known
            )
            yield name_of(rows.code), " ; ".join(lines)


PAGES = [take_over]
