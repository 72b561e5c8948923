"""What of a correction of how somebody is reached is carried out at once, and what waits for an agent, by the town's rule for each field. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from chassis.refusal import FieldRefusal, Invalid, Refusal
from contracts.family.child_events import FieldRule

from ..contacts.domain import Contact, Correction
from ..errors import EmailConfirmedApart, EmailKeptByTown
from ..households.domain import Address

KIND: Final = "contact"
"""Of a request about how an adult is reached."""


@dataclass(frozen=True, slots=True)
class Parted:
    """A correction as an adult may mean it, what of it is carried out at once, and the names of what is asked for."""

    whole: Correction
    at_once: Correction
    requested: tuple[str, ...]


def parted(known: Contact, correction: Correction, rules: Mapping[str, FieldRule]) -> Parted | Refusal:
    """A correction by whoever it is about. What they may not change stays where they leave it out."""
    closed = [name for name, rule in rules.items() if rule in (FieldRule.HIDDEN, FieldRule.READ_ONLY)]
    if "phone" in closed and correction.phone is None:
        correction = replace(correction, phone=known.adult.phone if "phone" not in known.hidden else None)
    changed = _changed(known, correction)
    if "email" in changed and rules["email"] is FieldRule.READ_ONLY:
        return EmailKeptByTown()
    if "email" in changed and rules["email"] is FieldRule.AT_ONCE:
        return EmailConfirmedApart()
    if faults := tuple(FieldRefusal(f"/{name}", "field_kept_by_town") for name in closed if name in changed):
        return Invalid(*faults)
    # Nothing that is hidden is in what changes, so that it is as it was.
    whole = replace(correction, phone=correction.phone if "phone" in changed else known.adult.phone)
    now = {name for name in changed if rules[name] is FieldRule.AT_ONCE}
    at_once = replace(
        whole,
        phone=whole.phone if "phone" in now else known.adult.phone,
        email=None,
        address=whole.address if "address" in now else None,
    )
    return Parted(whole, at_once, tuple(name for name in changed if name not in now))


def _changed(known: Contact, correction: Correction) -> list[str]:
    """The names of what is to be otherwise. Whatever is typed of what is hidden is, or its refusal would tell what is there."""
    changed = []
    hidden_phone = "phone" in known.hidden and correction.phone is not None
    if hidden_phone or ("phone" not in known.hidden and correction.phone != known.adult.phone):
        changed.append("phone")
    if correction.email is not None and ("email" in known.hidden or correction.email != known.adult.email):
        changed.append("email")
    if correction.address is not None:
        household_id, typed = correction.address
        home = known.home(household_id)
        if home and ("address" in known.hidden or home.is_protected or typed.as_kept() != home.address):
            changed.append("address")
    return changed


def present(contact: Contact, household_id: UUID) -> dict[str, Any]:
    """How somebody is reached, and where that household lives, as a request keeps it; a protected address is nowhere."""
    home = contact.home(household_id)
    address = home.address if home and not home.is_protected else None
    return stored(contact.adult.phone, contact.adult.email, address)


def wanted(correction: Correction) -> dict[str, Any]:
    """What a correction says, as a request keeps it."""
    return stored(correction.phone, correction.email, correction.address[1].as_kept() if correction.address else None)


def stored(phone: str | None, email: str | None, address: Address | None) -> dict[str, Any]:
    """How somebody is reached, as JSON."""
    written = address and {
        "lines": list(address.lines),
        "postal_code": address.postal_code,
        "city": address.city,
        "country": address.country,
    }
    return {"phone": phone, "email": email, "address": written}


def address_in(values: Mapping[str, Any]) -> Address | None:
    """The address in what a request keeps."""
    written = values.get("address")
    if written is None:
        return None
    return Address(tuple(written["lines"]), written["postal_code"], written["city"], written["country"])


def decided(known: Contact, household_id: UUID, after: Mapping[str, Any]) -> Correction:
    """The correction that carries a request out: what it does not name stays."""
    address = address_in(after)
    phone = after.get("phone", known.adult.phone)
    moved = (household_id, address) if address else None
    return Correction(known.version, phone, after.get("email"), moved, is_by_town=True)
