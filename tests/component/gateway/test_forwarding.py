"""The forwarder of the public API, proven once for every operation: who is let through, what reaches the service, and what comes back.

Who may do what is the services' own, and stands in the authorization matrix.
"""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from chassis.actor import Actor
from contracts.operation import Operation
from contracts.types import ActorKind
from gateway.api import public_operations
from tests.component.gateway.api import Application, application_of
from tests.component.gateway.town import Town, child_ids, family_of
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

UNLIKE = ("trace_id", "instance")
PRIVATE = [operation for operation in public_operations() if operation.access.needs_actor]


def path_of(operation: Operation[..., Any]) -> str:
    """The operation's public path, about something that nobody has."""
    path = str(operation.public)
    for parameter in operation.parameters:
        path = path.replace(f"{{{parameter.name}}}", str(uuid4()))
    return path


def comparable(answer: httpx2.Response) -> tuple[int, str, dict[str, Any]]:
    """An answer without what differs between two requests."""
    body = answer.json()
    return (
        answer.status_code,
        answer.headers["content-type"],
        {name: value for name, value in body.items() if name not in UNLIKE},
    )


async def test_nobody_without_a_session_reaches_a_service(town: Town) -> None:
    nobody = Application(town.browser().http)
    ended = Application(town.browser().http, "x" * 43)
    seen = {operation.name: await nobody.refused(operation.method, path_of(operation)) for operation in PRIVATE}
    assert len(seen) > 20
    for operation in PRIVATE:
        refusal = (401, "unauthenticated") if operation.is_safe else (403, "forged_request")
        assert seen[operation.name] == refusal, operation.name
        status, _ = await ended.refused(operation.method, path_of(operation))
        assert status == 401, operation.name


async def test_whoever_is_signed_in_gets_the_service_s_own_answer(town: Town) -> None:
    browser, household = await town.parent()
    parent = application_of(browser, town.browser())
    family = town.services["family"]
    guardian_id = household.adults[0].adult_id
    directly = await family.client.get("/me/household", headers=family.as_parent(guardian_id))
    through = await parent.send("GET", "/household")
    assert (through.status_code, through.content) == (200, directly.content)
    (child_id,) = child_ids(household)
    lines = {"lines": [{"child_id": str(child_id), "slot_id": str(uuid4())}]}
    booking = town.services["booking"]
    refused = await booking.client.post("/bookings", json=lines, headers=booking.as_parent(guardian_id) | booking.key())
    assert refused.status_code >= 400
    assert comparable(await parent.send("POST", "/bookings", json=lines, headers=booking.key())) == comparable(refused)


async def test_what_belongs_to_others_is_refused_in_the_service_s_words(town: Town) -> None:
    browser, _ = await town.parent()
    stranger = application_of(browser, town.browser())
    _, household = await town.parent()
    activity_id = await town.booking.activity()
    (slot_id,) = await town.booking.open(activity_id, 10)
    await town.booking.enroll(family_of(household), activity_id)
    (booked,) = (await town.booking.book(family_of(household), slot_id)).json()["bookings"]
    account = (await stranger.get("/sessions/current"))["account_id"]
    actor = Actor(account, ActorKind.PARENT, guardian_id=uuid4())
    booking, family = town.services["booking"], town.services["family"]
    for service, method, path, body in (
        (booking, "POST", "/bookings", {"cancellations": [await town.booking.booking(booked["booking_id"])]}),
        (booking, "POST", "/bookings", {"cancellations": [await town.booking.booking(uuid4())]}),
        (family, "GET", f"/households/{household.household_id}", None),
        (family, "GET", f"/households/{uuid4()}", None),
    ):
        headers = service.as_actor(actor) | service.key()
        directly = await service.client.request(method, path, json=body, headers=headers)
        assert (directly.status_code, directly.json()["code"]) == (404, "not_found")
        assert comparable(await stranger.send(method, path, json=body, headers=service.key())) == comparable(
            directly
        ), path


async def test_a_body_and_a_query_arrive_as_they_were_sent(town: Town) -> None:
    through = application_of(await town.agent(Role.SITE), town.browser())
    booking = town.services["booking"]
    directly = booking.as_agent(Role.SITE)
    for body in (b"{", b"null", b'{"login": "\xff\xfe"}', b"[" * 50_000):
        sent = {"content": body, "headers": {"Content-Type": "application/json", "Idempotency-Key": "k"}}
        answer = await through.send("POST", "/bookings", **sent)
        assert 400 <= answer.status_code < 500
        expected = await booking.client.post("/bookings", content=body, headers={**sent["headers"], **directly})
        assert comparable(answer) == comparable(expected), body[:20]
    for query in ({"from_on": "jamais"}, {"from_on": "2026-09-01", "to_on": "2026-09-02", "cursor": "x y&z"}):
        expected = await booking.client.get("/slots", params=query, headers=directly)
        assert comparable(await through.send("GET", "/slots", params=query)) == comparable(expected), query
