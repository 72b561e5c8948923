"""The rules of PayFiP, decided without any input or output: which request is accepted, which fault is given and in which order,
what the payment page refuses, and which test card or account pays.

Rules marked "unconfirmed" have no public text; README.md says what the simulator does instead.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from .settings import Client

ResultCode = Literal["P", "V", "A", "R", "Z"]
Means = Literal["CB", "VISA", "MASTERCARD", "PRELEVEMENT"]

PAGE_LIFETIME = timedelta(minutes=15)
LOOKUP_LIFETIME = timedelta(days=365)
AMOUNT_CENTS_MIN = 100
AMOUNT_CENTS_MAX = 9_999_999
AMOUNT_DIGITS_MAX = 18
MAIL_LENGTH_MIN, MAIL_LENGTH_MAX = 6, 80
URL_LENGTH_MAX = 250

# Published for the test and activation modes; any other card is refused by its bank.
ACCEPTED_CARDS = frozenset({"5017674000000002", "5017670000001800", "4978860713891312"})
# PayFiP publishes no test account: this one, known from every IBAN example, is debited and any other valid one is refused.
ACCEPTED_IBAN = "FR7630006000011234567890189"

NUMCLI_FORMAT = re.compile(r"[0-9]{6}")
AMOUNT_FORMAT = re.compile(r"[0-9]+")
MAIL_FORMAT = re.compile(r"[^@\s]+@[^@\s]+")
REFDET_FORMAT = re.compile(r"[A-Za-z0-9]{6,30}")
HOST_FORMAT = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")


def creation_fault(fields: Mapping[str, str], clients: Mapping[str, Client]) -> str | None:
    """The code of the first rule that a creation breaks, in the order of the service; None when it is accepted."""
    return next(_creation_faults(fields, clients), None)


def _creation_faults(fields: Mapping[str, str], clients: Mapping[str, Client]) -> Iterator[str]:
    if fields.get("saisie") not in {"T", "X", "W"}:
        yield "S1"
    yield from _one(client_fault(fields.get("numcli", ""), clients))
    yield from _one(_amount_fault(fields.get("montant", "")))
    yield from _one(_mail_fault(fields.get("mel", "")))
    if not REFDET_FORMAT.fullmatch(fields.get("refdet", "")):
        yield "R3"
    if not is_absolute_url(fields.get("urlnotif", "")):
        yield "N1"
    if not is_absolute_url(fields.get("urlredirect", "")):
        yield "D1"


def _one(code: str | None) -> Iterator[str]:
    if code:
        yield code


def client_fault(numcli: str, clients: Mapping[str, Client]) -> str | None:
    """T1 when the number is malformed, T2 when nobody has it, T4 when the client has no web-service access."""
    if not NUMCLI_FORMAT.fullmatch(numcli):
        return "T1"
    if numcli not in clients:
        return "T2"
    return None if clients[numcli].has_access else "T4"


def _amount_fault(amount: str) -> str | None:
    if not AMOUNT_FORMAT.fullmatch(amount):
        return "M1"
    if len(amount) > AMOUNT_DIGITS_MAX or int(amount) > AMOUNT_CENTS_MAX:
        return "M5"
    return "M3" if int(amount) < AMOUNT_CENTS_MIN else None


def _mail_fault(address: str) -> str | None:
    if not address:
        return "A1"
    is_sized = MAIL_LENGTH_MIN <= len(address) <= MAIL_LENGTH_MAX
    return None if is_sized and MAIL_FORMAT.fullmatch(address) else "A2"


def is_absolute_url(url: str) -> bool:
    """An http or https address with a plain host name, at most 250 characters."""
    return len(url) <= URL_LENGTH_MAX and url_origin(url) is not None


def url_origin(url: str) -> str | None:
    """scheme://host:port of an absolute web address, safe to write in a header; None for anything else."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2].removesuffix(f":{port}")
    if parts.scheme not in {"http", "https"} or not HOST_FORMAT.fullmatch(host):
        return None
    return f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")


def creation_remarks(fields: Mapping[str, str], is_refdet_known: bool) -> list[str]:
    """What the real service may refuse although no code is published for it. A well-behaved client gets none."""
    checks = {
        "exer is not a year of four digits": not re.fullmatch(r"20[0-9]{2}", fields.get("exer", "")),
        "objet is longer than 100 characters": len(fields.get("objet", "")) > 100,
        "objet has characters other than letters, digits and spaces": not re.fullmatch(
            r"[A-Za-z0-9 ]*", fields.get("objet", "")
        ),
        "refdet was already used by this client": is_refdet_known,
    }
    return [remark for remark, is_met in checks.items() if is_met]


def page_fault(
    *, created_at: datetime, opened_at: datetime | None, result: str | None, now: datetime, is_entry: bool
) -> str | None:
    """Why the payment page refuses: P3 once used, P4 when too old.

    Entering is possible for 15 minutes after the creation; who has entered has 15 minutes to finish. An abandoned operation
    stays open until then: the payer may come back and pay.
    """
    if result not in {None, "A"}:
        return "P3"
    starts_at = created_at if is_entry or opened_at is None else opened_at
    return "P4" if now - starts_at > PAGE_LIFETIME else None


def card_errors(number: str, expiry: str, cryptogram: str, today: date) -> set[str]:
    """The names of the fields that cannot be a card's: number, expiry (MM/YY, this month or later), cryptogram."""
    errors = set()
    if not re.fullmatch(r"[0-9]{12,19}", digits(number)):
        errors.add("number")
    match = re.fullmatch(r"(0[1-9]|1[0-2]) ?/ ?([0-9]{2})", expiry.strip())
    if not match or (2000 + int(match[2]), int(match[1])) < (today.year, today.month):
        errors.add("expiry")
    if not re.fullmatch(r"[0-9]{3,4}", cryptogram.strip()):
        errors.add("cryptogram")
    return errors


def digits(number: str) -> str:
    """A card or account number without the spaces that people type."""
    return re.sub(r"[\s.-]", "", number)


def is_iban(iban: str) -> bool:
    """ISO 13616: country, check digits, account; the whole is 1 modulo 97."""
    compact = digits(iban).upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", compact):
        return False
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1


def payment_result(means: Means, number: str) -> ResultCode:
    """What the bank answers for this card or account."""
    compact = digits(number).upper()
    if means == "PRELEVEMENT":
        return "V" if compact == ACCEPTED_IBAN else "Z"
    return "P" if compact in ACCEPTED_CARDS else "R"


def lookup_fault(*, created_at: datetime, is_known: bool, now: datetime) -> str | None:
    """P1 when the identifier is unknown, deleted or a year old; P5 while the result is not known."""
    if now - created_at > LOOKUP_LIFETIME:
        return "P1"
    return None if is_known else "P5"
