"""Certificates of a household, as both spaces show them: what can be certified, of whom and of which days, what was, and how one is asked for.

Each service certifies what it owns; one that does not answer is said to be missing, and takes no other's certificates along.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response
from litestar.exceptions import NotFoundException

from contracts.billing import certificates_api as billing
from contracts.booking import certificates_api as booking
from contracts.certificates import (
    Certificate,
    CertificateKind,
    CertificateOffer,
    CertificateRequest,
    Certificates,
    kind_named,
)
from contracts.family import certificates_api as family
from gateway.calls import typed_as
from gateway.composing import Part, if_proven
from portal.frame.visit import Visit
from portal.kit import Form
from portal.kit.formats import date_words

SERVICES: Final = {"booking": booking, "billing": billing, "family": family}
SERVED: Final = {kind: SERVICES[kind.service] for kind in CertificateKind}
REQUEST: Final = Form(CertificateRequest, "certificates.form", ("period", "from_on", "to_on"))
BETWEEN: Final = frozenset({CertificateKind.PRESENCE})
"""Of which days somebody chooses freely; the others are of a period that is offered, or of no days."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be certified, with the address of its form; or cannot, with why."""

    offer: CertificateOffer
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The choices of a kind of certificate. `part` is its service's answer."""

    kind: CertificateKind
    part: Part[Certificates]
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate as a list shows it: of whom, of which days, and where its file is."""

    certificate: Certificate
    name: str
    days: str
    url: str


async def shelves(visit: Visit, path: str, household_id: UUID | None) -> list[Shelf]:
    """What can be certified, by kind, of what is open to whoever asks."""
    open_to = {name: api for name, api in SERVICES.items() if visit.may(api.list_certificates)}
    parts = await asyncio.gather(
        *(if_proven(visit.call(api.list_certificates, household_id)) for api in open_to.values())
    )
    known = dict(zip(open_to, parts, strict=True))
    return [
        Shelf(kind, part, list(_choices(visit, path, kind, part)))
        for kind in CertificateKind
        if (part := known.get(kind.service)) is not None
    ]


def _choices(visit: Visit, path: str, kind: CertificateKind, part: Part[Certificates]) -> Iterator[Choice]:
    for offer in part.value.offers if part.value else ():
        if offer.kind is kind:
            reason = visit.portal.refusals.refusal(offer.reason, {}) if offer.reason else ""
            yield Choice(offer, f"{path}/nouvelle?attestation={kind}&pour={whom(offer)}", reason)


def whom(offer: CertificateOffer) -> str:
    """Whom an offer is about, as an address names them."""
    return str(offer.child_id or offer.adult_id)


def issued(visit: Visit, path: str, shown: Sequence[Shelf]) -> list[Issued]:
    """What was certified, the newest first."""
    parts = {shelf.kind.service: shelf.part for shelf in shown}.values()
    values = [part.value for part in parts if part.value]
    names = {whom(offer): offer.name for value in values for offer in value.offers}
    every = sorted((item for value in values for item in value.issued), key=lambda item: item.issued_at, reverse=True)
    return [
        Issued(
            item,
            names.get(str(item.child_id or item.adult_id), ""),
            days_of(visit, item.from_on, item.to_on),
            f"{path}/{item.kind}/{item.certificate_id}",
        )
        for item in every
    ]


def days_of(visit: Visit, from_on: date | None, to_on: date | None) -> str:
    """Days in words, none when there are none."""
    if from_on is None or to_on is None:
        return ""
    return visit.portal.texts("certificates.days", first=date_words(from_on), last=date_words(to_on))


async def offer_asked(
    visit: Visit, household_id: UUID | None, asked: Mapping[str, str]
) -> tuple[Certificates, CertificateOffer]:
    """The offer that an address names, in what its service answers. Raises NotFoundException: there is none."""
    if (kind := kind_named(asked.get("attestation", ""))) is None:
        raise NotFoundException
    answer = await visit.call(SERVED[kind].list_certificates, household_id)
    offer = next((one for one in answer.offers if one.kind is kind and whom(one) == asked.get("pour")), None)
    if offer is None or offer.reason:
        raise NotFoundException
    return answer, offer


def form_context(visit: Visit, path: str, offer: CertificateOffer) -> dict[str, Any]:
    """What the page of the form is given: which periods there are to choose from, and what is proposed where days are free."""
    today = visit.portal.today()
    newest = offer.periods[0] if offer.periods else None
    return {
        "path": path,
        "offer": offer,
        "whom": whom(offer),
        "is_between": offer.kind in BETWEEN,
        "periods": [(f"{one.from_on}/{one.to_on}", days_of(visit, one.from_on, one.to_on)) for one in offer.periods],
        "first": newest.from_on if newest else today,
        "last": min(newest.to_on, today) if newest else today,
    }


async def ask(visit: Visit, certificates: Certificates, offer: CertificateOffer) -> Certificate:
    """Have it certified. Raises Refused."""
    posted = visit.posted.values
    from_on, _, to_on = posted.get("period", "").partition("/")
    body = {
        "kind": offer.kind,
        "household_id": str(certificates.household_id),
        "child_id": str(offer.child_id) if offer.child_id else None,
        "adult_id": str(offer.adult_id) if offer.adult_id else None,
        "from_on": posted.get("from_on") or from_on or None,
        "to_on": posted.get("to_on") or to_on or None,
    }
    return await visit.call(SERVED[offer.kind].issue_certificate, typed_as(CertificateRequest, body))


async def download(visit: Visit, kind: str, certificate_id: UUID) -> Response[bytes]:
    """A certificate as a file. Raises NotFoundException: there is no such kind."""
    if (known := kind_named(kind)) is None:
        raise NotFoundException
    document = await visit.call(SERVED[known].read_certificate, certificate_id)
    disposition = {"Content-Disposition": f'attachment; filename="{document.name}"'}
    return Response(document.content, media_type=document.media_type, headers=disposition)


def certifies(visit: Visit) -> bool:
    """Whether whoever visits may have anything certified."""
    return any(visit.may(api.issue_certificate) for api in SERVICES.values())
