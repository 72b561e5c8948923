"""The request of each cell, and what its answer amounts to.

What an operation is given is real and right, so that a cell which should be allowed really is carried out; it gets things of its
own where doing it twice would be refused for another reason.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import uuid4

import httpx2

from tests.component.authorization.matrix import ANONYMOUS, FAMILIES, FORMERS, SECRETS, Cell
from tests.component.authorization.world import HOUSEHOLD_OF, World
from tests.component.gateway.town import PASSWORD, household_body
from tests.support.roles import Role, agent_body
from tests.support.services import RunningService

QUERY_NAMES: Final = {
    "household": ("household_id",),
    "guardian": ("guardian_id", "recipient_id"),
    "activity": ("activity_id",),
    "name": ("search",),
}
SHARED: Final = ("activity", "agent", "slot", "run")
DAYS_AHEAD: Final = 180
PEOPLE: Final = ("person_id", "adult_id")
"""Who is named beside the object: somebody of a family that no actor belongs to."""
LAST_DAY: Final = date(2090, 1, 1)
TARIFF: Final = "leisure"
"""What stands in the path of the one operation whose object is the town's alone."""

Body = Callable[[World, Cell, str | None], Awaitable[Any]]


async def answer_to(
    world: World, cell: Cell, before_it: Callable[[], Awaitable[object]] | None = None
) -> httpx2.Response:
    """Perform a cell, after something that is done once all that it needs is there."""
    operation = cell.operation
    named = await _object(world, cell)
    body = await BODIES[operation.name](world, cell, named) if operation.name in BODIES else None
    path = operation.path
    for parameter in operation.parameters:
        value = _person(world) if parameter in PEOPLE and cell.names != "adult" else named or TARIFF
        path = path.replace(f"{{{parameter}}}", value)
    today = await world.town.booking.today()
    given = {"from_on": str(today), "to_on": str(await world.town.booking.day(DAYS_AHEAD))}
    given |= dict.fromkeys(QUERY_NAMES.get(cell.names, ()), named) if named else {}
    query = {name: value for name, value in given.items() if name in operation.parameters}
    headers = {"Idempotency-Key": str(uuid4()), **await _headers(world, cell, named)}
    client = _service(world, cell).client
    if before_it is not None:
        await before_it()
    response = await client.request(operation.method, path, params=query, json=body, headers=headers)
    if operation.name == "choose_credentials" and response.is_success:
        world.people[cell.actor].session = response.json()["session_token"]
    return response


def _person(world: World) -> str:
    return str(world.households["left"].adults[0].adult_id)


async def _membership(world: World, cell: Cell, named: str | None) -> Any:
    return {"starts_on": str(await world.town.booking.today())}


async def _membership_end(world: World, cell: Cell, named: str | None) -> Any:
    # Each ends earlier than the one before: there is something to end every time.
    return {"ends_on": str(LAST_DAY - timedelta(days=next(world.endings)))}


async def _payer(world: World, cell: Cell, named: str | None) -> Any:
    return {"adult_id": _person(world), "starts_on": str(await world.town.booking.today())}


async def _responsibility(world: World, cell: Cell, named: str | None) -> Any:
    return {"role": "pickup", "starts_on": str(await world.town.booking.today())}


async def _responsibility_end(world: World, cell: Cell, named: str | None) -> Any:
    return {"role": "pickup", "ends_on": str(await world.town.booking.day(DAYS_AHEAD))}


async def _residence(world: World, cell: Cell, named: str | None) -> Any:
    household_id = world.owned[household_named(cell) or "first"]["household"]
    return {
        "pattern": "single",
        "household_ids": [household_id],
        "evidence": f"Jugement n° {next(world.endings)}",
        "starts_on": str(await world.town.booking.today()),
    }


def outcome(response: httpx2.Response) -> str:
    """`ok`, `none` for an empty list, or the status."""
    if not response.is_success:
        return str(response.status_code)
    is_empty = response.content.startswith(b'{"items":[],') or response.content.endswith(b',"rows":[]}')
    return "none" if is_empty else "ok"


