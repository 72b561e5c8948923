"""HTTP routes of exports."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from chassis.sealing import SharedSeal
from contracts.family import exports_api as api
from contracts.family.exports import Export, ExportCreate, SealedPart, ServiceName
from contracts.http import File, Page

from . import commands, queries


@serves(api.own_exports)
async def own_exports(db: Database, actor: Actor) -> Page[Export]:
    return await queries.own_exports(db, actor)


@serves(api.start_export)
async def start_export(body: ExportCreate, db: Database, actor: Actor, claim: Claim) -> Export:
    return await commands.start_export(db, actor, claim, body)


@serves(api.add_export_part)
async def add_export_part(
    export_id: UUID, service: ServiceName, body: SealedPart, db: Database, actor: Actor, seal: SharedSeal
) -> Export:
    part = commands.opened(seal, export_id, service, body)
    return await commands.add_part(db, actor, export_id, service, part)


@serves(api.read_export)
async def read_export(export_id: UUID, db: Database, actor: Actor) -> File:
    return await commands.take(db, actor, export_id)


ROUTES = (own_exports, start_export, add_export_part, read_export)
