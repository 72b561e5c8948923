"""Whom an account stands for, which of them acts, and what a household's file changes about that. Pure."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chassis.comparing import close_up, comparable_name

from ..accounts.domain import AccountRecord, email_key

COUNTRY_PREFIXES: Final = ("+33", "0033")


@dataclass(frozen=True, slots=True)
class Invitee:
    """An adult whom a household's file wants to have an account; `revision` of their details, which may stand in other files too.
    `is_email_confirmed`: they gave the address themselves, and confirmed it; otherwise the town wrote it."""

    guardian_id: UUID
    email: str
    first_name: str
    last_name: str
    phone: str | None
    revision: int
    is_email_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """That an account stands for an adult, whose details say `email`. `is_merged`: they came with another account, so that their address
    moves nothing."""

    guardian_id: UUID
    account_id: UUID
    email: str
    revision: int
    is_merged: bool


@dataclass(frozen=True, slots=True)
class AccountOpening:
    """An account to create and to invite."""


@dataclass(frozen=True, slots=True)
class Joining:
    """The adult belongs to an account that is there, from now on; to the one they had no longer."""

    account: AccountRecord


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of the adult's account; `is_invited_again` when what was mailed no longer is the right thing. `is_correction`: the town
    wrote another address, so that nobody knows who opened the account at the former one."""

    email: str
    is_invited_again: bool
    is_correction: bool = False


def follow_file(
    invitee: Invitee, link: Link | None, account: AccountRecord | None, at_address: AccountRecord | None, company: int
) -> AccountOpening | Joining | Change | None:
    """What a household's file asks for one of its adults; None for nothing.

    `link` and `account` are what they have, `at_address` is the open account of the address that counts (`address_of`), and `company` is how many others
    have this account because its address is theirs. Whoever reads a mailbox has one account: an adult whose address is that of one belongs to it. One who
    shares an account and gets an address of their own leaves it. To an account that nobody opened yet a new mail goes there: the first one went to the wrong place.
    """
    if link is None or account is None:
        return Joining(at_address) if at_address else AccountOpening()
    email = address_of(invitee, link, account)
    has_moved = not link.is_merged and email_key(email) != email_key(link.email)
    if not (has_moved or account.is_disabled):
        return None
    if at_address is not None and at_address.account_id != account.account_id:
        return Joining(at_address)
    if has_moved and company:
        return AccountOpening()
    is_correction = has_moved and not invitee.is_email_confirmed
    return Change(email, not account.has_personal_credentials, is_correction)


def address_of(invitee: Invitee, link: Link | None, account: AccountRecord | None) -> str:
    """The address that counts: that of the file which says the latest details, or of the account that somebody came to by a merge."""
    if link is None or account is None:
        return invitee.email
    if link.is_merged:
        return account.email
    return invitee.email if invitee.revision >= link.revision else link.email


def acting_person(person_ids: tuple[UUID, ...], chosen: UUID | None) -> UUID | None:
    """Who acts in a session: whoever was chosen, for as long as the account stands for them. Nobody is chosen silently: where an account stood for
    several, one who is left over says so too."""
    if chosen is None:
        return person_ids[0] if len(person_ids) == 1 else None
    return chosen if chosen in person_ids else None


def person_name_key(first_name: str, last_name: str) -> str:
    """A name as it is compared when accounts of one human are looked for: however its parts are put together, `Jean-Pierre` is `jean pierre`."""
    return close_up(comparable_name(first_name, last_name))


def phone_key(phone: str | None) -> str | None:
    """A telephone number as it is compared; None for none."""
    typed = close_up(phone or "")
    prefix = next((prefix for prefix in COUNTRY_PREFIXES if typed.startswith(prefix)), "")
    digits = "".join(char for char in typed.removeprefix(prefix) if char.isdecimal())
    return (f"0{digits.removeprefix('0')}" if prefix else digits) or None
