"""Certificates: which kinds there are, the one rule by which they are numbered, and what travels about them. Each service makes those of what it owns."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import BeforeValidator, StringConstraints

from contracts.event import Model
from contracts.http import Day


class CertificateKind(StrEnum):
    """What a certificate says: that a child is enrolled, that it was there, what was paid, or who belongs to a household. `series` begins its number,
    and `service` is whose it is."""

    series: str
    service: str

    def __new__(cls, value: str, series: str, service: str) -> Self:
        """A kind by the name under which it travels."""
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.series = series
        kind.service = service
        return kind

    REGISTRATION = "registration", "INS", "booking"
    PRESENCE = "presence", "PRE", "booking"
    PAYMENT = "payment", "REG", "billing"
    HOUSEHOLD = "household", "FOY", "family"


CODE_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of a code: none that is taken for another."""
CODE_LENGTH: Final = 12
CHECK_PATH: Final = "/verifier"
"""Where a certificate is checked, on the portal."""


def number_of(series: str, year: int, count: int) -> str:
    """The number of the `count`-th certificate of a kind in a year: `INS-2026-000042`."""
    return f"{series}-{year}-{count:06d}"


def kind_named(name: str) -> CertificateKind | None:
    """The kind of this name."""
    return next((kind for kind in CertificateKind if kind == name), None)


def kind_of(number: str) -> CertificateKind | None:
    """The kind of a certificate, by its number."""
    return next((kind for kind in CertificateKind if number.startswith(f"{kind.series}-")), None)


def grouped(code: str) -> str:
    """A code as it is printed and read aloud."""
    return "-".join(_fours(code))


def _fours(code: str) -> Iterator[str]:
    return (code[start : start + 4] for start in range(0, len(code), 4))


def _plain(typed: Any) -> Any:
    return "".join(typed.split()).upper() if isinstance(typed, str) and len(typed) <= 80 else typed


def _ungrouped(typed: Any) -> Any:
    plain = _plain(typed)
    return plain.replace("-", "") if isinstance(plain, str) else plain


CertificateNumber = Annotated[
    str,
    BeforeValidator(_plain),
    StringConstraints(pattern=rf"^({'|'.join(kind.series for kind in CertificateKind)})-20[0-9]{{2}}-[0-9]{{6,9}}$"),
]
CertificateCode = Annotated[
    str, BeforeValidator(_ungrouped), StringConstraints(pattern=rf"^[{CODE_LETTERS}]{{{CODE_LENGTH}}}$")
]


class CertificateRequest(Model):
    """What to certify: of a child (registration, presence) or an adult (payment, household), and of which days. `household_id` is whose it is, and goes
    without saying for an adult of one household alone, as does `adult_id` for an adult: it is they."""

    kind: CertificateKind
    household_id: UUID | None = None
    child_id: UUID | None = None
    adult_id: UUID | None = None
    from_on: Day | None = None
    to_on: Day | None = None


class Certificate(Model):
    """A certificate as it was issued."""

    certificate_id: UUID
    kind: CertificateKind
    number: str
    household_id: UUID
    child_id: UUID | None
    adult_id: UUID | None
    from_on: date | None
    to_on: date | None
    issued_at: datetime


class CertifiedPeriod(Model):
    """Days of which something can be certified, both included."""

    from_on: date
    to_on: date


class CertificateOffer(Model):
    """What can be certified, of a child or an adult: of one of these periods, or as things stand when it has none. `reason` says why nothing can be, as the
    code of a refusal."""

    kind: CertificateKind
    child_id: UUID | None = None
    adult_id: UUID | None = None
    name: str
    periods: tuple[CertifiedPeriod, ...] = ()
    reason: str | None = None


class Certificates(Model):
    """What a service can certify of a household, and what it certified, the newest first."""

    household_id: UUID
    offers: tuple[CertificateOffer, ...]
    issued: tuple[Certificate, ...]


class CertificateCheck(Model):
    """What whoever was handed a certificate asks: whether it is genuine."""

    number: CertificateNumber
    code: CertificateCode


class CheckedCertificate(Model):
    """A genuine certificate, and nothing of whom it is about. `digest` is the SHA-256 of its file, in hexadecimal."""

    kind: CertificateKind
    number: str
    issued_on: date
    digest: str
