"""Whose household and child is it: what ownership checks of the other areas ask of the replicas."""

from collections.abc import Sequence
from uuid import UUID

from chassis.access import household_among, reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Transaction
from chassis.data.history import without_words_on
from chassis.documents import shelf
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.history import HistoryEntry
from contracts.http import Page
from contracts.types import ActorKind

from ..access import HOUSEHOLD, PAYER
from ..access import invoice as reached_invoice

REACHES_HOUSEHOLD_SQL = reaching(" select {is_reached}", is_reached=HOUSEHOLD.of("$4::uuid"))


async def require_access(queries: Database | Transaction, actor: Actor, household_id: UUID) -> None:
    """Refuse with `NotFound` a parent of another household."""
    if not await queries.fetchval(REACHES_HOUSEHOLD_SQL, *reach_of(actor, await queries.today()), household_id):
        raise NotFound


OWN_HOUSEHOLDS_SQL = reaching(
    """
select household_id, h.reference from households h where {is_reached} order by h.reference
""",
    is_reached=HOUSEHOLD.of("h.household_id"),
)


async def household_for(queries: Database | Transaction, actor: Actor, household_id: UUID | None) -> UUID:
    """The household that a request is about: the one named, a parent's own by default.

    Raises:
        NotFound: it is not one of this parent's, or they have none.
        HouseholdAmbiguous: they have several and named none.
        Invalid: an agent named none.
    """
    if household_id is not None:
        await require_access(queries, actor, household_id)
        return household_id
    if actor.kind is not ActorKind.PARENT:
        raise Invalid(FieldRefusal("/household_id", "missing"))
    rows = await queries.fetch(OWN_HOUSEHOLDS_SQL, *reach_of(actor, await queries.today()))
    return household_among({row["household_id"]: row["reference"] for row in rows})


REACHES_INVOICE_SQL = reaching(" select {is_reached}", is_reached=reached_invoice("$4::uuid", "$5::uuid"))


async def require_invoice(queries: Database | Transaction, actor: Actor, payer_id: UUID, household_id: UUID) -> None:
    """Refuse with `NotFound` a parent who neither belongs to the household of an invoice nor is its payer."""
    reach = reach_of(actor, await queries.today())
    if not await queries.fetchval(REACHES_INVOICE_SQL, *reach, payer_id, household_id):
        raise NotFound


CHILDREN_SQL = reaching(
    """
select c.child_id, c.household_id, h.reference from household_children c join households h using (household_id)
where c.child_id = any($4::uuid[]) and {is_reached}
""",
    is_reached=HOUSEHOLD.of("c.household_id"),
)


async def households_of_children(
    queries: Database | Transaction, actor: Actor, asked: Sequence[tuple[UUID, UUID | None]]
) -> list[UUID]:
    """The household for which each child is asked about: the one named, its only one by default, as this actor sees them.

    Raises:
        NotFound: a child is none of theirs, or not of the household named.
        HouseholdAmbiguous: none was named, and the child has several.
    """
    children = {child_id for child_id, _ in asked}
    homes: dict[UUID, dict[UUID, str]] = {child_id: {} for child_id in children}
    for row in await queries.fetch(CHILDREN_SQL, *reach_of(actor, await queries.today()), list(children)):
        homes[row["child_id"]][row["household_id"]] = row["reference"]
    return [household_among(homes[child_id], household_id) for child_id, household_id in asked]


KEPT_FROM_SQL = "select child_id from kept_apart where adult_id = $1 and days @> $2::date"

# What was invoiced to somebody else of days of these children, and paid.
PAYMENTS_FOR_SQL = reaching(
    """
select p.payment_id from payments p join invoices i using (invoice_id)
where p.payment_id::text = any($4::text[]) and not ({is_own})
  and exists (select from invoice_lines l where l.invoice_id = i.invoice_id and l.child_id = any($5::uuid[]))
""",
    is_own=PAYER.of("i.payer_id"),
)


async def as_far_as_open(queries: Database, actor: Actor, history: Page[HistoryEntry]) -> Page[HistoryEntry]:
    """A history as an adult may read it: of what was done for a child whom a decision keeps from them, or issued to another adult, it says that it was done, and
    not what. What they pay themselves is theirs."""
    if actor.guardian_id is None:
        return history
    today = await queries.today()
    hidden = {row["child_id"] for row in await queries.fetch(KEPT_FROM_SQL, actor.guardian_id, today)}
    others = await shelf.others_of(queries, actor, history, hidden)
    subjects = [entry.subject for entry in history.items] if hidden else []
    rows = await queries.fetch(PAYMENTS_FOR_SQL, *reach_of(actor, today), subjects, list(hidden))
    return without_words_on(history, hidden | others | {row["payment_id"] for row in rows})


EMAIL_SQL = """
select email from household_adults
where adult_id = $2 and household_id in ($1, (select kept_id from merged_files where household_id = $1))
order by household_id = $1 desc limit 1
"""


async def email_of(queries: Database | Transaction, household_id: UUID, guardian_id: UUID) -> str | None:
    """Where a guardian of a household, or of the one whose file took in its file, reads their mail, if it is known."""
    email: str | None = await queries.fetchval(EMAIL_SQL, household_id, guardian_id)
    return email
