"""HTTP routes of tariffs."""

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.billing import api
from contracts.billing.api import TariffCode
from contracts.billing.models import Tariff, TariffChange
from contracts.http import Cursor, Page

from ..settings import BillingRules
from . import commands, queries


@serves(api.change_tariff)
async def change_tariff(tariff_code: TariffCode, body: TariffChange, db: Database, actor: Actor) -> Tariff:
    return await commands.change_tariff(db, actor, tariff_code, body)


@serves(api.list_tariffs)
async def list_tariffs(db: Database, rules: BillingRules, cursor: Cursor | None = None) -> Page[Tariff]:
    return await queries.tariffs(db, rules.today(await db.now()), cursor)


ROUTES = (change_tariff, list_tariffs)
