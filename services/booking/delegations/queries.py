"""The calendar of a delegation: that of its household as its parent sees it, cut to its children and to its days."""

from collections import Counter
from datetime import date
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.booking.models import Calendar
from contracts.types import ActorKind

from ..calendar.queries import CalendarDisplay, CalendarFilter, household_calendar
from .domain import DelegatedAct, Delegation, refusal
from .store import load_delegations


async def delegation_for(db: Database, actor: Actor, delegation_id: UUID, act: DelegatedAct) -> Delegation:
    """A delegation by which somebody may do this now. Raises Forbidden, NotFound, DelegationOver, ActNotDelegated."""
    today = await db.today()
    delegation = (await load_delegations(db, [delegation_id], today)).get(delegation_id)
    refused = refusal(delegation, actor.require_holder(), act, today)
    if refused is not None or delegation is None:
        raise refused or RuntimeError
    return delegation


async def delegated_calendar(
    db: Database, actor: Actor, delegation_id: UUID, period: tuple[date, date], view: CalendarDisplay
) -> Calendar:
    """The rows of the children of a delegation. They are called by their first names, and by as much more as tells
    them apart. Raises like `delegation_for`, and Invalid."""
    delegation = await delegation_for(db, actor, delegation_id, DelegatedAct.READ_CALENDAR)
    parent = Actor(actor.account_id, ActorKind.PARENT, guardian_id=delegation.parent_id, channel=actor.channel)
    whole = await household_calendar(db, parent, CalendarFilter(delegation.household_id, *period), view)
    entrusted = [row for row in whole.rows if row.child_id in delegation.child_ids]
    called = Counter(name for _, name in {(row.child_id, row.child_first_name) for row in entrusted})
    rows = tuple(
        row.model_copy(
            update={
                "child_name": row.child_name if called[row.child_first_name] > 1 else row.child_first_name,
                "cells": tuple(cell for cell in row.cells if delegation.shows(cell.service_on)),
            }
        )
        for row in entrusted
    )
    return whole.model_copy(update={"rows": rows})
