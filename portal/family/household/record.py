"""The administrative file of a household on one page, as its family sees it: what is known, what is missing, and where each is mended."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import my_household
from contracts.family.authorizations import Authorizations
from contracts.family.children_api import my_children, read_authorizations
from contracts.family.document_words import DocumentStatus
from contracts.family.documents_api import own_documents
from contracts.family.insurance import Insurance
from contracts.family.insurance_api import read_insurance
from contracts.family.resources_api import own_resources
from gateway.composing import Part, no_part, permitted
from portal.family.home.pages import own_guardian, shown_email
from portal.frame.alike import child_names
from portal.frame.authorizations import school_years
from portal.frame.spaces import page
from portal.frame.visit import Visit

PATH: Final = "/ma-famille/dossier-administratif"
LISTED: Final = (DocumentStatus.SENT, DocumentStatus.VALIDATED, DocumentStatus.REFUSED, DocumentStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class ChildYear:
    """What is said of a child for a school year: what its parents authorize, and who insures it in a town that asks."""

    child_id: UUID
    authorized: Part[Authorizations] | None
    insured: Part[Insurance] | None


@page(PATH)
async def record_page(visit: Visit) -> Response[Any]:
    """People, address, quotient, documents, insurances and authorizations of the year; a part whose service is silent says so."""
    household, children = await asyncio.gather(visit.call(my_household), visit.call(my_children))
    year = school_years(today := visit.portal.today())[0]
    is_organization = household.organization is not None
    documents, resources, years = await asyncio.gather(
        permitted(visit.call(own_documents)),
        no_part() if is_organization else permitted(visit.call(own_resources)),
        asyncio.gather(*(_year_of(visit, child.child_id, year) for child in children.items)),
    )
    own = own_guardian(Part(household), visit.session.guardian_id)
    context = {
        "household": household,
        "own": own,
        "email": shown_email(visit, own),
        "names": child_names(household.children) | child_names(children.items),
        "reached": {child.child_id for child in children.items},
        "documents": documents,
        "listed": [item for item in documents.value.items if item.status in LISTED]
        if documents and documents.value
        else [],
        "resources": resources,
        "year": year,
        "years": years,
        "today": today,
        "carrier": visit.portal.town.town.protected_mail_by,
    }
    return visit.page("family/household/record.html.j2", context)


async def _year_of(visit: Visit, child_id: UUID, year: int) -> ChildYear:
    authorized, insured = await asyncio.gather(
        permitted(visit.call(read_authorizations, child_id, year)),
        permitted(visit.call(read_insurance, child_id, year)) if visit.portal.town.asks_insurance else no_part(),
    )
    return ChildYear(child_id, authorized, insured)


PAGES = [record_page]
