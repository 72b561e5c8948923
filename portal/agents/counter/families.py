"""Families for agents: search, open a file, correct how its adults are reached. The file itself: `portal/agents/file`."""

from collections.abc import Awaitable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import find_households, open_household
from contracts.family.archives_api import archive_household
from contracts.family.models import Household, HouseholdCreate
from contracts.family.search import FoundChild, HouseholdSummary
from contracts.http import PAGE_SIZE, PAGE_SIZE_MAX, Page
from contracts.identity.accounts_api import list_family_accounts
from contracts.identity.api import find_key_holder
from contracts.types import Civility
from gateway.calls import Refused, typed_as
from portal.agents.counter.school_filter import SchoolFilter, school_filter
from portal.agents.references import named_file, numbered_request
from portal.frame.addresses import asked_back, asking, settled
from portal.frame.children import CHILDREN_MAX, child_count, child_number, with_children_in_order
from portal.frame.contact import correct_contact, show_contact
from portal.frame.exports import Column, can_export, export
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
ARCHIVED: Final = "archives"
"""The parameter of the list of files that were put aside."""
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
        "secret_reason",
    ),
)
COLUMNS: Final[Sequence[Column[HouseholdSummary]]] = (
    Column("agents.families.payer", lambda household: household.payer_name),
    Column("agents.families.children", lambda household: ", ".join(_with_birth(child) for child in household.children)),
    Column("agents.families.city", lambda household: household.city),
    Column("agents.families.email", lambda household: household.email),
    Column("agents.families.reference", lambda household: household.reference),
)


@page("/agents/familles", entry=MenuLabel("agents.menu.families", "family", find_households))
async def families_page(visit: Visit) -> Response[Any]:
    """Find a family by a name, a telephone number, an e-mail address or a child's birth date; a reference opens its file, the number of a request that request."""
    search, kind = visit.query("recherche").strip(), kind_named(visit, visit.query(TYPE))
    is_archived = visit.query(ARCHIVED) == "1"
    if request_id := await numbered_request(visit, search):
        return visit.redirect(f"/agents/demarches/{request_id}")
    pupils = await school_filter(visit)
    households = await _found(visit, pupils, visit.cursor, PAGE_SIZE)
    if household_id := named_file(households.items):
        return visit.redirect(f"/agents/familles/{household_id}")
    context = {
        "pupils": pupils,
        "search": search,
        "households": households.items,
        "next_cursor": households.next_cursor,
        "kinds": kind_options(visit),
        "can_export": can_export(visit),
        "can_read_accounts": visit.may(list_family_accounts),
        "can_find_by_key": visit.portal.town.has_service_keys and visit.may(find_key_holder),
        "is_archived": is_archived,
        "can_archive": visit.may(archive_household),
        "filters": {
            **({"recherche": search} if search else {}),
            **({TYPE: NAMES[kind]} if kind else {}),
            **({ARCHIVED: "1"} if is_archived else {}),
            **pupils.query,
        },
    }
    return visit.page("agents/counter/families.html.j2", context)


@file("/agents/familles/tableau")
async def families_file(visit: Visit) -> Response[Any]:
    """The families found, for a spreadsheet."""

    texts, pupils = visit.portal.texts, await school_filter(visit)

    def read(cursor: str | None) -> Awaitable[Page[HouseholdSummary]]:
        return _found(visit, pupils, cursor, PAGE_SIZE_MAX)

    kinds: list[Column[HouseholdSummary]] = [
        Column("agents.families.kind", lambda household: texts(f"kinds.name_of.{household.kind}"))
    ]
    return await export(visit, "familles", [*COLUMNS, *(kinds if kind_options(visit) else [])], read)


def _found(visit: Visit, pupils: SchoolFilter, cursor: str | None, limit: int) -> Awaitable[Page[HouseholdSummary]]:
    """The files that the address asks for."""
    search, is_archived = visit.query("recherche").strip(), visit.query(ARCHIVED) == "1"
    kind = kind_named(visit, visit.query(TYPE))
    return visit.call(find_households, search, cursor, limit, kind, is_archived, pupils.school_code, pupils.class_id)


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
        "suggestions": await asked_back(visit, form),
        "has_secret": bool(form.value("secret_reason").strip() or form.error("secret_reason")),
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
    answer = await settled(visit, typed)
    if answer.is_to_ask:
        again = asking(visit, {**typed, "child_count": str(count)})
        return await show_again(visit, new_family_page, again, kind_query(kind))
    typed = answer.typed
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
    adult_page,
    correct_adult,
]
