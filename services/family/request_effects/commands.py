"""Carrying out what an accepted request does: the child whom it names joins the household, as one who is added from its file."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Row, Transaction
from chassis.identifiers import new_id
from contracts.family.child_events import ChangeStatus
from contracts.family.procedure_words import Effect, Procedure

from ..changes.commands import add_child, held_file
from ..changes.domain import Change
from ..changes.store import is_asker_there
from ..procedures.store import said_by
from ..request_errors import SenderLeft
from ..requests.store import answers_of
from ..settings import FamilyRules
from .domain import child_wanted


async def check_effect(tx: Transaction, procedure: Procedure, household_id: UUID) -> None:
    """Refuse a request whose effect its household cannot have. Raises NotFound, OrganizationHasNoChildren."""
    if procedure.effect is Effect.NEW_CHILD:
        await held_file(tx, household_id)


async def carry_out(tx: Transaction, actor: Actor, rules: FamilyRules, row: Row) -> None:
    """Do what a request that is held does once it is accepted. Whoever sent it answers for a new child, and belongs to the household still.

    Raises NotFound, HouseholdMerged, OrganizationHasNoChildren, SenderLeft, Invalid."""
    if said_by(row["text"]).effect is not Effect.NEW_CHILD:
        return
    wanted = child_wanted(await answers_of(tx, row), rules.policy.unborn_name)
    change = Change(
        *(new_id(), row["file_id"], new_id(), "new_child", ChangeStatus.ACCEPTED),
        *({}, wanted, row["sender_id"]),
    )
    if not await is_asker_there(tx, change):
        raise SenderLeft
    await add_child(tx, actor, change, [change.asked_by])
