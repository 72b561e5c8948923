"""The last word of the accounts before a household is erased, and names that invoices keep for as long as they are evidence."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest

from contracts.billing.events import AccountsJudged
from contracts.family.erasure_events import ErasureAsked
from tests.component.billing.families import (
    MOMENT,
    Booked,
    Family,
    activity,
    erased,
    issued_invoice,
    publish_tariff,
)
from tests.component.billing.paying import Payer
from tests.component.billing.test_credits import next_invoice, pay_twice
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

PAY_SQL = "update invoices set paid_cents = total_cents, status = 'paid' where household_id = $1"
LEDGER_SQL = """
select split_part(account, '/', 1) as account, sum(amount_cents)::bigint as cents from ledger_postings group by 1 order by 1
"""
PDF_SQL = "insert into invoice_documents (invoice_id, pdf) values ($1, $2)"


async def word(service: RunningService, family: Family, *others: Family) -> AccountsJudged:
    """What the accounts say of a household that is to be erased, with those that became part of it."""
    ids = (family.household_id, *(other.household_id for other in others))
    asked = ErasureAsked(erasure_id=uuid4(), household_id=family.household_id, household_ids=ids, asked_at=MOMENT)
    await service.deliver(asked)
    last_word = [event for event in await service.outbox() if isinstance(event, AccountsJudged)][-1]
    assert (last_word.erasure_id, last_word.household_id) == (asked.erasure_id, family.household_id)
    return last_word


def counts(last_word: AccountsJudged) -> tuple[int, ...]:
    """What is unpaid, not invoiced, owed and under way."""
    return last_word.unpaid_cents, last_word.uninvoiced_count, last_word.credit_cents, last_word.payment_count


async def test_a_household_that_owes_nothing(service: RunningService) -> None:
    family = Family()
    await service.deliver(family.state())
    assert counts(await word(service, family)) == (0, 0, 0, 0)


async def test_an_invoice_counts_until_it_is_paid_also_one_of_a_file_that_became_part(service: RunningService) -> None:
    family, former = Family(), Family()
    await service.deliver(family.state())
    await issued_invoice(service, former)
    assert counts(await word(service, family)) == (0, 0, 0, 0)
    assert counts(await word(service, family, former)) == (920, 0, 0, 0)
    await service.db.execute(PAY_SQL, former.household_id)
    assert counts(await word(service, family, former)) == (0, 0, 0, 0)


async def test_a_credit_that_nobody_gave_back_counts(payer: Payer) -> None:
    """What was paid twice is the family's until an invoice used it: with its name, nobody could give it back any more."""
    await pay_twice(payer)
    assert counts(await word(payer.service, payer.family)) == (0, 0, 1840, 0)
    await next_invoice(payer, 1, 2)
    assert (await word(payer.service, payer.family)).credit_cents == 0


async def test_days_count_before_they_are_invoiced_also_without_a_price(service: RunningService) -> None:
    family, centre = Family(), uuid4()
    day = Booked(family, centre)
    await service.deliver(family.state(), day.confirmed())
    last_word = await word(service, family)
    assert (last_word.uninvoiced_count, last_word.uninvoiced_cents) == (1, 0)
    await publish_tariff(service)
    await service.deliver(activity(centre), family.quotient(75_000), day.attended())
    await service.run_job("price_charges")
    last_word = await word(service, family)
    assert (last_word.uninvoiced_count, last_word.uninvoiced_cents) == (1, 920)
    await service.deliver(day.cancelled())
    await service.run_job("price_charges")


async def test_a_day_that_comes_after_the_last_word_is_shown_as_of_an_unknown_payer(service: RunningService) -> None:
    """A sheet that is closed late: the household is erased, and what it owes stands in the next draft, where an agent decides."""
    family, centre = Family(), uuid4()
    await publish_tariff(service)
    await service.deliver(activity(centre), family.state(), family.quotient(75_000))
    assert counts(await word(service, family)) == (0, 0, 0, 0)
    day = Booked(family, centre)
    await service.deliver(day.confirmed(), day.attended(), erased(service, family))
    await service.run_job("price_charges")
    (line,) = await service.db.fetch(
        "select payer_id, status, unit_cents from charges where child_id = $1 and status <> 'void'", family.child_id
    )
    assert (line["status"], line["unit_cents"]) == ("due", 920)
    finance = service.as_agent(Role.FINANCE)
    run = await service.client.post("/invoice-runs", json={"period": "2026-09"}, headers=finance | service.key())
    await service.run_job("invoice_runs")
    drafted = (await service.client.get(f"/invoice-runs/{run.json()['run_id']}", headers=finance)).json()
    assert drafted["anomalies"] == [["payer_unknown", 1]]


async def test_invoices_of_an_erased_household_keep_their_names_ten_years(service: RunningService) -> None:
    """The ledger is as it was, before and after; whoever is not erased keeps theirs."""
    family, other = Family(last_name="Quetzal", child_first_name="Opaline"), Family()
    invoice = await issued_invoice(service, family)
    invoice_id = UUID(invoice["invoice_id"])
    await service.db.execute(PDF_SQL, invoice_id, b"%PDF Quetzal")
    await service.db.execute(PAY_SQL, family.household_id)
    ledger = await service.db.fetch(LEDGER_SQL)
    await service.deliver(other.state(), erased(service, family))
    await service.run_job("forget_names")
    assert await _names(service, invoice_id) == ("Camille Quetzal", "Opaline", True)
    issued_on = date.fromisoformat(invoice["issued_on"])
    last = datetime(issued_on.year + 10, 12, 31, 12, tzinfo=UTC)
    service.advance(days=(last - await service.db.now()).days)
    await service.run_job("forget_names")
    assert (await _names(service, invoice_id))[0] == "Camille Quetzal", "the years count from the end of its own"
    service.advance(days=2)
    await service.run_job("forget_names")
    assert await _names(service, invoice_id) == ("", None, False)
    assert await service.db.fetch(LEDGER_SQL) == ledger
    headers = service.as_agent(Role.FINANCE)
    answer = await service.client.get(f"/invoices/{invoice_id}", headers=headers)
    assert answer.json()["total_cents"] == 920
    paper = await service.client.get(f"/invoices/{invoice_id}/pdf", headers=headers)
    assert (paper.status_code, paper.json()["code"]) == (409, "document_forgotten")


async def test_an_issued_invoice_still_never_changes(service: RunningService) -> None:
    family = Family()
    invoice_id = UUID((await issued_invoice(service, family))["invoice_id"])
    for change in (
        "update invoices set payer_name = 'Someone' where invoice_id = $1",
        "update invoices set payer_name = '', payer_address = '{}', total_cents = 1 where invoice_id = $1",
        "update invoice_lines set child_first_name = 'Someone' where invoice_id = $1",
        "update invoice_lines set child_first_name = null, quantity = 2, amount_cents = 2 * unit_cents where invoice_id = $1",
        "delete from invoice_lines where invoice_id = $1",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await service.db.execute(change, invoice_id)


async def _names(service: RunningService, invoice_id: UUID) -> tuple[str, str | None, bool]:
    """Payer and child of an invoice, and whether there is a document of it."""
    row = await service.db.fetchrow(
        """
        select payer_name, (select max(child_first_name) from invoice_lines l where l.invoice_id = i.invoice_id) as child,
               exists (select from invoice_documents d where d.invoice_id = i.invoice_id) as has_document
        from invoices i where invoice_id = $1
        """,
        invoice_id,
    )
    assert row is not None
    return row["payer_name"], row["child"], row["has_document"]
