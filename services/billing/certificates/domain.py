"""What a certificate of payments says: which invoices were paid in a year, and for which child and service where they say it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.comparing import comparable
from contracts.types import Cents


@dataclass(frozen=True, slots=True)
class PaidInvoice:
    """An invoice, and what was paid of it in the year."""

    invoice_id: UUID
    number: str
    period: str
    total_cents: Cents
    paid_cents: Cents

    @property
    def is_whole(self) -> bool:
        """Whether all of it was paid in the year: only then its lines say what the money was for."""
        return self.paid_cents == self.total_cents


@dataclass(frozen=True, slots=True)
class PaidLine:
    """What an invoice has for a child and a service. The name is None once erased."""

    invoice_id: UUID
    child_name: str | None
    label: str
    amount_cents: Cents


def paid_content(invoices: Sequence[PaidInvoice], lines: Sequence[PaidLine]) -> dict[str, Any]:
    """The amounts of a certificate. `unshared_cents` is what was paid of invoices that were not paid whole in the year: of which lines, nobody knows."""
    whole = {invoice.invoice_id for invoice in invoices if invoice.is_whole}
    shared: defaultdict[tuple[str, str], Cents] = defaultdict(int)
    for line in lines:
        if line.invoice_id in whole:
            shared[line.child_name or "", line.label] += line.amount_cents
    return {
        "invoices": [
            {"number": one.number, "period": one.period, "paid_cents": one.paid_cents, "is_whole": one.is_whole}
            for one in sorted(invoices, key=lambda one: one.number)
        ],
        "shares": _shares(shared),
        "unshared_cents": sum(one.paid_cents for one in invoices if not one.is_whole),
        "total_cents": sum(one.paid_cents for one in invoices),
    }


def _shares(shared: Mapping[tuple[str, str], Cents]) -> list[dict[str, Any]]:
    named = sorted(shared.items(), key=lambda item: tuple(map(comparable, item[0])))
    return [{"child_name": child, "label": label, "amount_cents": cents} for (child, label), cents in named if cents]
