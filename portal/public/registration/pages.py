"""Asking for a space without an account: who one is, where one lives, and the children.

What the pages say is the same for every address, so that nobody learns from them who has a space.
"""

from typing import Any, Final

from litestar import Response

from contracts.family.api import ask_registration
from contracts.family.registrations import RegistrationCreate
from contracts.types import Civility
from gateway.auth import WrongSpace
from gateway.calls import Refused, typed_as
from portal.frame.children import CHILDREN_MAX, child_count, child_number, with_children_in_order
from portal.frame.kinds import ORGANIZATION_FIELDS, kind_asked, kind_context, kind_query, of_kind
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import Visit
from portal.kit import Form, FormState

PATH: Final = "/creer-mon-espace"
ASKED_PATH: Final = f"{PATH}/envoye"
REGISTRATION: Final = Form(
    RegistrationCreate,
    "registration",
    (
        *ORGANIZATION_FIELDS,
        *(f"guardian.{name}" for name in ("civility", "first_name", "last_name", "email", "phone")),
        *(f"address.{name}" for name in ("street", "complement", "postal_code", "city", "country")),
        *(f"children.*.{name}" for name in ("first_name", "last_name", "birth_on")),
        "secret_reason",
    ),
)


@page(PATH)
async def registration_page(visit: Visit) -> Response[Any]:
    """The form, with room for one child more each time that it is asked for."""
    _require_open(visit)
    form, texts = visit.form(REGISTRATION, {"child_count": "1"}), visit.portal.texts
    count = int(form.value("child_count", "1"))
    labels = {
        name: texts("registration.child", number=int(number) + 1)
        for name in form.errors
        if (number := child_number(name))
    }
    context = {
        "labels": labels,
        "child_count": count,
        "can_add_child": count < CHILDREN_MAX,
        "has_secret": bool(form.value("secret_reason").strip() or form.error("secret_reason")),
        "civilities": [(civility.value, texts(f"registration.civility_of.{civility}")) for civility in Civility],
        **kind_context(visit, PATH),
    }
    return visit.page("public/registration/registration.html.j2", context, form=form)


@action(PATH)
async def ask_for_a_space(visit: Visit) -> Response[Any]:
    """Send the request to the town."""
    _require_open(visit)
    typed = with_children_in_order(REGISTRATION.typed(visit.posted.values))
    count, kind = child_count(visit.posted.get("child_count")), kind_asked(visit)
    if visit.posted.get("step") == "add_child":
        one_more = str(min(CHILDREN_MAX, count + 1))
        return await show_again(visit, registration_page, FormState({**typed, "child_count": one_more}))
    # A part that was left blank is sent empty, so that each of its fields is said to be missing.
    body = of_kind({"guardian": {}, "address": {}} | REGISTRATION.body(typed), kind)
    try:
        await visit.call(ask_registration, typed_as(RegistrationCreate, body))
    except Refused as refused:
        form = visit.refused(refused, {**typed, "child_count": str(count)}, REGISTRATION)
        return await show_again(visit, registration_page, form, kind_query(kind))
    return visit.redirect(ASKED_PATH)


@page(ASKED_PATH)
async def asked_page(visit: Visit) -> Response[Any]:
    """What happens now, the same for every address."""
    _require_open(visit)
    return visit.page("public/registration/asked.html.j2")


def _require_open(visit: Visit) -> None:
    """Raises WrongSpace in a town that opens files itself."""
    if not visit.portal.town.has_registration:
        raise WrongSpace


PAGES = [registration_page, ask_for_a_space, asked_page]
