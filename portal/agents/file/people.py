"""The people of a file: adults and how they are reached, children, the quotient, the accounts, and whom the family lets act."""

from typing import Any
from uuid import UUID

from litestar import Response

from contracts.family.api import change_contact, change_kind, join_household, read_custody
from contracts.family.births_api import register_birth
from contracts.family.changes_api import ask_child, change_civil_status
from contracts.family.children_api import enter_authorizations, read_health
from contracts.family.derogations_api import list_derogations
from contracts.family.entourage_api import read_entourage
from contracts.family.merging_api import merge_files
from contracts.family.protection_api import protect_address, show_address
from contracts.family.resources_api import read_resources
from contracts.family.schools_api import read_schooling
from contracts.identity.api import (
    accepted_terms,
    end_account_sessions,
    give_password,
    invite_again,
    issue_service_key,
)
from contracts.identity.merging_api import merge_accounts
from portal.agents.file.head import head_of
from portal.agents.file.lately import delegations_of
from portal.agents.file.reading import PATH, household_of, open_file, value_of
from portal.frame.authorizations import school_years
from portal.frame.spaces import page
from portal.frame.visit import Visit


@page(f"{PATH}/personnes")
async def people_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """Who belongs to the file, and what can be done about each of them."""
    household = household_of(visit, household_id)
    delegations = delegations_of(visit, household_id)
    opened = await open_file(visit, household_id, household)
    context = {
        **head_of(visit, opened, "people"),
        "accounts": opened.accounts,
        "known_accounts": opened.known_accounts,
        "delegations": await delegations,
        "can_change_kind": visit.may(change_kind) and len(visit.portal.town.kinds) > 1,
        "can_enter_authorizations": visit.may(enter_authorizations),
        "school_year": school_years(visit.portal.today())[0],
        "insurances": {item.child_id: item for item in known.children}
        if (known := value_of(opened.insurances))
        else {},
        "can_see_custody": visit.may(read_custody),
        "can_see_sector": visit.may(list_derogations),
        "can_see_schooling": visit.may(read_schooling),
        "can_register_birth": visit.may(register_birth),
        "can_see_resources": visit.may(read_resources),
        "can_correct_status": visit.may(change_civil_status),
        "can_keep_members": visit.may(join_household),
        "can_add_child": visit.may(ask_child),
        "can_correct_contact": visit.may(change_contact),
        "can_protect": visit.may(protect_address) or visit.may(show_address),
        "can_see_health": visit.may(read_health),
        "can_see_entourage": visit.may(read_entourage),
        "can_invite": visit.may(invite_again),
        "can_see_acceptances": visit.may(accepted_terms),
        "can_give_password": visit.may(give_password),
        "can_end_sessions": visit.may(end_account_sessions),
        "can_issue_keys": visit.may(issue_service_key),
        "can_merge": visit.may(merge_accounts),
        "can_merge_files": visit.may(merge_files),
    }
    return visit.page("agents/file/people.html.j2", context, form=visit.form())


PAGES = [people_page]