def _service(world: World, cell: Cell) -> RunningService:
    return world.town.services[cell.operation.application]


def household_named(cell: Cell) -> str | None:
    """Which household a cell is about; None for an object that nobody has."""
    if cell.about == "other":
        return "first" if cell.actor == "other_parent" else "second"
    return {"own": HOUSEHOLD_OF.get(cell.actor, "first"), "erased": "erased"}.get(cell.about)


async def _object(world: World, cell: Cell) -> str | None:
    """The id or secret that a cell names; None when it names none."""
    if not cell.names or cell.about == "unnamed":
        return None
    if cell.about == "random":
        return secrets.token_urlsafe(24) if cell.names in ("link", *SECRETS) else uuid4().hex
    if cell.names in SECRETS:
        return await _secret(world, cell)
    if cell.names == "adult" and cell.about == "own" and cell.actor in (*FAMILIES, *FORMERS):
        return str(world.people[cell.actor].actor.guardian_id)
    if cell.names in SHARED:
        return await _fresh_run(world, cell) if cell.names == "run" else world.shared[cell.names]
    if cell.names == "link" and cell.about == "own" and cell.actor != "erased_parent":
        return await world.link()
    if cell.operation.name == "decide_enrollment" and cell.expected == "ok" and cell.about != "erased":
        return await world.request(str(household_named(cell)))
    if cell.operation.name == "start_payment" and cell.expected == "ok":
        return await world.invoice(str(household_named(cell)))
    return world.owned[str(household_named(cell))][cell.names]


async def _secret(world: World, cell: Cell) -> str:
    """A session (or login) of the actor's own, or of the parent who was erased."""
    if cell.about == "own" and cell.operation.name == "sign_out" and cell.actor not in FORMERS:
        return await world.signed_in(cell.actor)
    person = world.people["erased_parent" if cell.about == "erased" else cell.actor]
    return person.login if cell.names == "login" else person.session


async def _fresh_run(world: World, cell: Cell) -> str:
    steps = {
        "review_invoice_run": (),
        "issue_invoice_run": ("review",),
        "redraft_invoice_run": (),
        "discard_invoice_run": (),
    }
    if cell.expected == "ok" and cell.operation.name in steps:
        return await world.run(*steps[cell.operation.name])
    return world.shared["run"]


async def _headers(world: World, cell: Cell, named: str | None) -> Mapping[str, str]:
    """Who asks."""
    is_own_secret = cell.names == "session"
    if cell.operation.application == "gateway":
        token = named if is_own_secret else getattr(world.people.get(cell.actor), "session", None)
        return {"Authorization": f"Bearer {token}"} if token and cell.names != "login" else {}
    address = {"X-Client-Address": f"198.51.100.{secrets.randbelow(250)}"}
    session = {"X-Session": named} if is_own_secret and named else {}
    if cell.actor == ANONYMOUS:
        return address | session
    return {**address, **session, **_service(world, cell).as_actor(world.people[cell.actor].actor)}


async def _changes(world: World, cell: Cell, named: str | None) -> Any:
    if cell.names == "booking":
        return {"cancellations": [named]}
    slot_id = next(world.slots) if cell.expected == "ok" else world.shared["slot"]
    return {"lines": [{"child_id": named, "slot_id": str(slot_id)}] if named else []}


async def _enrollment(world: World, cell: Cell, named: str | None) -> Any:
    activity_id = await world.activity() if cell.expected == "ok" else world.shared["activity"]
    return {"activity_id": activity_id, **({"child_id": named} if named else {})}


async def _quote(world: World, _cell: Cell, named: str | None) -> Any:
    line = {
        "child_id": named,
        "activity_id": world.shared["activity"],
        "service_on": str(await world.town.booking.day(20)),
    }
    return {"lines": [line] if named else []}


