"""Agents say who pays what part of a child's days."""

from dataclasses import replace
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.days import DateRange
from chassis.refusal import FieldRefusal, Invalid
from chassis.timeline import Timeline
from contracts.billing.payers import ChildPayers, PayerSharesChange

from ..errors import PayerUnknown
from . import store
from .domain import EVERY_KIND, Share, Shares, shared, shares_refusal
from .queries import households_of_child, payers_of_child


@command
async def change_payer_shares(tx: Transaction, actor: Actor, child_id: UUID, request: PayerSharesChange) -> ChildPayers:
    """Write who pays what part of a child's days; a job decides its open days again.

    Raises:
        NotFound: no household has this child.
        SharesIncomplete: the parts are not the whole day.
        PayerUnknown: somebody is no payer of a household of the child, or was erased.
    """
    if request.ends_on is not None and request.ends_on < request.starts_on:
        raise Invalid(FieldRefusal("/ends_on", "range_reversed", (("starts_on", request.starts_on),)))
    await store.take_turn(tx, child_id)
    before = await payers_of_child(tx, child_id)
    homes = await households_of_child(tx, child_id)
    households = {
        payer.payer_id: payer.household_id
        for payer in before.payers
        if payer.household_id in homes and payer.name is not None
    }
    if any(share.payer_id not in households for share in request.shares):
        raise PayerUnknown
    shares = tuple(
        sorted(Share(share.payer_id, households[share.payer_id], share.share_basis_points) for share in request.shares)
    )
    if refusal := shares_refusal(shares):
        raise refusal
    kind = request.activity_kind or EVERY_KIND
    nothing: Timeline[Shares] = Timeline()
    timeline = (await store.rules_of(tx, [child_id]))[child_id].shares.get(kind, nothing)
    changed = shared(timeline, shares, DateRange.between(request.starts_on, request.ends_on))
    if changed != timeline:
        act = Act(actor, "payer_shares_changed", child_id, after=request.model_dump(mode="json"))
        for household_id in homes:
            tx.note(replace(act, household_id=household_id))
        await store.save_shares(tx, child_id, kind, changed)
    return await payers_of_child(tx, child_id)
