"""The keys of the town's services for agents: where those of a household's adults stand, giving one, and the sheet that it is printed on."""

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import read_household
from contracts.identity.api import issue_service_key, list_accounts
from contracts.identity.service_keys import ServiceKeyRequest
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import Visit
from portal.kit import FormState

PATH: Final = "/agents/familles/{household_id:uuid}/cles"


@page(PATH)
async def keys_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """The adults of a household who have an account, each with the services of the town."""
    household = await visit.call(read_household, household_id)
    pages = await asyncio.gather(*(visit.call(list_accounts, adult.adult_id) for adult in household.adults))
    # An account of several adults is named once, after all of them.
    accounts = {account.account_id: account for page in pages for account in page.items}
    holders = [
        ([adult for adult in household.adults if adult.adult_id in account.guardian_ids], account)
        for account in accounts.values()
    ]
    context = {"household": household, "holders": holders, "can_issue": visit.may(issue_service_key)}
    return visit.page("agents/counter/service_keys.html.j2", context)


@page(f"{PATH}/feuille")
async def sheet_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """The sheet of a key that was given a moment ago. The browser keeps it until it is shown, nothing else does."""
    household, form = await visit.call(read_household, household_id), visit.form()
    if not form.value("key"):
        return visit.redirect(f"/agents/familles/{household_id}/cles", visit.shown_before("key_shown_once"))
    holder = next((adult for adult in household.adults if str(adult.adult_id) == form.value("adult_id")), None)
    town = visit.portal.town.town
    context = {"household": household, "holder": holder, "town_name": town.full_name, "today": visit.portal.today()}
    return visit.once(visit.page("agents/counter/key_sheet.html.j2", context, form=form))


@action(f"{PATH}/{{account_id:uuid}}")
async def give_key(visit: Visit, household_id: UUID, account_id: UUID) -> Response[Any]:
    """Make a key, and lead to its sheet: the account's former one for the service dies."""
    issued = await visit.call(
        issue_service_key, account_id, ServiceKeyRequest(service=visit.posted.get("service") or "unknown")
    )
    values = {"key": issued.key, "label": issued.label, "adult_id": visit.posted.get("adult_id")}
    return await show_again(visit, sheet_page, FormState(values), household_id=household_id)


PAGES = [keys_page, sheet_page, give_key]
