"""Quotes: what a basket costs, line by line, and why."""

from collections.abc import Sequence
from dataclasses import replace

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.billing.models import PriceExplanation, Quote, QuoteLine, QuoteRequest

from ..directory.queries import households_of_children
from ..errors import TariffMissing
from ..payers.store import ChildDay, who_pays
from ..tariffs.domain import Price, ServiceDay
from ..tariffs.store import price_days
from .domain import PricedPart, divided_prices


async def quote(db: Database, actor: Actor, request: QuoteRequest) -> Quote:
    """What the asking households would pay of a basket, by the grids, shares and quotients in force on each of its days.

    Raises:
        NotFound: a child is not one of this parent's.
        HouseholdAmbiguous: a child has several homes, and none was named.
        TariffMissing: an activity has no price on its day.
    """
    asked = [(line.child_id, line.household_id) for line in request.lines]
    households = await households_of_children(db, actor, asked)
    days = [
        ChildDay(line.child_id, ServiceDay(household_id, line.activity_id, line.service_on))
        for line, household_id in zip(request.lines, households, strict=True)
    ]
    answers = await who_pays(db, days)
    parts = [(day, part) for day, answer in zip(days, answers, strict=True) for part in answer.parts]
    priced = iter(await price_days(db, [replace(day.day, household_id=part.household_id) for day, part in parts]))
    lines = []
    for day, answer in zip(days, answers, strict=True):
        of_day = [(part, next(priced)) for part in answer.parts]
        if of_day[0][1].price is None or of_day[0][1].activity_label is None:
            raise TariffMissing(activity_id=day.day.activity_id, service_on=day.day.service_on)
        divided = divided_prices([(part, answered.price) for part, answered in of_day])
        lines.append(_line(day, of_day[0][1].activity_label, divided))
    return Quote(lines=tuple(lines), total_cents=sum(line.amount_cents for line in lines))


def _line(day: ChildDay, label: str, parts: Sequence[PricedPart]) -> QuoteLine:
    """What the household of a day pays of it; what another home pays is nobody else's business."""
    own = [(part, price) for part, price in parts if part.household_id == day.day.household_id and price]
    return QuoteLine(
        child_id=day.child_id,
        activity_id=day.day.activity_id,
        activity_label=label,
        service_on=day.day.service_on,
        share_basis_points=sum(part.share_basis_points for part, _ in own),
        amount_cents=sum(price.amount_cents for _, price in own),
        explanation=explanation_of(own[0][1]) if own else None,
    )


def explanation_of(price: Price) -> PriceExplanation:
    """Why a price is what it is, as families read it."""
    return PriceExplanation(
        tariff_code=price.tariff_code,
        tariff_label=price.tariff_label,
        grid_version=price.grid_version,
        bracket_label=price.bracket_label,
        quotient_cents=price.quotient.value_cents if price.quotient else None,
        is_maximum_for_want_of_quotient=price.quotient is None,
        quotient_ended_on=price.want.ended_on if price.want else None,
        is_quotient_awaited=price.want is not None and price.want.is_awaited,
    )
