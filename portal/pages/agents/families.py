"""Families for agents: search, open a household's file, see its account and what was sent, note a quotient."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.types import ActorKind, Civility, QuotientSource
from gateway.admission import Form
from gateway.auth import Visitor
from gateway.clients.calling import Refused
from gateway.composing import permitted
from gateway.services import Services

from ...amounts import cents_typed
from ...kit import FormState, Texts
from ...render import Notice, Portal, nest

AnyRequest = Request[Any, Any, Any]
CHILDREN_MAX = 15
GROUPS = ("guardian", "co_guardian", "address", "children", "quotient")
QUOTIENT_FIELD = "quotient.value_cents"


@get("/agents/familles")
async def families_page(
    request: AnyRequest,
    visitor: NamedDependency[Visitor],
    portal: NamedDependency[Portal],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Find a family by a name, an e-mail or its reference."""
    visitor.require(ActorKind.AGENT)
    search = request.query_params.get("recherche", "").strip()
    found = await services.family.households(visitor.caller, search or None, request.query_params.get("suite"))
    context = {"search": search, "households": found.items, "next_cursor": found.next_cursor}
    return portal.page(request, "agents/families.html.j2", visitor, context)


@get("/agents/familles/nouvelle")
async def new_family_page(request: AnyRequest, visitor: NamedDependency[Visitor]) -> Response[Any]:
    """The form that opens a household's file."""
    visitor.require(ActorKind.AGENT)
    return _form_page(request, visitor, FormState(values={"child_count": "1"}), str(uuid4()))


@post("/agents/familles/nouvelle")
async def create_family(
    request: AnyRequest,
    visitor: NamedDependency[Visitor],
    form: NamedDependency[Form],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Open the file; its account and its welcome mail follow by themselves."""
    visitor.require(ActorKind.AGENT)
    portal: Portal = request.app.state.portal
    key = form.get("idempotency_key") or str(uuid4())
    typed = with_children_in_order(form.values)
    if form.get("step") == "add_child":
        return _form_page(request, visitor, portal.form_state(_with_child_count(typed, 1)), key)
    try:
        household = await services.family.create_household(visitor.caller, _household_body(portal, typed), key)
    except Refused as refused:
        state = portal.form_state(_with_child_count(typed, 0), refused.problem)
        text = "" if state.errors else portal.refusal_text(refused.problem)
        return _form_page(request, visitor, state, str(uuid4()), text)
    return portal.redirect(f"/agents/familles/{household.household_id}", Notice("success", "household_created"))


@get("/agents/familles/{household_id:uuid}")
async def family_page(
    request: AnyRequest,
    household_id: FromPath[UUID],
    visitor: NamedDependency[Visitor],
    services: NamedDependency[Services],
) -> Response[Any]:
    """A household's file."""
    visitor.require(ActorKind.AGENT)
    return await _family_page(request, visitor, services, household_id, FormState())


@post("/agents/familles/{household_id:uuid}/quotient")
async def set_quotient(
    request: AnyRequest,
    household_id: FromPath[UUID],
    visitor: NamedDependency[Visitor],
    form: NamedDependency[Form],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Note a family quotient from a day on."""
    visitor.require(ActorKind.AGENT)
    portal: Portal = request.app.state.portal
    typed = {name: form.get(name) for name in ("value_cents", "effective_on", "source")}
    try:
        body = nest({**typed, "value_cents": cents_typed(typed["value_cents"])})
        await services.family.set_quotient(visitor.caller, household_id, body)
    except Refused as refused:
        if refused.problem.status == 404:
            raise
        state = portal.form_state(typed, refused.problem)
        text = "" if state.errors else portal.refusal_text(refused.problem)
        return await _family_page(request, visitor, services, household_id, state, text)
    return portal.redirect(f"/agents/familles/{household_id}", Notice("success", "quotient_noted"))


@post("/agents/familles/{household_id:uuid}/invitation/{account_id:uuid}")
async def invite_again(
    household_id: FromPath[UUID],
    account_id: FromPath[UUID],
    visitor: NamedDependency[Visitor],
    portal: NamedDependency[Portal],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Send a new activation link; the former one no longer works."""
    visitor.require(ActorKind.AGENT)
    await services.identity.invite_again(visitor.caller, account_id)
    return portal.redirect(f"/agents/familles/{household_id}", Notice("success", "invitation_sent"))


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


def _household_body(portal: Portal, typed: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {name: value for name, value in typed.items() if name not in ("step", "child_count")}
    if quotient := values.get(QUOTIENT_FIELD):
        values[QUOTIENT_FIELD] = cents_typed(quotient)
        values["quotient.effective_on"] = values.get("quotient.effective_on") or portal.today().isoformat()
    else:
        values.pop("quotient.effective_on", None)
    # A part that was left blank is sent empty, so that each of its fields is said to be missing.
    return {"guardian": {}, "address": {}, "children": [{}]} | nest(values)


def _with_child_count(typed: Mapping[str, str], added: int) -> dict[str, str]:
    count = int(typed["child_count"]) if typed.get("child_count", "").isdecimal() else 1
    return {**typed, "child_count": str(min(CHILDREN_MAX, max(1, count) + added))}


def _part_of_form(texts: Texts, field: str) -> str:
    """The title of the part of the form that a field is in."""
    group = field.partition(".")[0]
    if number := _child_number(field):
        return texts("agents.new_family.child", number=int(number) + 1)
    return texts(f"agents.new_family.{group}" if group in GROUPS else "agents.new_family.title")


def _form_page(request: AnyRequest, visitor: Visitor, form: FormState, key: str, refusal: str = "") -> Response[str]:
    portal: Portal = request.app.state.portal
    child_count = int(form.value("child_count", "1"))
    context = {
        "form": form,
        "key": key,
        "refusal": refusal,
        "labels": {name: _part_of_form(portal.texts, name) for name in form.errors},
        "child_count": child_count,
        "can_add_child": child_count < CHILDREN_MAX,
        "has_co_guardian": any(name.startswith("co_guardian") for name in (*form.errors, *_filled(form))),
        "civilities": [(civility.value, portal.texts(f"agents.civility.{civility}")) for civility in Civility],
    }
    status = 422 if form.errors or refusal else 200
    return portal.page(request, "agents/new_family.html.j2", visitor, context, status=status)


def _filled(form: FormState) -> list[str]:
    return [name for name in form.values if form.value(name).strip()]


async def _family_page(
    request: AnyRequest,
    visitor: Visitor,
    services: Services,
    household_id: UUID,
    form: FormState,
    refusal: str = "",
) -> Response[str]:
    portal: Portal = request.app.state.portal
    household = await services.family.household(visitor.caller, household_id)
    payer_id = household.payer_guardian_id
    accounts, messages = await asyncio.gather(
        permitted(services.identity.accounts(visitor.caller, payer_id)),
        permitted(services.notifications.messages(visitor.caller, payer_id)),
    )
    context = {
        "household": household,
        "accounts": accounts,
        "messages": messages,
        "form": form,
        "refusal": refusal,
        "sources": [(source.value, portal.texts(f"agents.source.{source}")) for source in QuotientSource],
    }
    status = 422 if form.errors or refusal else 200
    return portal.page(request, "agents/family.html.j2", visitor, context, status=status)


HANDLERS = [families_page, new_family_page, create_family, family_page, set_quotient, invite_again]
