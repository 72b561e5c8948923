"""What files lack, or say against each other: how much of each kind there is, each list, and the same as a file."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from litestar import Response
from litestar.exceptions import NotFoundException

from contracts.billing.api import list_payer_conflicts
from contracts.booking.moves_api import list_stray_days
from contracts.family.addresses_api import list_unverified_addresses
from contracts.family.gaps import Gap, GapKind
from contracts.family.gaps_api import count_gaps, list_gaps
from contracts.family.merging_api import list_duplicate_files
from contracts.family.protection_api import list_protection_requests
from contracts.http import PAGE_SIZE_MAX, Page
from contracts.operation import Operation
from gateway.composing import Part, permitted
from portal.frame.authorizations import school_years
from portal.frame.exports import ROWS_MAX, Column, can_export, export
from portal.frame.spaces import MenuLabel, file, page
from portal.frame.visit import Visit

PATH: Final = "/agents/dossiers-a-completer"
NAMES: Final[Mapping[GapKind, str]] = {
    GapKind.NO_PAYER: "sans-payeur",
    GapKind.NO_HOME: "enfants-sans-domicile",
    GapKind.NO_REPRESENTATIVE: "enfants-sans-responsable",
    GapKind.NO_SCHOOL: "enfants-sans-ecole",
    GapKind.NO_CLASS: "enfants-sans-classe",
    GapKind.NO_INSURANCE: "enfants-sans-assurance",
    GapKind.UNREACHABLE: "injoignables",
    GapKind.PROTECTED_ADDRESS: "adresses-protegees",
    GapKind.BIRTH_OVERDUE: "naissances-depassees",
    GapKind.CHANGE_WAITING: "corrections",
    GapKind.DOUBLED_ADULT: "adultes-en-double",
    GapKind.REOPENING_ASKED: "reouvertures",
    GapKind.ARCHIVED_IN_USE: "archives-utilises",
    GapKind.ENROLLMENT_LEFT: "inscriptions-restees",
}
KINDS: Final = {name: kind for kind, name in NAMES.items()}
OF_CHILDREN: Final = frozenset({GapKind.NO_HOME, GapKind.NO_REPRESENTATIVE})
"""What is mended on the page of a child's custody."""
OF_ARCHIVE: Final = frozenset({GapKind.REOPENING_ASKED, GapKind.ARCHIVED_IN_USE})
"""What is decided where a file is put aside and taken up."""


ELSEWHERE: Final[Sequence[tuple[str, str, Operation[..., Page[Any]]]]] = (
    ("payer_conflicts", "/agents/payeurs", list_payer_conflicts),
    ("stray_days", "/agents/journees-a-reprendre", list_stray_days),
    ("duplicate_files", "/agents/dossiers-en-double", list_duplicate_files),
    ("unverified_addresses", "/agents/adresses", list_unverified_addresses),
    ("protection_requests", "/agents/adresses-protegees/demandes", list_protection_requests),
)
"""Lists that stand on pages of their own, for whoever may read them."""


@dataclass(frozen=True, slots=True)
class GapLine:
    """A list: what it is of, where it stands, how many there are, None where its service does not answer, and whether there are more."""

    label: str
    url: str
    count: int | None
    has_more: bool = False


@page(PATH, entry=MenuLabel("agents.menu.gaps", "warning", count_gaps))
async def gaps_page(visit: Visit) -> Response[Any]:
    """How many files lack what, and what other services have found."""
    counts, *elsewhere = await asyncio.gather(
        visit.call(count_gaps), *(permitted(visit.call(operation)) for _, _, operation in ELSEWHERE)
    )
    texts = visit.portal.texts
    lines = [
        GapLine(texts(f"agents.gaps.kind.{item.kind}"), f"{PATH}/{NAMES[item.kind]}", item.count)
        for item in counts.items
    ]
    lines += [
        _elsewhere(texts(f"agents.gaps.{key}"), url, part)
        for (key, url, _), part in zip(ELSEWHERE, elsewhere, strict=True)
        if part
    ]
    return visit.page("agents/lifecycle/gaps.html.j2", {"lines": lines})


@page(f"{PATH}/{{name:str}}")
async def gap_page(visit: Visit, name: str) -> Response[Any]:
    """One list."""
    kind = _kind(name)
    gaps, counts = await asyncio.gather(visit.call(list_gaps, kind, visit.cursor), visit.call(count_gaps, kind))
    count, (year, *_) = counts.items[0].count, school_years(visit.portal.today())
    context = {
        "kind": kind,
        "url": f"{PATH}/{name}",
        "gaps": [(gap, mended_at(gap, year)) for gap in gaps.items],
        "next_cursor": gaps.next_cursor,
        "count": count,
        "can_export": can_export(visit) and count <= ROWS_MAX,
        "is_too_long": count > ROWS_MAX,
    }
    return visit.page("agents/lifecycle/gap.html.j2", context)


@file(f"{PATH}/{{name:str}}/tableau")
async def gap_file(visit: Visit, name: str) -> Response[Any]:
    """The same, for a spreadsheet."""
    kind = _kind(name)

    def read(cursor: str | None) -> Awaitable[Page[Gap]]:
        return visit.call(list_gaps, kind, cursor, PAGE_SIZE_MAX)

    columns: Sequence[Column[Gap]] = (
        Column("agents.families.reference", lambda gap: gap.reference),
        Column("agents.families.payer", lambda gap: gap.payer_name),
        Column("agents.gaps.person", lambda gap: gap.person_name),
        Column("agents.gaps.since", lambda gap: gap.since_on),
        Column("agents.gaps.other", lambda gap: gap.other_reference),
    )
    return await export(visit, name, columns, read)


def mended_at(gap: Gap, school_year: int) -> str:
    """The page where a gap is mended; what is of a school year, in the present one."""
    file_url = f"/agents/familles/{gap.household_id}"
    if gap.kind in OF_CHILDREN and gap.person_id is not None:
        return f"/agents/enfants/{gap.person_id}/garde"
    if gap.kind in OF_ARCHIVE:
        return f"{file_url}/archive"
    match gap.kind:
        case GapKind.NO_PAYER:
            return f"{file_url}/payeur"
        case GapKind.BIRTH_OVERDUE:
            return f"{file_url}/naissance/{gap.person_id}"
        case GapKind.NO_INSURANCE:
            return f"/agents/enfants/{gap.person_id}/assurance/{school_year}"
        case GapKind.NO_SCHOOL | GapKind.NO_CLASS:
            return f"/agents/enfants/{gap.person_id}/scolarite"
        case GapKind.PROTECTED_ADDRESS:
            return f"{file_url}/protection"
        case GapKind.CHANGE_WAITING:
            return "/agents/corrections"
        case GapKind.ENROLLMENT_LEFT:
            return f"{file_url}/inscriptions"
        case _:
            return file_url


def _elsewhere(label: str, url: str, part: Part[Page[Any]]) -> GapLine:
    if part.value is None:
        return GapLine(label, url, None)
    return GapLine(label, url, len(part.value.items), part.value.next_cursor is not None)


def _kind(name: str) -> GapKind:
    if (kind := KINDS.get(name)) is None:
        raise NotFoundException
    return kind


PAGES = [gaps_page, gap_page, gap_file]
