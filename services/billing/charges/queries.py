"""Quotes: what a basket costs, line by line, and why."""

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.billing.models import PriceExplanation, Quote, QuoteLine, QuoteRequest

from ..directory.queries import household_of_children
from ..errors import TariffMissing
from ..tariffs.domain import Price, ServiceDay
from ..tariffs.store import price_days


async def quote(db: Database, actor: Actor, request: QuoteRequest) -> Quote:
    """The price of a basket by the grids and the quotient in force on each of its days.

    Raises:
        NotFound: a child is not one of this parent's.
        TariffMissing: an activity has no price on its day.
    """
    households = await household_of_children(db, actor, [line.child_id for line in request.lines])
    days = [ServiceDay(households[line.child_id], line.activity_id, line.service_on) for line in request.lines]
    lines = []
    for asked, priced in zip(request.lines, await price_days(db, days), strict=True):
        if priced.price is None or priced.activity_label is None:
            raise TariffMissing(activity_id=asked.activity_id, service_on=asked.service_on)
        lines.append(
            QuoteLine(
                child_id=asked.child_id,
                activity_id=asked.activity_id,
                activity_label=priced.activity_label,
                service_on=asked.service_on,
                amount_cents=priced.price.amount_cents,
                explanation=explanation_of(priced.price),
            )
        )
    return Quote(lines=tuple(lines), total_cents=sum(line.amount_cents for line in lines))


def explanation_of(price: Price) -> PriceExplanation:
    """Why a price is what it is, as families read it."""
    return PriceExplanation(
        tariff_code=price.tariff_code,
        tariff_label=price.tariff_label,
        grid_version=price.grid_version,
        bracket_label=price.bracket_label,
        quotient_cents=price.quotient.value_cents if price.quotient else None,
        is_maximum_for_want_of_quotient=price.quotient is None,
    )
