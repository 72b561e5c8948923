"""HTTP routes of addresses."""

from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import addresses_api as api
from contracts.family.addresses import AddressBaseStatus, AddressMatch, AddressTyped, UnverifiedAddress
from contracts.http import Cursor, Page

from . import queries


@serves(api.match_address)
async def match_address(body: AddressTyped, db: Database) -> AddressMatch:
    return await queries.match_address(db, body)


@serves(api.read_address_base)
async def read_address_base(db: Database) -> AddressBaseStatus:
    return await queries.read_base(db)


@serves(api.list_unverified_addresses)
async def list_unverified_addresses(db: Database, cursor: Cursor | None = None) -> Page[UnverifiedAddress]:
    return await queries.list_unverified(db, cursor)


ROUTES = (match_address, read_address_base, list_unverified_addresses)
