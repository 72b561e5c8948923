"""Storage of changes of address; whoever writes one holds its adult."""

from datetime import datetime
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction

from ..people.store import hold_person
from .domain import ASKED_WITHIN, EmailChange, Outcome

ADD_CHANGE_SQL = """
insert into email_changes (change_id, adult_id, account_id, email, token_hash, requested_at, expires_at, outcome, ended_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def add_change(tx: Transaction, change: EmailChange, hashed: bytes) -> None:
    """Keep a change that waits, and the former one of the adult ended; or one that ended as it was asked for."""
    values = (change.change_id, change.adult_id, change.account_id, change.email)
    ended_at = change.requested_at if change.outcome else None
    times = (change.requested_at, change.expires_at, change.outcome, ended_at)
    await tx.execute(ADD_CHANGE_SQL, *values, hashed, *times)


END_CHANGE_SQL = """
update email_changes set outcome = $2, ended_at = $3, email = null where adult_id = $1 and outcome is null returning true
"""


async def end_change(tx: Transaction, adult_id: UUID, outcome: Outcome) -> bool:
    """End the change of an adult that waits; False when none does."""
    return bool(await tx.fetchval(END_CHANGE_SQL, adult_id, outcome, await tx.now()))


WAITING_OF_ACCOUNT_SQL = """
select adult_id from email_changes where account_id = $1 and outcome is null and requested_at <= $2 order by adult_id
"""

SECURE_CHANGE_SQL = """
update email_changes set outcome = $4, ended_at = $5, email = null
where adult_id = $1 and account_id = $2 and outcome is null and requested_at <= $3
"""


async def end_changes_of_account(tx: Transaction, account_id: UUID, asked_until: datetime) -> None:
    """End what was asked for from an account, for whichever of its adults, until it was secured; the adults are held here."""
    for row in await tx.fetch(WAITING_OF_ACCOUNT_SQL, account_id, asked_until):
        await hold_person(tx, row["adult_id"])
        values = (row["adult_id"], account_id, asked_until)
        await tx.execute(SECURE_CHANGE_SQL, *values, Outcome.SECURED, await tx.now())


PENDING_CHANGE_SQL = """
select change_id, adult_id, account_id, email, requested_at, expires_at, outcome
from email_changes where adult_id = $1 and outcome is null and expires_at > $2
"""


async def pending_change(db: Queries, adult_id: UUID, now: datetime) -> EmailChange | None:
    """The change of an adult whose link works, if there is one."""
    row = await db.fetchrow(PENDING_CHANGE_SQL, adult_id, now)
    return _change(row) if row else None


LINKED_CHANGE_SQL = """
select change_id, adult_id, account_id, email, requested_at, expires_at, outcome from email_changes where token_hash = $1
"""


async def linked_change(db: Queries, hashed: bytes) -> EmailChange | None:
    """The change that a link is of; what is decided on it needs its adult held."""
    row = await db.fetchrow(LINKED_CHANGE_SQL, hashed)
    return _change(row) if row else None


ASKED_SQL = "select requested_at from email_changes where adult_id = $1 and requested_at > $2"


async def asked_since(db: Queries, adult_id: UUID, now: datetime) -> list[datetime]:
    """When an adult asked for a change, as far as it counts."""
    return [row["requested_at"] for row in await db.fetch(ASKED_SQL, adult_id, now - ASKED_WITHIN)]


FORGET_CHANGES_SQL = """
delete from email_changes where change_id in (
    select change_id from email_changes where requested_at < $1 limit $2 for update skip locked)
"""


def _change(row: Row) -> EmailChange:
    return EmailChange(**{**row, "outcome": Outcome(row["outcome"]) if row["outcome"] else None})
