"""S: each service refuses by itself what the town asks a proof for, before it reads what was asked, and says what to do."""

import re
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx2
import pytest

from chassis.actor import Actor
from contracts.identity.permissions import IdentityPermission
from contracts.operation import Operation
from contracts.permissions import PERMISSIONS
from contracts.types import SERVICES, ActorKind, StepUp
from tests.component.gateway.town import NO_PROVIDER
from tests.component.identity.walk import town_file
from tests.support.applications import Applications
from tests.support.services import RunningService
from tools.contracts.openapi_documents import operations

pytestmark = pytest.mark.anyio

ASKING: Final = [operation for name in SERVICES for operation in operations(name) if operation.step_up]


async def asked(service: RunningService, operation: Operation[..., Any], actor: Actor) -> httpx2.Response:
    """An operation about nothing that exists, without its body."""
    path = re.sub(r"{\w+}", lambda _match: uuid4().hex, operation.path)
    return await service.client.request(operation.method, path, headers=service.as_actor(actor) | service.key())


def somebody(kind: ActorKind, opened: frozenset[str]) -> Actor:
    """Who may do everything, once what it belongs to is open."""
    guardian_id = uuid4() if kind in (ActorKind.PARENT, ActorKind.DELEGATE) else None
    permissions = frozenset(PERMISSIONS) if kind is ActorKind.AGENT else frozenset[str]()
    return Actor(uuid4(), kind, guardian_id, permissions=permissions, sites=None, opened=opened)


@pytest.mark.parametrize("operation", ASKING, ids=lambda operation: operation.name)
async def test_an_operation_is_closed_without_a_proof(
    applications: Applications, operation: Operation[..., Any], tmp_path: Path
) -> None:
    step_up = operation.step_up
    assert step_up is not None
    others = frozenset(set(StepUp) - {step_up})
    settings = {"payfip_url": NO_PROVIDER} if operation.service == "billing" else {}
    async with applications.lend(operation.service, town_file=town_file(tmp_path), **settings) as service:
        for kind in step_up.asked_of:
            if not operation.access.allows(kind, PERMISSIONS.keys()):
                continue
            refused = await asked(service, operation, somebody(kind, others))
            document = refused.json()
            assert (refused.status_code, document["code"]) == (403, "step_up_needed"), kind
            assert document["params"] == {"step_up": step_up.value}
            assert "POST /me/step-up/codes" in document["detail"]
            assert (await asked(service, operation, somebody(kind, frozenset({step_up})))).status_code != 403, kind
        for kind in set(ActorKind) - step_up.asked_of:
            answer = await asked(service, operation, somebody(kind, others))
            assert "step_up_needed" not in answer.text, kind


def test_what_could_lock_somebody_out_or_take_something_away_belongs_to_a_class() -> None:
    by_class = {step_up: {item.name for item in ASKING if item.step_up is step_up} for step_up in StepUp}
    assert by_class[StepUp.ADDRESS] == {"change_contact"}
    managing = {
        item.name
        for item in operations("identity")
        if item.access.permission is IdentityPermission.MANAGE_AGENTS and item.method != "GET"
    }
    assert by_class[StepUp.AGENTS] == managing >= {"create_agent", "change_agent", "invite_agent"}
    assert by_class[StepUp.ACCOUNTS] >= {"give_password"}
    assert by_class[StepUp.EXPORTS] >= {"record_export"}
    assert by_class[StepUp.INVOICES] == {
        *("list_invoices", "read_invoice", "read_invoice_pdf"),
        *("list_certificates", "issue_certificate", "read_certificate"),
    }
    assert by_class[StepUp.PAYMENTS] == {"start_payment"}
