"""Forms that one agent at a time edits: whoever types in one goes on having it, by a script that says so now and then."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.exceptions import NotFoundException

from contracts.family.editing import EditedForm
from portal.frame.editing import Edited
from portal.frame.spaces import action
from portal.frame.visit import Visit


@action("/agents/formulaires/{form:str}/{subject_id:uuid}", typing=None)
async def renew(visit: Visit, form: str, subject_id: UUID) -> Response[Any]:
    """Have a form for longer, unless another agent has it by now: they are told at their next press."""
    if form not in set(EditedForm):
        raise NotFoundException
    await Edited(EditedForm(form), subject_id).renew(visit)
    return Response(None, status_code=204)


PAGES = [renew]
