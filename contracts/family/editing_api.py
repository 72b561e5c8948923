"""What the family service answers about who edits a form of a file."""

from uuid import UUID

from contracts.family.editing import FormHold, FormLease, FormRelease
from contracts.family.permissions import FamilyPermission
from contracts.operation import agents, post, put


@put("/edited-forms/{subject_id}", agents(FamilyPermission.READ_HOUSEHOLDS), is_noted=False)
async def hold_form(subject_id: UUID, body: FormHold) -> FormLease:
    """Have a form of somebody or something for some minutes, and again with each press; where another agent has it, hear who and until when, or
    take it over. Whoever has none may still save: the version of what they read decides."""


@post(
    "/edited-forms/{subject_id}/release", agents(FamilyPermission.READ_HOUSEHOLDS), is_noted=False, is_repeatable=True
)
async def release_form(subject_id: UUID, body: FormRelease) -> None:
    """Leave a form to others before its time is over; another agent's stays theirs."""
