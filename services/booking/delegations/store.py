"""The replica of delegations, and what each is worth today."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from chassis.data.database import Queries, Transaction
from chassis.data.replicas import Replica
from contracts.event import Envelope
from contracts.family.events import DelegationState

from .domain import Delegation

DELEGATIONS = Replica(
    "delegations",
    "delegation_id",
    ("household_id", "parent_id", "delegate_id", "child_ids", "acts", "begins_on", "ends_on", "ending"),
)


async def keep_delegation(tx: Transaction, state: DelegationState, envelope: Envelope) -> None:
    """Replace what is known of a delegation, unless something newer is."""
    await DELEGATIONS.keep(
        tx,
        state.delegation_id,
        envelope.sequence,
        state.household_id,
        state.parent_id,
        state.delegate_id,
        state.child_ids,
        state.acts,
        state.begins_on,
        state.ends_on,
        state.end,
    )


# Who may not fetch a child by its file is not entrusted with it, whatever was delegated before; nor does a parent entrust a child whom somebody
# else answers for alone, or has in care by a decision.
ACTING_SQL = """
select d.delegation_id, d.household_id, d.parent_id, d.delegate_id, d.acts, d.begins_on, d.ends_on, d.ending, array(
    select g.child_id from guardianships g
    where g.household_id = d.household_id and g.adult_id = d.parent_id and g.child_id = any(d.child_ids)
      and g.days @> $2::date and exists (
          select from responsibilities r
          where r.child_id = g.child_id and r.adult_id = d.parent_id and r.role = 'guardian' and r.authority <> 'none'
            and r.days @> $2::date and not exists (
                select from responsibilities o
                where o.child_id = g.child_id and o.days @> $2::date and (
                    o.adult_id = d.delegate_id and o.role = 'forbidden_pickup' or o.adult_id <> d.parent_id and (
                        o.role = 'caretaker' or o.role = 'guardian' and o.authority = 'sole' and r.authority <> 'sole'))))
    ) as child_ids
from delegations d where d.delegation_id = any($1::uuid[])
"""


async def load_delegations(db: Queries, delegation_ids: Collection[UUID], today: date) -> dict[UUID, Delegation]:
    """What these delegations are worth on a day, by id. In a transaction it is to be read once the places are locked: what ended one is
    visible then, if it was there before."""
    if not delegation_ids:
        return {}
    rows = await db.fetch(ACTING_SQL, list(delegation_ids), today)
    return {
        row["delegation_id"]: Delegation(
            **{**row, "child_ids": frozenset(row["child_ids"]), "acts": frozenset(row["acts"])}
        )
        for row in rows
    }
