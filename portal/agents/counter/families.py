"""Families for agents: search, open a household's file, see its account and what was sent, note a quotient."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.billing.api import read_account
from contracts.family.api import change_contact, change_quotient, find_households, open_household, read_household
from contracts.family.models import HouseholdCreate, HouseholdSummary, QuotientChange
from contracts.http import PAGE_SIZE_MAX, Page
from contracts.identity.api import accepted_terms, give_password, invite_again, issue_service_key, list_accounts
from contracts.notifications.api import list_messages
from contracts.types import Civility, QuotientSource
from gateway.calls import Refused, typed_as
from gateway.composing import no_part, permitted
from portal.frame.contact import correct_contact, show_contact
from portal.frame.exports import Column, export
from portal.frame.history import Names, read_history
from portal.frame.spaces import MenuLabel, action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState, Texts

CHILDREN_MAX: Final = 15
GROUPS: Final = ("guardian", "co_guardian", "address", "children", "quotient")
_ADULT: Final = ("civility", "first_name", "last_name", "email", "phone")
NEW_FAMILY: Final = Form(
    HouseholdCreate,
    "agents.new_family",
    (
        *(f"guardian.{name}" for name in _ADULT),
        *(f"address.{name}" for name in ("street", "complement", "postal_code", "city")),
        *(f"children.*.{name}" for name in ("first_name", "last_name", "birth_on")),
        *(f"co_guardian.{name}" for name in _ADULT),
        *(f"quotient.{name}" for name in ("value_cents", "effective_on")),
    ),
)
COLUMNS: Final[Sequence[Column[HouseholdSummary]]] = (
    Column("agents.families.payer", lambda household: household.payer_name),
    Column("agents.families.children", lambda household: ", ".join(household.children)),
    Column("agents.families.city", lambda household: household.city),
    Column("agents.families.email", lambda household: household.email),
    Column("agents.families.reference", lambda household: household.reference),
)
NEW_QUOTIENT: Final = Form(QuotientChange, "agents.family", ("value_cents", "effective_on", "source"))


@page("/agents/familles", entry=MenuLabel("agents.menu.families", "family", find_households))
async def families_page(visit: Visit) -> Response[Any]:
    """Find a family by a name, an e-mail or its reference."""
    search = visit.query("recherche").strip()
    households = await visit.call(find_households, search, visit.cursor)
    context = {"search": search, "households": households.items, "next_cursor": households.next_cursor}
    return visit.page("agents/counter/families.html.j2", context)


@file("/agents/familles/tableau")
async def families_file(visit: Visit) -> Response[Any]:
    """The families found, for a spreadsheet."""

    def read(cursor: str | None) -> Awaitable[Page[HouseholdSummary]]:
        return visit.call(find_households, visit.query("recherche").strip(), cursor, PAGE_SIZE_MAX)

    return await export(visit, "familles", COLUMNS, read)


@page("/agents/familles/nouvelle")
async def new_family_page(visit: Visit) -> Response[Any]:
    """The form that opens a household's file."""
    form, texts = visit.form(NEW_FAMILY, {"child_count": "1"}), visit.portal.texts
    child_count = int(form.value("child_count", "1"))
    context = {
        "labels": {name: _part_of_form(texts, name) for name in form.errors},
        "child_count": child_count,
        "can_add_child": child_count < CHILDREN_MAX,
        "has_co_guardian": any(name.startswith("co_guardian") for name in (*form.errors, *_filled(form))),
        "civilities": [(civility.value, texts(f"agents.civility.{civility}")) for civility in Civility],
    }
    return visit.page("agents/counter/new_family.html.j2", context, form=form)


@action("/agents/familles/nouvelle")
async def create_family(visit: Visit) -> Response[Any]:
    """Open the file; its account and its welcome mail follow by themselves."""
    typed = with_children_in_order(NEW_FAMILY.typed(visit.posted.values))
    child_count = _child_count(visit.posted.get("child_count"))
    if visit.posted.get("step") == "add_child":
        one_more = str(min(CHILDREN_MAX, child_count + 1))
        return await show_again(visit, new_family_page, FormState({**typed, "child_count": one_more}))
    body = _household_body(typed, visit.portal.today())
    try:
        household = await visit.call(open_household, typed_as(HouseholdCreate, body))
    except Refused as refused:
        form = visit.refused(refused, {**typed, "child_count": str(child_count)}, NEW_FAMILY)
        return await show_again(visit, new_family_page, form)
    is_invited = any(adult.email for adult in household.adults)
    notice = FlashNotice("success", "household_created" if is_invited else "household_created_without_email")
    return visit.redirect(f"/agents/familles/{household.household_id}", notice)


@page("/agents/familles/{household_id:uuid}")
async def family_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """A household's file."""
    household = await visit.call(read_household, household_id)
    payer_id = household.payer_adult_id or next((adult.adult_id for adult in household.adults), None)
    adults = {adult.adult_id: f"{adult.first_name} {adult.last_name.upper()}" for adult in household.adults}
    people = adults | {child.child_id: child.first_name for child in household.children}
    money, messages, history, *accounts = await asyncio.gather(
        permitted(visit.call(read_account, household_id)),
        permitted(visit.call(list_messages, payer_id)) if payer_id else no_part(),
        read_history(visit, household_id, Names(actors=adults, people=people)),
        *(permitted(visit.call(list_accounts, adult_id)) for adult_id in adults),
    )
    context = {
        "household": household,
        "money": money,
        "accounts": accounts,
        "messages": messages,
        "history": history,
        "can_note_quotient": visit.may(change_quotient),
        "can_correct_contact": visit.may(change_contact),
        "can_invite": visit.may(invite_again),
        "can_see_acceptances": visit.may(accepted_terms),
        "can_give_password": visit.may(give_password),
        "can_issue_keys": visit.may(issue_service_key),
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


def with_children_in_order(typed: Mapping[str, str]) -> dict[str, str]:
    """The form with its blank children left out, and the others numbered from zero as the service will count them."""
    numbers = sorted({int(part) for name, value in typed.items() if value.strip() and (part := _child_number(name))})
    ranks = {str(number): str(rank) for rank, number in enumerate(numbers)}
    return {
        name.replace(number, ranks[number], 1) if number else name: value
        for name, value in typed.items()
        if not (number := _child_number(name)) or number in ranks
    }


def _child_number(name: str) -> str:
    """The digits of a field of a child, nothing for any other field."""
    group, _, rest = name.partition(".")
    number = rest.partition(".")[0]
    return number if group == "children" and number.isdecimal() else ""


def _household_body(typed: Mapping[str, str], today: date) -> dict[str, Any]:
    # A part that was left blank is sent empty, so that each of its fields is said to be missing.
    body = {"guardian": {}, "address": {}, "children": [{}]} | NEW_FAMILY.body(typed)
    quotient = body.pop("quotient", {})
    return {**body, "quotient": {"effective_on": today.isoformat(), **quotient}} if "value_cents" in quotient else body


def _child_count(typed: str) -> int:
    """How many children the form had room for."""
    return min(CHILDREN_MAX, max(1, int(typed))) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 1


def _part_of_form(texts: Texts, field: str) -> str:
    """The title of the part of the form that a field is in."""
    group = field.partition(".")[0]
    if number := _child_number(field):
        return texts("agents.new_family.child", number=int(number) + 1)
    return texts(f"agents.new_family.{group}" if group in GROUPS else "agents.new_family.title")


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
