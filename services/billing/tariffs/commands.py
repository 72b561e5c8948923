"""Publishing a price grid."""

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.refusal import Invalid
from contracts.billing.models import Tariff, TariffChange

from ..repricing.store import ask_for_tariff
from . import store
from .domain import Grid, PriceBracket, problems_of
from .queries import tariff_of


@command
async def change_tariff(tx: Transaction, actor: Actor, tariff_code: str, request: TariffChange) -> Tariff:
    """Add a version to a tariff, or create it; a job prices again the days that it changes and that are on no invoice.

    The same grid sent again changes nothing.

    Raises:
        Invalid: the brackets are not contiguous from zero with the last one open.
    """
    brackets = tuple(PriceBracket(**bracket.model_dump()) for bracket in request.brackets)
    if problems := problems_of(brackets):
        raise Invalid(*problems)
    newest = await store.lock_newest_grid(tx, tariff_code)
    version = newest.grid_version if newest else 0
    if newest == Grid(tariff_code, request.label, version, request.effective_on, brackets):
        return tariff_of(newest)
    grid = Grid(tariff_code, request.label, version + 1, request.effective_on, brackets)
    await store.add_grid(tx, grid, actor)
    await ask_for_tariff(tx, tariff_code, grid.effective_on)
    before = {"grid_version": newest.grid_version, "label": newest.label} if newest else None
    after = {"grid_version": grid.grid_version, "label": grid.label, "effective_on": grid.effective_on}
    tx.note(Act(actor, "tariff_changed", tariff_code, before=before, after=after))
    return tariff_of(grid)
