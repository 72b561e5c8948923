"""Asking back whether a typed address is meant for one of the town's copy of the national address base: "did you mean". What was typed is always accepted, by one press.

Nothing is asked of the outside, and no address stands in an address of a page: the question is a form that is shown again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.family.addresses import AddressTyped, SuggestedAddress
from contracts.family.addresses_api import match_address
from gateway.calls import Refused, typed_as
from portal.frame.visit import Visit
from portal.kit import FormState

CHOICE: Final = "address_choice"
"""The name of the buttons that answer: as typed, or one of the base by its identifier there."""
AS_TYPED: Final = "typed"
ASKED: Final = "address_asked"
"""Of the form that is shown again: whether it asks back."""
PREFIX: Final = "address."
FIELDS: Final = ("street", "complement", "postal_code", "city")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be sent, or that the page is to ask first."""

    typed: dict[str, str]
    is_to_ask: bool = False


async def settled(visit: Visit, typed: Mapping[str, str]) -> Answer:
    """The form with the address that was chosen. The page is to ask where the base has another one that is near, and nobody answered yet."""
    choice = visit.posted.get(CHOICE)
    if choice == AS_TYPED or not typed.get(f"{PREFIX}street"):
        return Answer(dict(typed))
    near = await near_addresses(visit, typed)
    chosen = next((item for item in near if item.base_id == choice), None)
    if chosen is None:
        return Answer(dict(typed), is_to_ask=bool(near))
    taken = {f"{PREFIX}{name}": getattr(chosen, name) for name in ("street", "postal_code", "city")}
    return Answer({**typed, **taken})


async def near_addresses(visit: Visit, typed: Mapping[str, Any]) -> Sequence[SuggestedAddress]:
    """The addresses of the base that a typed one may be meant for; none of one that is there, is abroad, or is no address."""
    if typed.get(f"{PREFIX}country"):
        return ()
    body = {name: typed.get(f"{PREFIX}{name}", "") for name in FIELDS}
    try:
        return (await visit.call(match_address, typed_as(AddressTyped, body))).suggestions
    except Refused:  # what is wrong with it is for the form's own operation to say
        return ()


def asking(visit: Visit, values: Mapping[str, str]) -> FormState:
    """The form shown again, which asks."""
    return FormState({**values, ASKED: "1"}, note=visit.portal.texts("addresses.note"))


async def asked_back(visit: Visit, form: FormState) -> Sequence[SuggestedAddress]:
    """What a page asks about, if its form asks."""
    return await near_addresses(visit, form.values) if form.value(ASKED) else ()
