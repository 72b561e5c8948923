"""HTTP routes about who pays for a child."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.billing import api
from contracts.billing.payers import ChildPayers, PayerConflict, PayerSharesChange
from contracts.http import Cursor, Page

from . import commands, queries


@serves(api.read_child_payers)
async def read_child_payers(child_id: UUID, db: Database) -> ChildPayers:
    return await queries.payers_of_child(db, child_id)


@serves(api.change_payer_shares)
async def change_payer_shares(child_id: UUID, body: PayerSharesChange, db: Database, actor: Actor) -> ChildPayers:
    return await commands.change_payer_shares(db, actor, child_id, body)


@serves(api.list_payer_conflicts)
async def list_payer_conflicts(db: Database, cursor: Cursor | None = None) -> Page[PayerConflict]:
    return await queries.payer_conflicts(db, cursor)


ROUTES = (read_child_payers, change_payer_shares, list_payer_conflicts)
