"""The public API as an application of the town uses it: sign in, look, enrol, book, take attendance, invoice."""

from uuid import uuid4

import pytest

from tests.component.gateway.api import Application, application_of, parent_application
from tests.component.gateway.browser import Browser
from tests.component.gateway.town import PASSWORD, Town, child_ids, household_body
from tests.support.roles import ROLES, Role

pytestmark = pytest.mark.anyio


@pytest.fixture
async def agent(town: Town) -> Application:
    """An application of an agent with every role."""
    return application_of(await town.agent(*Role), town.browser())


async def test_session_is_opened_read_and_ended(town: Town) -> None:
    agent = await town.agent(Role.FINANCE)
    application = Application(town.browser().http)
    assert await application.refused("GET", "/sessions/current") == (401, "unauthenticated")
    opened = await application.post("/sessions", {"login": agent.username, "password": PASSWORD})
    application.token = opened["session_token"]
    session = await application.get("/sessions/current")
    assert (session["kind"], session["name"], session["stage"]) == ("agent", "Camille Marchand", "ready")
    assert set(session["permissions"]) == ROLES["finance"].permissions
    assert "actor_token" not in session
    assert (await application.send("DELETE", "/sessions/current")).status_code == 204
    assert await application.refused("GET", "/sessions/current") == (401, "unauthenticated")


async def test_sign_in_sets_no_cookie_and_a_wrong_password_is_a_problem(town: Town) -> None:
    agent = await town.agent(Role.FINANCE)
    browser = town.browser()
    answer = await browser.http.post("/api/v1/sessions", json={"login": agent.username, "password": PASSWORD})
    assert answer.status_code == 201
    assert "set-cookie" not in answer.headers
    answer = await browser.http.post("/api/v1/sessions", json={"login": agent.username, "password": "wrong-1"})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


async def test_catalogue_is_public_and_a_family_is_not(town: Town) -> None:
    stranger = Application(town.browser().http)
    activity_id = await town.booking.activity()
    assert str(activity_id) in {activity["activity_id"] for activity in (await stranger.get("/activities"))["items"]}
    assert "items" in await stranger.get("/tariffs")
    for path in ("/household", "/households", "/enrollments", "/invoices", "/invoice-runs"):
        assert await stranger.refused("GET", path) == (401, "unauthenticated"), path
    assert await stranger.refused("POST", "/bookings", json={"lines": []}) == (403, "forged_request")


async def test_agent_opens_and_finds_a_household(agent: Application) -> None:
    body = household_body()
    opened = await agent.post("/households", body)
    household = await agent.get(f"/households/{opened['household_id']}")
    assert household["adults"][0]["email"] == body["guardian"]["email"]
    results = await agent.get("/households", search=body["guardian"]["last_name"])
    assert [item["household_id"] for item in results["items"]] == [opened["household_id"]]


async def test_idempotency_key_is_wanted_and_honoured(agent: Application) -> None:
    body, key = household_body(), str(uuid4())
    assert await agent.refused("POST", "/households", json=body) == (400, "idempotency_key_missing")
    first, again = [await agent.post("/households", body, key=key) for _ in range(2)]
    assert first == again
    other = await agent.refused("POST", "/households", json=household_body(), headers={"Idempotency-Key": key})
    assert other == (422, "idempotency_key_reused")


async def test_rights_are_the_services_own(town: Town) -> None:
    parent, household = await parent_application(town)
    assert (await parent.get("/household"))["household_id"] == str(household.household_id)
    key = {"Idempotency-Key": str(uuid4())}
    for method, path, body in (
        ("GET", "/households", None),
        ("POST", "/households", household_body()),
        ("POST", f"/enrollments/{uuid4()}/decision", {"is_validated": True}),
        ("POST", "/invoice-runs", {"period": "2026-09"}),
        ("POST", f"/invoice-runs/{uuid4()}/issue", None),
        ("GET", f"/slots/{uuid4()}/attendance", None),
    ):
        assert await parent.refused(method, path, json=body, headers=key) == (403, "forbidden"), path


async def test_child_is_enrolled_booked_and_given_back(town: Town, agent: Application) -> None:
    parent, household = await parent_application(town)
    activity_id = await town.booking.activity()
    (slot_id,) = await town.booking.open(activity_id, 10)
    (child_id,) = child_ids(household)
    wish = {"child_id": str(child_id), "activity_id": str(activity_id)}
    enrollment = await parent.post("/enrollments", wish)
    decision = f"/enrollments/{enrollment['enrollment_id']}/decision"
    decided = await agent.post(decision, {"is_validated": True}, status=200)
    assert decided["status"] == "validated"
    day = str(await town.booking.day(10))
    calendar = await parent.get("/calendar", from_on=day, to_on=day)
    assert [cell["state"] for row in calendar["rows"] for cell in row["cells"]] == ["bookable"]
    basket = {"lines": [{"child_id": str(child_id), "slot_id": str(slot_id)}]}
    (booking,) = (await parent.post("/bookings", basket))["bookings"]
    assert [b["booking_id"] for b in (await parent.get("/bookings", from_on=day, to_on=day))["items"]] == [
        booking["booking_id"]
    ]
    of_household = {"from_on": day, "to_on": day, "household_id": str(household.household_id)}
    assert len((await agent.get("/bookings", **of_household))["items"]) == 1
    changes = {"cancellations": [{"booking_id": booking["booking_id"], "service_on": day}]}
    (given_back,) = (await parent.post("/bookings", changes))["cancelled"]
    assert given_back["status"] == "cancelled"
    stranger, _ = await parent_application(town)
    other = await stranger.refused("POST", "/bookings", json=changes, headers={"Idempotency-Key": "theirs"})
    assert other == (404, "not_found")


async def test_refusals_of_a_basket_come_line_by_line(town: Town) -> None:
    parent, household = await parent_application(town)
    (child_id,) = child_ids(household)
    basket = {"lines": [{"child_id": str(child_id), "slot_id": str(uuid4())}]}
    answer = await parent.send("POST", "/bookings", json=basket, headers={"Idempotency-Key": "k"})
    assert answer.status_code in (404, 409, 422)
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/lines/0/slot_id", "slot_unknown")
    ]


async def test_description_is_the_published_one_and_speaks_of_the_api_alone(town: Town) -> None:
    browser: Browser = town.browser()
    document = (await browser.get("/api/v1/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"] == {"session": {"type": "http", "scheme": "bearer"}}
    assert {path.startswith("/api/v1/") for path in document["paths"]} == {True}
    served = {
        (method.upper(), route.path_format)
        for route in town.gateway.routes
        if route.path.startswith("/api/v1/")
        for method in route.methods - {"OPTIONS", "HEAD"}
    }
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert described == served - {("GET", "/api/v1/openapi.json")}
