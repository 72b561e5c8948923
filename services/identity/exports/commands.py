"""Recording that a list leaves the portal as a file."""

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act


@command
async def record_export(tx: Transaction, actor: Actor, name: str) -> None:
    """Note who takes which list away."""
    tx.note(Act(actor, "list_exported", actor.account_id, after={"name": name}))
