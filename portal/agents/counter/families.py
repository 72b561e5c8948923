"""Families for agents: search, open a household's file, see its account and what was sent, note a quotient."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.billing.api import read_account
from contracts.family.api import (
    change_contact,
    change_kind,
    change_quotient,
    find_households,
    open_household,
    read_custody,
    read_household,
)
from contracts.family.births_api import register_birth
from contracts.family.children_api import read_health
from contracts.family.delegations_api import list_delegations
from contracts.family.entourage_api import read_entourage
from contracts.family.merging_api import merge_files
from contracts.family.models import Household, HouseholdCreate, QuotientChange
from contracts.family.protection_api import protect_address, show_address
from contracts.family.search import FoundChild, HouseholdSummary
from contracts.http import PAGE_SIZE_MAX, Page
from contracts.identity.accounts_api import list_family_accounts
from contracts.identity.api import (
    accepted_terms,
    end_account_sessions,
    find_key_holder,
    give_password,
    invite_again,
    issue_service_key,
    list_accounts,
)
from contracts.identity.merging_api import merge_accounts
from contracts.identity.models import Account
from contracts.notifications.api import list_messages
from contracts.types import Civility, QuotientSource
from gateway.calls import Refused, typed_as
from gateway.composing import Part, no_part, permitted
from portal.agents.mails import link_states
from portal.frame.children import CHILDREN_MAX, child_count, child_number, with_children_in_order
from portal.frame.contact import correct_contact, show_contact
from portal.frame.exports import Column, can_export, export
from portal.frame.history import Names, delegate_names, read_history
from portal.frame.kinds import (
    NAMES,
    ORGANIZATION_FIELDS,
    TYPE,
    kind_asked,
    kind_context,
    kind_named,
    kind_options,
    kind_query,
    of_kind,
)
from portal.frame.spaces import MenuLabel, action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState, Texts
from portal.kit.formats import date_short

GROUPS: Final = ("organization", "guardian", "co_guardian", "address", "children", "expected_children", "quotient")
PARTS: Final = {"co_guardian": "co_guardian_part", "quotient": "value_cents"}
"""Parts of the form whose title invites to fill them in: what they are called where something is wrong."""
TWIN: Final = "household_already_exists"
"""The refusal of a file that looks like another one, and what the form keeps that one's reference under."""
_ADULT: Final = ("civility", "first_name", "last_name", "email", "phone")
NEW_FAMILY: Final = Form(
    HouseholdCreate,
    "agents.new_family",
    (
        *ORGANIZATION_FIELDS,
        *(f"guardian.{name}" for name in _ADULT),
        *(f"address.{name}" for name in ("street", "complement", "postal_code", "city", "country")),
        *(f"children.*.{name}" for name in ("first_name", "last_name", "birth_on")),
        *(f"expected_children.*.{name}" for name in ("first_name", "last_name", "expected_on")),
        *(f"co_guardian.{name}" for name in _ADULT),
        *(f"quotient.{name}" for name in ("value_cents", "effective_on")),
        "twin_reason",
    ),
)
COLUMNS: Final[Sequence[Column[HouseholdSummary]]] = (
    Column("agents.families.payer", lambda household: household.payer_name),
    Column("agents.families.children", lambda household: ", ".join(_with_birth(child) for child in household.children)),
    Column("agents.families.city", lambda household: household.city),
    Column("agents.families.email", lambda household: household.email),
    Column("agents.families.reference", lambda household: household.reference),
)
NEW_QUOTIENT: Final = Form(QuotientChange, "agents.family", ("value_cents", "effective_on", "source"))


@page("/agents/familles", entry=MenuLabel("agents.menu.families", "family", find_households))
async def families_page(visit: Visit) -> Response[Any]:
    """Find a family by a name, a telephone number, an e-mail address, a child's birth date or its reference."""
    search, kind = visit.query("recherche").strip(), kind_named(visit, visit.query(TYPE))
    households = await visit.call(find_households, search, visit.cursor, kind=kind)
    context = {
        "search": search,
        "households": households.items,
        "next_cursor": households.next_cursor,
        "kinds": kind_options(visit),
        "can_export": can_export(visit),
        "can_read_accounts": visit.may(list_family_accounts),
        "can_find_by_key": visit.portal.town.has_service_keys and visit.may(find_key_holder),
        "filters": {**({"recherche": search} if search else {}), **({TYPE: NAMES[kind]} if kind else {})},
    }
    return visit.page("agents/counter/families.html.j2", context)


