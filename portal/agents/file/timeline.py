"""The years of a file: homes, payers and their shares, the quotient, enrollments and invoices, side by side."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.billing.api import list_invoices, read_child_payers
from contracts.billing.models import InvoiceSummary
from contracts.billing.payers import ChildPayers
from contracts.family.circle import HouseholdTimeline
from contracts.family.custody import ChildResidence
from contracts.http import Page
from contracts.types import EnrollmentStatus, ResidencePattern
from gateway.composing import Part
from portal.agents.file.head import head_of
from portal.agents.file.lanes import Lane, Span, drawing, periods, reach
from portal.agents.file.reading import PATH, Opened, household_of, items_of, open_file, part_of, value_of
from portal.frame.spaces import page
from portal.frame.visit import Visit
from portal.kit import Texts
from portal.kit.formats import money, percent

CHILD: Final = "enfant"
YEAR: Final = "annee"
YEARS_MAX: Final = 20
INVOICE_PAGES_MAX: Final = 5
HELD: Final = frozenset({EnrollmentStatus.REQUESTED, EnrollmentStatus.VALIDATED, EnrollmentStatus.ENDED})


@page(f"{PATH}/frise")
async def timeline_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """The whole file over time, or of one child, or of one year."""
    opened, invoices = await asyncio.gather(
        open_file(visit, household_id, household_of(visit, household_id)), _invoices(visit, household_id)
    )
    child_ids = _children(visit, opened)
    payers = await asyncio.gather(*(part_of(visit, read_child_payers, child_id) for child_id in child_ids))
    lanes = list(_lanes(visit, opened, child_ids, payers, invoices))
    today = visit.portal.today()
    first, last = reach(lanes, today)
    first = max(first, date(today.year - YEARS_MAX, 1, 1))
    years = list(range(last.year, first.year - 1, -1))
    if (asked := visit.query(YEAR)).isdecimal() and int(asked) in years:
        first, last = date(int(asked), 1, 1), date(int(asked), 12, 31)
    else:
        asked = ""
    context = {
        **head_of(visit, opened, "timeline"),
        "lanes": lanes,
        "periods": periods(lanes, first, last),
        "drawing": drawing(lanes, first, last),
        "invoices": invoices,
        "payers": [part for part in payers if part],
        "children": [(str(child_id), name) for child_id, name in opened.names.children.items()],
        "child": visit.query(CHILD),
        "years": [(str(year), str(year)) for year in years],
        "year": asked,
    }
    return visit.page("agents/file/timeline.html.j2", context)


def _children(visit: Visit, opened: Opened) -> list[UUID]:
    """The children whose lanes are shown: the one that the address names, or all."""
    return [child_id for child_id in opened.names.children if visit.query(CHILD) in ("", str(child_id))]


async def _invoices(visit: Visit, household_id: UUID) -> Part[Page[InvoiceSummary]] | None:
    """The invoices of the household, the latest ones of a long life."""
    part, read, cursor = None, list[InvoiceSummary](), None
    for _ in range(INVOICE_PAGES_MAX):
        part = await part_of(visit, list_invoices, household_id, cursor)
        if part is None or part.value is None:
            return part
        read += part.value.items
        if (cursor := part.value.next_cursor) is None:
            break
    return Part(Page(items=tuple(read), next_cursor=cursor))


def _lanes(
    visit: Visit,
    opened: Opened,
    child_ids: Sequence[UUID],
    payers: Sequence[Part[ChildPayers] | None],
    invoices: Part[Page[InvoiceSummary]] | None,
) -> Iterator[Lane]:
    """The lanes that are open to whoever looks, each whole or not there."""
    texts, names = visit.portal.texts, opened.names.children
    years = value_of(opened.years)
    if years:
        yield Lane(texts("agents.file.lane.homes"), list(_homes(visit, opened, years, child_ids)))
        known = {payer.child_id: payer for part in payers if (payer := value_of(part))}
        yield Lane(texts("agents.file.lane.payers"), [*_payers(years), *_shares(visit, known, names)])
    if years and not _is_of_organization(opened):
        yield Lane(texts("agents.file.lane.quotient"), list(_quotients(years)))
    if opened.enrollments and opened.enrollments.value:
        rows = [row for row in opened.enrollments.value.items if row.child_id in child_ids and row.status in HELD]
        spans = [
            Span(
                texts("agents.file.lane.of_child", name=names.get(row.child_id, ""), what=row.activity_label),
                row.starts_on,
                row.ends_on,
            )
            for row in rows
        ]
        yield Lane(texts("agents.file.lane.enrollments"), spans)
    if invoices and invoices.value:
        bills = [
            Span(f"{row.number}, {money(row.total_cents)}", row.issued_on, row.issued_on, is_event=True)
            for row in items_of(invoices)
        ]
        yield Lane(texts("agents.file.lane.invoices"), bills)


def _is_of_organization(opened: Opened) -> bool:
    household = value_of(opened.household)
    return household is not None and household.organization is not None


def _homes(visit: Visit, opened: Opened, years: HouseholdTimeline, child_ids: Sequence[UUID]) -> Iterator[Span]:
    """Who lives here when; where custody is open, by which pattern."""
    circle, texts = value_of(opened.circle), visit.portal.texts
    residences = {child.child_id: child.residences for child in circle.children} if circle else {}
    for member in years.children:
        if member.person_id not in child_ids:
            continue
        name = opened.names.children.get(member.person_id, member.name)
        if not residences.get(member.person_id):
            yield Span(texts("agents.file.lane.here", name=name), member.starts_on, member.ends_on)
        for residence in residences.get(member.person_id, ()):
            yield Span(_residence_words(texts, opened, residence, name), residence.starts_on, residence.ends_on)


def _residence_words(texts: Texts, opened: Opened, residence: ChildResidence, name: str) -> str:
    """A single home by which it is, several by their pattern."""
    if residence.pattern is ResidencePattern.SINGLE:
        place = "here" if opened.household_id in residence.household_ids else "elsewhere"
        return texts(f"agents.file.lane.{place}", name=name)
    return texts("agents.file.lane.of_child", name=name, what=texts(f"agents.custody.pattern.{residence.pattern}"))


def _payers(years: HouseholdTimeline) -> Iterator[Span]:
    for payer in years.payers:
        yield Span(payer.name, payer.starts_on, payer.ends_on)


def _shares(visit: Visit, known: Mapping[UUID, ChildPayers], names: Mapping[UUID, str]) -> Iterator[Span]:
    """Who pays what part of each child's days, where parts were entered."""
    texts = visit.portal.texts
    for child_id, payers in known.items():
        called = {payer.payer_id: payer.name or texts("agents.custody.name_unknown") for payer in payers.payers}
        for dated in payers.shares:
            parts = [
                f"{called.get(share.payer_id, texts('agents.custody.name_unknown'))} {percent(share.share_basis_points)}"
                for share in dated.shares
            ]
            what = texts("agents.file.lane.of_child", name=names.get(child_id, ""), what=", ".join(parts))
            yield Span(what, dated.starts_on, dated.ends_on)


def _quotients(years: HouseholdTimeline) -> Iterator[Span]:
    """Each quotient until the day before the next one."""
    following = [row.effective_on - timedelta(days=1) for row in years.quotients[1:]]
    for quotient, ends_on in zip(years.quotients, [*following, None], strict=False):
        yield Span(money(quotient.value_cents), quotient.effective_on, ends_on)


PAGES = [timeline_page]
