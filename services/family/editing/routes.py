"""HTTP routes of who edits a form of a file."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import editing_api as api
from contracts.family.editing import FormHold, FormLease, FormRelease

from . import commands


@serves(api.hold_form)
async def hold_form(subject_id: UUID, body: FormHold, db: Database, actor: Actor) -> FormLease:
    return await commands.hold_form(db, actor, subject_id, body)


@serves(api.release_form)
async def release_form(subject_id: UUID, body: FormRelease, db: Database, actor: Actor) -> None:
    await commands.release_form(db, actor, subject_id, body)


ROUTES = (hold_form, release_form)