@file("/agents/familles/tableau")
async def families_file(visit: Visit) -> Response[Any]:
    """The families found, for a spreadsheet."""

    kind, texts = kind_named(visit, visit.query(TYPE)), visit.portal.texts

    def read(cursor: str | None) -> Awaitable[Page[HouseholdSummary]]:
        return visit.call(find_households, visit.query("recherche").strip(), cursor, PAGE_SIZE_MAX, kind)

    kinds: list[Column[HouseholdSummary]] = [
        Column("agents.families.kind", lambda household: texts(f"kinds.name_of.{household.kind}"))
    ]
    return await export(visit, "familles", [*COLUMNS, *(kinds if kind_options(visit) else [])], read)


@page("/agents/familles/nouvelle")
async def new_family_page(visit: Visit) -> Response[Any]:
    """The form that opens a household's file."""
    form, texts = visit.form(NEW_FAMILY, {"child_count": "1"}), visit.portal.texts
    count = int(form.value("child_count", "1"))
    context = {
        "labels": {name: _part_of_form(texts, name) for name in form.errors},
        "child_count": count,
        "can_add_child": count < CHILDREN_MAX,
        "twin": form.value(TWIN),
        "has_twin": bool(form.value(TWIN) or form.value("twin_reason") or form.error("twin_reason")),
        "has_expected": any(name.startswith("expected_children") for name in (*form.errors, *_filled(form))),
        "has_co_guardian": any(name.startswith("co_guardian") for name in (*form.errors, *_filled(form))),
        "civilities": [(civility.value, texts(f"agents.civility.{civility}")) for civility in Civility],
        **kind_context(visit, new_family_page.path),
    }
    return visit.page("agents/counter/new_family.html.j2", context, form=form)


@action("/agents/familles/nouvelle")
async def create_family(visit: Visit) -> Response[Any]:
    """Open the file; its account and its welcome mail follow by themselves."""
    typed = with_children_in_order(NEW_FAMILY.typed(visit.posted.values))
    count, kind = child_count(visit.posted.get("child_count")), kind_asked(visit)
    if visit.posted.get("step") == "add_child":
        one_more = str(min(CHILDREN_MAX, count + 1))
        return await show_again(visit, new_family_page, FormState({**typed, "child_count": one_more}))
    body = of_kind(_household_body(typed, visit.portal.today()), kind)
    try:
        household = await visit.call(open_household, typed_as(HouseholdCreate, body))
    except Refused as refused:
        twin = refused.problem.params.get("reference", "") if refused.problem.code == TWIN else ""
        form = visit.refused(refused, {**typed, "child_count": str(count), TWIN: str(twin)}, NEW_FAMILY)
        return await show_again(visit, new_family_page, form, kind_query(kind))
    return visit.redirect(f"/agents/familles/{household.household_id}", opened_notice(visit, household))


def opened_notice(visit: Visit, household: Household) -> FlashNotice:
    """What an agent is told of a file that they opened: whether an invitation is on its way."""
    if not any(adult.email for adult in household.adults):
        return FlashNotice("success", "household_created_without_email")
    invites = visit.portal.town.invites_at_once
    return FlashNotice("success", "household_created" if invites else "household_created_to_invite")


