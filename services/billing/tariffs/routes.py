"""HTTP for tariffs."""

from typing import Annotated

from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.billing.api import Tariff, TariffChange
from contracts.http import Page

from ..cursors import Cursor
from ..settings import BillingRules
from . import commands, queries

TariffCode = Annotated[str, PathParameter(pattern=r"^[A-Za-z0-9_.\-]{1,80}$")]


@put("/tariffs/{tariff_code:str}", operation_id="change_tariff", tags=["tariffs"])
async def change_tariff(
    tariff_code: TariffCode,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    data: JSONBody[TariffChange],
) -> Tariff:
    """Publish a new version of a tariff, valid from a day."""
    return await commands.change_tariff(db, actor, tariff_code, data)


@get("/tariffs", operation_id="list_tariffs", tags=["tariffs"])
async def list_tariffs(
    db: NamedDependency[Database], rules: NamedDependency[BillingRules], cursor: Cursor = None
) -> Page[Tariff]:
    """The grids in force and to come."""
    return await queries.tariffs(db, rules.today(await db.now()), cursor)


ROUTES = (change_tariff, list_tariffs)