async def _credentials(world: World, cell: Cell, _named: str | None) -> Any:
    secret = {"password": PASSWORD, "password_confirmation": PASSWORD, "current_password": PASSWORD}
    return {"username": world.people[cell.actor].username if cell.expected == "ok" else "somebody", **secret}


async def _terms(world: World, cell: Cell, named: str | None) -> Any:
    identity = world.town.services["identity"].client
    has_session = cell.expected == "ok" and named
    served = (await identity.get("/terms", headers={"X-Session": str(named)} if has_session else {})).json()
    return {"version": served["version"], "end_token": served["end_token"] or "", "is_accepted": True}


async def _quotient(world: World, _cell: Cell, _named: str | None) -> Any:
    return {"value_cents": secrets.randbelow(100_000), "effective_on": str(await world.town.booking.today())}


async def _address(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"email": f"{uuid4().hex}@famille.example"}


async def _agent(_world: World, _cell: Cell, _named: str | None) -> Any:
    return agent_body(f"agent-{uuid4().hex[:12]}", Role.SITE)


async def _agent_change(_world: World, _cell: Cell, _named: str | None) -> Any:
    names = ("first_name", "last_name", "service", "roles", "has_every_site")
    return {name: agent_body("agent", Role.SITE)[name] for name in names} | {"last_name": uuid4().hex}


async def _names(_world: World, _cell: Cell, named: str | None) -> Any:
    return {"account_ids": [named]}


async def _household(_world: World, _cell: Cell, _named: str | None) -> Any:
    return household_body()


async def _activity(world: World, _cell: Cell, _named: str | None) -> Any:
    return await world.town.booking.activity_body()


async def _days(world: World, _cell: Cell, _named: str | None) -> Any:
    return {"days": [str(await world.town.booking.day(10))], "capacity": 10}


async def _tariff(_world: World, _cell: Cell, _named: str | None) -> Any:
    bracket = {"label": "Tous", "quotient_min_cents": 0, "quotient_max_cents": None, "price_cents": 100}
    return {"label": "Journée", "effective_on": "2100-01-01", "brackets": [bracket]}


async def _month(world: World, _cell: Cell, _named: str | None) -> Any:
    return {"period": world.month()}


async def _marks(world: World, _cell: Cell, _named: str | None) -> Any:
    return {"marks": [{"booking_id": booking_id, "attendance": "present"} for booking_id in world.marked]}


def _field(name: str, **others: Any) -> Body:
    """A body with one field for the object that is named."""

    async def body(_world: World, _cell: Cell, named: str | None) -> Any:
        return {**others, **({name: named} if named else {})}

    return body


def _fixed(**fields: Any) -> Body:
    """A body that is always the same."""

    async def body(_world: World, _cell: Cell, _named: str | None) -> Any:
        return fields

    return body


BODIES: Final[Mapping[str, Body]] = {
    "sign_in": _field("login", password=PASSWORD),
    "choose_credentials": _credentials,
    "accept_terms": _terms,
    "activate": _field("token"),
    "request_reset": _address,
    "create_agent": _agent,
    "change_agent": _agent_change,
    "agent_names": _names,
    "open_household": _household,
    "change_quotient": _quotient,
    "join_household": _membership,
    "leave_household": _membership_end,
    "change_payer": _payer,
    "change_contact": lambda world, _cell, named: world.correction(named),
    "change_responsibility": _responsibility,
    "end_responsibility": _responsibility_end,
    "change_residence": _residence,
    "create_activity": _activity,
    "open_slots": _days,
    "request_enrollment": _enrollment,
    "decide_enrollment": _fixed(is_validated=True),
    "change_bookings": _changes,
    "mark_attendance": _marks,
    "change_tariff": _tariff,
    "quote": _quote,
    "create_invoice_run": _month,
    "review_invoice_run": _fixed(),
    "start_payment": _fixed(),
    "notify_payment": _field("operation_id"),
}
