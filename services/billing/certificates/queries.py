"""What was paid by whom in which year, and the certificates of it."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from chassis.access import Reach, reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Queries
from chassis.documents import shelf
from contracts.certificates import CertificateKind, CertificateOffer, Certificates, CertifiedPeriod
from contracts.http import File

from ..access import FILED, HOUSEHOLD
from ..directory.queries import household_for
from ..errors import NothingPaid
from ..payers.queries import payer_of
from .domain import PaidInvoice, PaidLine

OWN: Final = Reach("actor.guardian_id is null or {id} = actor.guardian_id")
"""Of an adult: what somebody paid is between them and the town, also within a household."""

LIST_SQL = shelf.list_statement(FILED, OWN.of("d.adult_id"))

PAYERS_SQL = reaching(
    """
select p.adult_id, coalesce(p.name, '') as name, p.last_name, array(
    select distinct extract(year from paid.paid_on)::integer from paid_parts paid
    where paid.payer_id in (
        select p.payer_id union all
        select former.payer_id from merged_payers m join payers former on former.household_id = m.household_id and former.adult_id = m.adult_id
        where m.kept_adult_id = p.adult_id)
    order by 1 desc) as years
from payers p
where p.household_id = $4 and {is_own} order by p.payer_id
""",
    is_own=OWN.of("p.adult_id"),
)


async def certificates(db: Database, actor: Actor, household_id: UUID | None = None) -> Certificates:
    """What can be certified of a household's payers, and what was. Raises NotFound, Invalid, HouseholdAmbiguous."""
    known_id = await household_for(db, actor, household_id)
    reach = reach_of(actor, await db.today())
    payers = await db.fetch(PAYERS_SQL, *reach, known_id)
    offers = [_offer(row["adult_id"], row["name"], row["years"]) for row in db.collation.listed(payers, payer_of)]
    return Certificates(
        household_id=known_id,
        offers=tuple(offers) or (_offer(actor.guardian_id, "", ()),),
        issued=await shelf.issued(db, actor, LIST_SQL, known_id),
    )


def _offer(adult_id: UUID | None, name: str, years: Sequence[int]) -> CertificateOffer:
    return CertificateOffer(
        kind=CertificateKind.PAYMENT,
        adult_id=adult_id,
        name=name,
        periods=tuple(CertifiedPeriod(from_on=date(year, 1, 1), to_on=date(year, 12, 31)) for year in years),
        reason=None if years else NothingPaid.code(),
    )


FILE_SQL = shelf.file_statement(HOUSEHOLD.of("d.file_id"), OWN.of("d.adult_id"))


async def certificate_file(db: Database, actor: Actor, certificate_id: UUID) -> File:
    """A certificate as it was issued. Raises NotFound."""
    return await shelf.copy_of(db, actor, FILE_SQL, certificate_id)


PAYER_SQL = """
select name, array(
    select p.payer_id union all
    select former.payer_id from merged_payers m join payers former on former.household_id = m.household_id and former.adult_id = m.adult_id
    where m.kept_adult_id = p.adult_id) as payer_ids
from payers p where household_id = $1 and adult_id = $2
"""


async def payer(db: Queries, household_id: UUID, adult_id: UUID) -> tuple[str, list[UUID]]:
    """The name of who pays for a household, and the accounts by which they did: none of who never paid."""
    row = await db.fetchrow(PAYER_SQL, household_id, adult_id)
    return (row["name"] or "", row["payer_ids"]) if row else ("", [])


PAID_SQL = """
select i.invoice_id, i.number, to_char(i.period, 'YYYY-MM') as period, i.total_cents, sum(paid.amount_cents)::bigint as paid_cents
from paid_parts paid join invoices i using (invoice_id)
where paid.payer_id = any($1::uuid[]) and paid.paid_on between $2 and $3
group by i.invoice_id
"""

LINES_SQL = """
select invoice_id, child_first_name as child_name, label, sum(amount_cents)::bigint as amount_cents
from invoice_lines where invoice_id = any($1::uuid[]) group by 1, 2, 3
"""


async def paid_in(
    db: Queries, payer_ids: Sequence[UUID], from_on: date, to_on: date
) -> tuple[list[PaidInvoice], list[PaidLine]]:
    """The invoices of which something was paid between two days, and what their lines say."""
    invoices = [PaidInvoice(**row) for row in await db.fetch(PAID_SQL, list(payer_ids), from_on, to_on)]
    lines = await db.fetch(LINES_SQL, [invoice.invoice_id for invoice in invoices])
    return invoices, [PaidLine(**row) for row in lines]
