"""What the family service answers about addresses: those of the town's copy of the national address base, and what is not in it."""

from contracts.family.addresses import AddressBaseStatus, AddressMatch, AddressTyped, UnverifiedAddress
from contracts.family.permissions import FamilyPermission
from contracts.http import Cursor, Page
from contracts.operation import agents, families, get, post


@post("/addresses/matches", families(FamilyPermission.READ_HOUSEHOLDS), is_noted=False, is_repeatable=True)
async def match_address(body: AddressTyped) -> AddressMatch:
    """Whether a typed address is in the town's copy of the base, and otherwise which ones are near. What was typed is kept nowhere and sent nowhere."""


@get("/address-base", agents(FamilyPermission.READ_HOUSEHOLDS))
async def read_address_base() -> AddressBaseStatus:
    """From which file the copy of the base was made, and when."""


@get("/unverified-addresses", agents(FamilyPermission.CHANGE_CONTACTS))
async def list_unverified_addresses(cursor: Cursor | None = None) -> Page[UnverifiedAddress]:
    """The households whose address is in France and not in the copy of the base, by the payer's name; none without a copy."""