@page("/agents/familles/{household_id:uuid}")
async def family_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """A household's file."""
    household = await visit.call(read_household, household_id)
    payer_id = household.payer_adult_id or next((adult.adult_id for adult in household.adults), None)
    adults = {adult.adult_id: f"{adult.first_name} {adult.last_name.upper()}" for adult in household.adults}
    people = adults | {child.child_id: child.first_name for child in household.children}
    delegations = await permitted(visit.call(list_delegations, household_id))
    given = delegations.value.items if delegations and delegations.value else ()
    actors = delegate_names(given, visit.portal.texts) | adults
    (money, messages, history), accounts = await asyncio.gather(
        asyncio.gather(
            permitted(visit.call(read_account, household_id)),
            permitted(visit.call(list_messages, payer_id)) if payer_id else no_part(),
            read_history(visit, household_id, Names(actors=actors, people=people)),
        ),
        asyncio.gather(*(permitted(visit.call(list_accounts, adult_id)) for adult_id in adults)),
    )
    context = {
        "household": household,
        "money": money,
        "links": link_states(
            messages.value.items if messages and messages.value else (),
            {account.invitation_id: account.invitation_expires_at for account in _known(accounts)},
            visit.portal.now(),
        ),
        "accounts": accounts,
        "messages": messages,
        "history": history,
        "can_change_kind": visit.may(change_kind) and len(visit.portal.town.kinds) > 1,
        "delegations": delegations,
        "can_see_custody": visit.may(read_custody),
        "can_register_birth": visit.may(register_birth),
        "can_note_quotient": visit.may(change_quotient),
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
        "sources": [(source.value, visit.portal.texts(f"agents.source.{source}")) for source in QuotientSource],
    }
    return visit.page("agents/counter/family.html.j2", context, form=visit.form(NEW_QUOTIENT))


@action("/agents/familles/{household_id:uuid}/quotient")
async def set_quotient(visit: Visit, household_id: UUID) -> Response[Any]:
    """Note a family quotient from a day on."""
    typed = NEW_QUOTIENT.typed(visit.posted.values)
    try:
        await visit.call(change_quotient, household_id, typed_as(QuotientChange, NEW_QUOTIENT.body(typed)))
    except Refused as refused:
        form = visit.refused(refused, typed, NEW_QUOTIENT)
        return await show_again(visit, family_page, form, household_id=household_id)
    return visit.redirect(f"/agents/familles/{household_id}", FlashNotice("success", "quotient_noted"))


@page("/agents/familles/{household_id:uuid}/coordonnees/{adult_id:uuid}")
async def adult_page(visit: Visit, household_id: UUID, adult_id: UUID) -> Response[Any]:
    """How an adult of a household is reached."""
    path = f"/agents/familles/{household_id}/coordonnees/{adult_id}"
    return await show_contact(visit, adult_id, path, str(household_id))


@action("/agents/familles/{household_id:uuid}/coordonnees/{adult_id:uuid}")
async def correct_adult(visit: Visit, household_id: UUID, adult_id: UUID) -> Response[Any]:
    back = f"/agents/familles/{household_id}"
    return await correct_contact(visit, adult_id, adult_page, back, household_id=household_id, adult_id=adult_id)


def _with_birth(child: FoundChild) -> str:
    return f"{child.first_name} {child.last_name} ({date_short(child.birth_on)})"


def _known(parts: Sequence[Part[Page[Account]] | None]) -> list[Account]:
    """The accounts that were read: what was mailed to two of one address may open the account of either."""
    return [account for part in parts if part and part.value for account in part.value.items]


def _household_body(typed: Mapping[str, str], today: date) -> dict[str, Any]:
    # A part that was left blank is sent empty, so that each of its fields is said to be missing.
    body: dict[str, Any] = {"guardian": {}, "address": {}} | NEW_FAMILY.body(typed)
    if "expected_children" in body:
        body = {"children": []} | body
    quotient = body.pop("quotient", {})
    return {**body, "quotient": {"effective_on": today.isoformat(), **quotient}} if "value_cents" in quotient else body


def _part_of_form(texts: Texts, field: str) -> str:
    """The title of the part of the form that a field is in."""
    group = field.partition(".")[0]
    if number := child_number(field):
        return texts("agents.new_family.child", number=int(number) + 1)
    return texts(f"agents.new_family.{PARTS.get(group, group)}" if group in GROUPS else "agents.new_family.title")


def _filled(form: FormState) -> list[str]:
    return [name for name in form.values if form.value(name).strip()]


PAGES = [
    families_page,
    families_file,
    new_family_page,
    create_family,
    family_page,
    set_quotient,
    adult_page,
    correct_adult,
]
