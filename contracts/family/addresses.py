"""What travels about addresses and the town's copy of the national address base."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from contracts.event import Model
from contracts.http import LINE, PostalCode, ShortText

SUGGESTIONS_MAX = 5


class AddressTyped(Model):
    """An address in France as somebody typed it: its street line with the number, its postal code, its commune."""

    street: ShortText
    complement: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=LINE)] = ""
    postal_code: PostalCode
    city: ShortText


class SuggestedAddress(Model):
    """An address of the base that a typed one may be meant for. `base_id` is its identifier in the base."""

    base_id: str
    street: str
    postal_code: str
    city: str


class AddressMatch(Model):
    """What the copy of the base says of a typed address. `is_known`: it is one of its addresses, but for the way it is spelled; otherwise
    `suggestions` are the nearest ones, the best first. A town without a copy knows none and suggests none."""

    is_known: bool
    suggestions: tuple[SuggestedAddress, ...] = ()


class AddressBase(Model):
    """The town's copy of the base: from which file it was made, when, and of how much. `unverified_count`: the files whose address is not in it."""

    label: str
    loaded_at: datetime
    street_count: int
    address_count: int
    unverified_count: int


class AddressBaseStatus(Model):
    """The town's copy of the base, or none."""

    base: AddressBase | None


class UnverifiedAddress(Model):
    """A household whose address is not in the copy of the base. The address itself stands in its file."""

    household_id: UUID
    reference: str
    payer_name: str
