"""What a family asked for and what became of it: enrollments, corrections of its file, other schools than the sector's, requests by procedures of the
town. Who asks for an address to be protected
reads it nowhere: somebody else may look at the screen."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from litestar import Response

from contracts.booking.api import list_enrollments
from contracts.booking.models import Enrollment
from contracts.family.changes import PersonChange
from contracts.family.changes_api import list_changes
from contracts.family.child_events import ChangeStatus
from contracts.family.derogations import Derogation
from contracts.family.derogations_api import own_derogations
from contracts.family.request_words import RequestStatus
from contracts.family.requests import RequestLine
from contracts.family.requests_api import own_requests as sent_requests
from contracts.family.sector_words import DerogationStatus
from contracts.types import EnrollmentStatus
from gateway.composing import Part, permitted
from portal.frame.schools import public_site_names
from portal.frame.spaces import page
from portal.frame.visit import Visit

PATH: Final = "/mes-demandes"
OPEN: Final = (RequestStatus.SENT, RequestStatus.UNDER_REVIEW, RequestStatus.MORE_ASKED)


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that was asked for: of which kind, when, and whether it waits."""

    kind: str
    asked_at: datetime
    is_waiting: bool
    request: Enrollment | PersonChange | Derogation | RequestLine


@dataclass(frozen=True, slots=True)
class Requests:
    """All that was asked for, the newest first. `missing` are the kinds whose service does not answer."""

    items: Sequence[Asked]
    missing: Sequence[str]

    @property
    def waiting_count(self) -> int | None:
        """How much waits; None where that is not known whole."""
        return None if self.missing else sum(item.is_waiting for item in self.items)

    @property
    def unanswered(self) -> list[RequestLine]:
        """What waits for the family and not for the service, the oldest first."""
        sent = [item.request for item in self.items if isinstance(item.request, RequestLine)]
        return [request for request in reversed(sent) if request.status is RequestStatus.MORE_ASKED]


async def own_requests(visit: Visit) -> Requests:
    """What the family of whoever is signed in asked for, as far as they may see it."""
    enrollments, changes, derogations, requests = await asyncio.gather(
        permitted(visit.call(list_enrollments)) if visit.opens("/inscriptions") else _nothing(),
        permitted(visit.call(list_changes)),
        permitted(visit.call(own_derogations)),
        permitted(visit.call(sent_requests)),
    )
    parts: dict[str, Part[Any] | None] = {
        "enrollment": enrollments,
        "change": changes,
        "derogation": derogations,
        "request": requests,
    }
    items = [
        *(
            Asked("enrollment", item.requested_at, item.status is EnrollmentStatus.REQUESTED, item)
            for item in _items(enrollments)
        ),
        *(Asked("change", item.asked_at, item.status is ChangeStatus.WAITING, item) for item in _items(changes)),
        *(
            Asked("derogation", item.recorded_at, item.status is DerogationStatus.WAITING, item)
            for item in _items(derogations)
        ),
        *(Asked("request", item.sent_at, item.status in OPEN, item) for item in _items(requests) if item.sent_at),
    ]
    newest = sorted(items, key=lambda item: item.asked_at, reverse=True)
    return Requests(newest, [kind for kind, part in parts.items() if part is not None and part.value is None])


@page(PATH)
async def requests_page(visit: Visit) -> Response[Any]:
    """What was asked for, with its date and what became of it."""
    requests = await own_requests(visit)
    has_schools = any(item.kind == "derogation" for item in requests.items)
    names = await public_site_names(visit) if has_schools else {}
    return visit.page("family/home/requests.html.j2", {"requests": requests, "names": names})


def _items(part: Part[Any] | None) -> Sequence[Any]:
    return part.value.items if part is not None and part.value is not None else ()


async def _nothing() -> None:
    return None


PAGES = [requests_page]
