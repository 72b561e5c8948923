"""Families for agents: search, open a household's file, see its account and what was sent, note a quotient."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.types import ActorKind, Civility, QuotientSource
from gateway.admission import Form
from gateway.auth import Visitor
from gateway.clients.calling import Refused
from gateway.composing import optional
from gateway.services import Services

from ...amounts import cents_typed
from ...kit import FormState
from ...render import Notice, Portal, nest

AnyRequest = Request[Any, Any, Any]
CHILDREN_MAX = 15
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
    if form.get("step") == "add_child":
        return _form_page(request, visitor, portal.form_state(_with_children(form, 1)), key)
    try:
        household = await services.family.create_household(visitor.caller, _household_body(portal, form), key)
    except Refused as refused:
        state = portal.form_state(_with_children(form, 0), refused.problem)
        text = None if state.errors else portal.refusal_text(refused.problem)
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
        state = portal.form_state(typed, refused.problem)
        return await _family_page(request, visitor, services, household_id, state)
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


def _household_body(portal: Portal, form: Form) -> dict[str, Any]:
    values: dict[str, Any] = {name: value for name, value in form.values.items() if name not in ("step", "child_count")}
    if typed := values.get(QUOTIENT_FIELD):
        today = datetime.now(UTC).astimezone(portal.town.town.zone).date()
        values[QUOTIENT_FIELD] = cents_typed(typed)
        values["quotient.effective_on"] = values.get("quotient.effective_on") or today.isoformat()
    else:
        values.pop("quotient.effective_on", None)
    return nest(values)


def _with_children(form: Form, added: int) -> dict[str, str]:
    count = int(form.get("child_count")) if form.get("child_count").isdigit() else 1
    return {**form.values, "child_count": str(min(CHILDREN_MAX, max(1, count) + added))}


def _form_page(
    request: AnyRequest, visitor: Visitor, form: FormState, key: str, refusal: str | None = None
) -> Response[str]:
    portal: Portal = request.app.state.portal
    context = {
        "form": form,
        "key": key,
        "refusal": refusal,
        "child_count": int(form.value("child_count", "1")),
        "civilities": [(civility.value, portal.texts(f"agents.civility.{civility}")) for civility in Civility],
    }
    status = 422 if form.errors or refusal else 200
    return portal.page(request, "agents/new_family.html.j2", visitor, context, status=status)


async def _family_page(
    request: AnyRequest, visitor: Visitor, services: Services, household_id: UUID, form: FormState
) -> Response[str]:
    portal: Portal = request.app.state.portal
    household = await services.family.household(visitor.caller, household_id)
    payer_id = household.payer_guardian_id
    accounts, messages = await asyncio.gather(
        optional(services.identity.accounts(visitor.caller, payer_id)),
        optional(services.notifications.messages(visitor.caller, payer_id)),
    )
    context = {
        "household": household,
        "accounts": accounts,
        "messages": messages,
        "form": form,
        "sources": [(source.value, portal.texts(f"agents.source.{source}")) for source in QuotientSource],
    }
    return portal.page(request, "agents/family.html.j2", visitor, context, status=422 if form.errors else 200)


HANDLERS = [families_page, new_family_page, create_family, family_page, set_quotient, invite_again]
