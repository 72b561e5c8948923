"""One editor at a time: the page of a form that agents edit has it for some minutes (a lease), says which other agent has it, and lets them be asked to make way.

A page takes the lease when it opens, and so does each press, and a script while somebody types (`forms.js`); what was typed is shown again whatever becomes of it. Where the service does not say who edits, nobody
is kept from their work: the version of what was read decides in any case.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.family.editing import EditedForm, FormHold, FormLease, FormRelease
from contracts.family.editing_api import hold_form, release_form
from gateway.composing import permitted
from portal.frame.agents import agent_name
from portal.frame.visit import Visit
from portal.kit import FormState

TAKE_OVER: Final = "take_over"
"""The name of the button that asks somebody else to make way."""


@dataclass(frozen=True, slots=True)
class Editor:
    """Somebody else who has a form, since when, and until when unless they go on."""

    name: str
    begun_at: datetime
    ends_at: datetime


def after_press(visit: Visit, typed: FormState, group: str, *, is_own: bool) -> FormState | None:
    """As what a form is shown again that was sent: its sender takes it over, or somebody else has it meanwhile. None: it may be carried out. `group`: of the texts."""
    is_taking_over = bool(visit.posted.get(TAKE_OVER))
    if not is_own:
        return replace(typed, refusal=visit.portal.texts(f"{group}.lost"))
    return replace(typed, note=visit.portal.texts(f"{group}.taken_over")) if is_taking_over else None


@dataclass(frozen=True, slots=True)
class Edited:
    """A form of somebody or something that agents edit."""

    form: EditedForm
    subject_id: UUID

    async def other_editor(self, visit: Visit) -> Editor | None:
        """Have the form, which is opened; the other agent who has it already."""
        lease = await self._hold(visit)
        if lease is None or lease.is_own:
            return None
        return Editor(await agent_name(visit, lease.account_id), lease.begun_at, lease.ends_at)

    async def pressed(self, visit: Visit, typed: FormState) -> FormState | None:
        """As what a form is shown again that was sent: its sender takes it over, or another agent has it meanwhile. None: it may be carried out."""
        lease = await self._hold(visit, is_taking_over=bool(visit.posted.get(TAKE_OVER)))
        return after_press(visit, typed, "editing", is_own=lease.is_own) if lease else None

    async def renew(self, visit: Visit) -> None:
        """Have the form for longer: its editor types."""
        await self._hold(visit)

    async def leave(self, visit: Visit) -> None:
        """Leave the form to others: what it is for is done."""
        if visit.may(release_form):
            await permitted(visit.call(release_form, self.subject_id, FormRelease(form=self.form)))

    async def _hold(self, visit: Visit, *, is_taking_over: bool = False) -> FormLease | None:
        if not visit.may(hold_form):
            return None
        part = await permitted(
            visit.call(hold_form, self.subject_id, FormHold(form=self.form, is_taking_over=is_taking_over))
        )
        return part.value if part else None
