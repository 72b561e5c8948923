"""The parts of an adult's whole file: what each service lets that adult read, field by field.

The gateway alone speaks to every service, and asks with the adult's own token: an export holds nothing that its adult could not read. It closes what it
gathered with its seal: an export holds nothing that its adult made up either. Of the other adults of a household their names alone are taken.
"""

from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from contracts.billing.api import billing_history, list_invoices
from contracts.booking.api import booking_history, list_bookings, list_enrollments
from contracts.family.api import family_history, my_household, read_contact
from contracts.family.certificates_api import list_certificates
from contracts.family.documents_api import own_documents
from contracts.family.exports import FIELD_LENGTH_MAX, ExportPart, ExportSection, SealedPart, place_of
from contracts.http import Page
from contracts.identity.api import current_session, identity_history, own_accepted_terms, own_sessions
from contracts.notifications.api import own_messages
from contracts.operation import Operation
from portal.frame.visit import Visit

ROWS_KEPT: Final = 2_000
BOOKED_DAYS: Final = 3 * 366
AHEAD_DAYS: Final = 366
Rows = AsyncIterator[Mapping[str, Any]]
Asks = Callable[[str | None], Any]


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one kind, by the fields that are taken of each: the name in the export, and what it is read from."""

    name: str
    fields: Mapping[str, str]
    rows: Callable[[Visit], Rows]


async def _pages(ask: Asks) -> Rows:
    cursor: str | None = None
    while True:
        page: Page[Any] = await ask(cursor)
        for item in page.items:
            yield item.model_dump(mode="json")
        if (cursor := page.next_cursor) is None:
            return


def _listed(operation: Operation[..., Page[Any]], *args: Any) -> Callable[[Visit], Rows]:
    """The rows of an operation that answers page by page, its last parameter being the cursor."""
    return lambda visit: _pages(lambda cursor: visit.call(operation, *args, cursor))


def _whole(operation: Operation[..., Page[Any]]) -> Callable[[Visit], Rows]:
    """The rows of an operation that answers all of them at once."""

    async def rows(visit: Visit) -> Rows:
        for item in (await visit.call(operation)).items:
            yield item.model_dump(mode="json")

    return rows


async def _account(visit: Visit) -> Rows:
    yield (await visit.call(current_session)).model_dump(mode="json")


async def _household(visit: Visit) -> Rows:
    household = await visit.call(my_household)
    lines = (
        (*household.address.lines, f"{household.address.postal_code} {household.address.city}")
        if household.address
        else ()
    )
    quotient = household.quotient.value_cents if household.quotient else None
    yield {"reference": household.reference, "address": ", ".join(lines) or None, "quotient_cents": quotient}


async def _contact(visit: Visit) -> Rows:
    if (guardian_id := visit.session.guardian_id) is not None:
        yield (await visit.call(read_contact, guardian_id)).model_dump(mode="json")


def _members(kind: str) -> Callable[[Visit], Rows]:
    async def rows(visit: Visit) -> Rows:
        for member in (await visit.call(my_household)).model_dump(mode="json")[kind]:
            yield member

    return rows


async def _documents(visit: Visit) -> Rows:
    for item in (await visit.call(own_documents)).items:
        yield {**item.model_dump(mode="json"), "label": item.kind.label}


async def _certificates(visit: Visit) -> Rows:
    for item in (await visit.call(list_certificates)).issued:
        yield item.model_dump(mode="json")


async def _bookings(visit: Visit) -> Rows:
    today = visit.portal.today()
    first, last = today - timedelta(days=BOOKED_DAYS), today + timedelta(days=AHEAD_DAYS)
    async for row in _pages(lambda cursor: visit.call(list_bookings, first, last, None, cursor)):
        yield row


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


HISTORY: Final = _same("noted_at", "action", "channel")
PARTS: Final[Mapping[str, tuple[Section, ...]]] = {
    "identity": (
        Section("account", _same("username"), _account),
        Section("sessions", _same("browser", "means", "opened_at", "seen_at"), _whole(own_sessions)),
        Section("terms", _same("title", "version", "accepted_at"), _whole(own_accepted_terms)),
        Section("history", HISTORY, _listed(identity_history, None)),
    ),
    "family": (
        Section("household", _same("reference", "address", "quotient_cents"), _household),
        Section("contact", _same("civility", "first_name", "last_name", "email", "phone"), _contact),
        Section("adults", _same("first_name", "last_name"), _members("adults")),
        Section("children", _same("first_name", "last_name", "birth_on"), _members("children")),
        Section("documents", {"kind": "label", **_same("name", "status", "sent_at", "ends_on")}, _documents),
        Section("certificates", _same("number", "issued_at"), _certificates),
        Section("history", HISTORY, _listed(family_history, None)),
    ),
    "booking": (
        Section(
            "enrollments",
            {"child": "child_first_name", "activity": "activity_label", **_same("status", "starts_on", "ends_on")},
            _listed(list_enrollments, None, None),
        ),
        Section(
            "bookings",
            {
                "child": "child_first_name",
                "activity": "activity_label",
                "unit": "unit_label",
                **_same("service_on", "status", "attendance"),
            },
            _bookings,
        ),
        Section("history", HISTORY, _listed(booking_history, None)),
    ),
    "billing": (
        Section(
            "invoices",
            {"payer": "payer_name", **_same("number", "period", "status", "total_cents", "paid_cents", "issued_on")},
            _listed(list_invoices, None),
        ),
        Section("history", HISTORY, _listed(billing_history, None)),
    ),
    "notifications": (Section("messages", _same("subject", "status", "sent_at"), _listed(own_messages)),),
}


async def part_of(visit: Visit, export_id: UUID, service: str) -> SealedPart:
    """What a service keeps of the adult who visits, as far as they may read it. Raises Unreachable, Refused."""
    part = ExportPart(sections=tuple([await _section(visit, section) for section in PARTS[service]]))
    sealed = visit.export_seal.close(part.model_dump_json().encode(), place_of(export_id, service))
    return SealedPart(sealed=b64encode(sealed))


async def _section(visit: Visit, section: Section) -> ExportSection:
    rows: list[dict[str, Any]] = []
    async for row in section.rows(visit):
        if len(rows) == ROWS_KEPT:
            return ExportSection(name=section.name, rows=tuple(rows), is_whole=False)
        rows.append({name: _value(row.get(source)) for name, source in section.fields.items()})
    return ExportSection(name=section.name, rows=tuple(rows))


def _value(value: Any) -> Any:
    return value[:FIELD_LENGTH_MAX] if isinstance(value, str) else value
