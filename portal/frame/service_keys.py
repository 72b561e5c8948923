"""The keys of the town's services, as a form: the last but one of a family's first steps, and a page of its space later."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from litestar import Response

from contracts.identity.api import enter_service_keys, own_services
from contracts.identity.models import CurrentSession
from contracts.identity.service_keys import OwnService, ServiceKeysEntry
from gateway.calls import typed_as
from portal.frame.visit import Visit
from portal.kit import Form

KEYS: Final = Form(ServiceKeysEntry, "service_keys", ("keys.*.service", "keys.*.key"))


async def show_keys(visit: Visit, template: str, context: Mapping[str, Any]) -> Response[Any]:
    """A page with a row for each service, and in it the key that came with the invitation."""
    services: Sequence[OwnService] = (await visit.call(own_services)).services
    labels = {f"keys.{number}.key": service.label for number, service in enumerate(services)}
    return visit.page(template, {**context, "services": services, "labels": labels}, form=visit.form(KEYS))


async def enter_keys(visit: Visit, typed: Mapping[str, str]) -> CurrentSession:
    """Enter what was typed in the rows; what is remembered of the session is no longer true then. Raises Refused."""
    session = await visit.call(enter_service_keys, typed_as(ServiceKeysEntry, KEYS.body(typed)))
    visit.sessions.forget(visit.visitor.session_token)
    return session


def has_typed_key(typed: Mapping[str, str]) -> bool:
    """Whether any row was filled in."""
    return any(value.strip() for name, value in typed.items() if name.endswith(".key"))
