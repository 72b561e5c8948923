"""The request of each cell, and what its answer amounts to.

What an operation is given is real and right, so that a cell which should be allowed really is carried out; it gets things of its
own where doing it twice would be refused for another reason.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final
from uuid import uuid4

import httpx2

from tests.component.authorization import (
    agents,
    births,
    certificates,
    changes,
    child_files,
    delegations,
    documents,
    entourage,
    exports,
    file_pairs,
    lifecycle,
    pairs,
    passkeys,
    protections,
    queue,
    readings,
    registrations,
    requests,
    resources,
    school_cells,
    schooling,
)
from tests.component.authorization.bodies import BODIES, DAYS_AHEAD, household_named, someone
from tests.component.authorization.matrix import ANONYMOUS, FAMILIES, FORMERS, SECRETS, Cell
from tests.component.authorization.world import World
from tests.component.gateway.town import Town
from tests.support.services import RunningService

QUERY_NAMES: Final = {
    "household": ("household_id",),
    "guardian": ("guardian_id", "recipient_id"),
    "activity": ("activity_id",),
    "name": ("search",),
}
SHARED: Final = ("activity", "agent", "change", "household_import", "invitation_run", "organization", "slot", "run")


async def _in_town(make: Callable[[Town], Awaitable[str]], world: World) -> str:
    return await make(world.town)


PREPARED: Final[Mapping[str, Callable[[World, Cell], Awaitable[object]]]] = {
    "list_waiting_enrollments": lambda world, _: world.request("first"),
    "list_declarations": resources.waiting,
    "households_without_resources": lambda world, _: resources.unknown(world),
    "list_duplicate_files": lambda world, _: file_pairs.alike(world),
}
"""What there must be before an operation is called, whoever calls."""
GIVEN: Final[Mapping[str, Callable[[World], Awaitable[str]]]] = {
    "reset_second_factor": lambda world: world.enrolled_agent(),
    "give_roles_back": lambda world: agents.lapsed(world.town),
    "decide_agent_change": lambda world: agents.change(world.town),
}
"""What an operation is about where it is allowed."""
OF_HOUSEHOLDS: Final[Mapping[str, Callable[[World, Cell, str], Awaitable[str]]]] = {
    "person_change": changes.one_for,
    "contact": lambda world, _, household: entourage.one_for(world, household),
    **dict.fromkeys(queue.BATCHES, queue.batch),
    "document": documents.one_for,
    "request": requests.one_for,
    "reading": lambda world, _, household: readings.one_for(world, household),
    "certificate": certificates.one_for,
    "export": exports.one_for,
    "declaration": resources.one_for,
    "derogation": lambda world, _, household: schooling.one_for(world, household),
}
"""What is made for each cell anew, in a household, by the kind that it names."""
OF_THE_TOWN: Final[Mapping[str, Callable[[World], Awaitable[str]]]] = {
    "pair": pairs.pair,
    "merge": pairs.merge,
    "file_pair": file_pairs.pair,
    "file_merge": file_pairs.merge,
    "segment": schooling.segment,
    "protection_request": protections.asked_for,
    "registration": lambda world: registrations.waiting(world.town),
    "expected_child": lambda world: births.expected(world.town),
    **{name: partial(_in_town, make) for name, make in lifecycle.FILES.items()},
}
"""The same, of nobody's household, where it is allowed; elsewhere an id of nothing."""
POSTED: Final = {**BODIES, **queue.BODIES}
PEOPLE: Final = ("person_id", "adult_id")
"""Who is named beside the object: somebody of a family that no actor belongs to."""
TARIFF: Final = "leisure"
"""What stands in the path of the one operation whose object is the town's alone."""


async def answer_to(
    world: World, cell: Cell, before_it: Callable[[], Awaitable[object]] | None = None
) -> httpx2.Response:
    """Perform a cell, after something that is done once all that it needs is there."""
    operation = cell.operation
    named = await _object(world, cell)
    body = await POSTED[operation.name](world, cell, named) if operation.name in POSTED else None
    path = operation.path
    for parameter in operation.parameters:
        value = someone(world) if parameter in PEOPLE and cell.names != "adult" else named or TARIFF
        if parameter == "session_id":
            value = await _session_id(world, cell)
        if parameter == "page_id":
            value = documents.page_of(cell, named)
        if parameter == "passkey_id":
            value = await passkeys.own_id(world, named) if cell.expected == "ok" else uuid4().hex
        if parameter == "child_id" and cell.names == "class_change":
            value = world.owned["first"]["child"]
        if parameter in ("child_id", "portrait_id") and cell.names == "slot":
            value = await entourage.on_sheet(world, parameter)
        if parameter == "school_year":
            value = child_files.school_year(await world.town.booking.today())
        if parameter == "other_id":
            value = await file_pairs.other(world, cell, named)
        if parameter == "service":
            value = exports.SERVICE
        if parameter == "kind":
            value = {"request": requests.PIECE, "document": "document"}.get(cell.names, "no_payer")
        if parameter == "code":
            value = requests.CODE
        if parameter == "step":
            value = "1"
        if parameter == "merged_account_id":
            value = pairs.request(world)[parameter]
        path = path.replace(f"{{{parameter}}}", value)
    today = await world.town.booking.today()
    given = {"from_on": str(today), "to_on": str(await world.town.booking.day(DAYS_AHEAD))}
    given |= {"since_on": str(today), "permission": "family.queue.read"}
    given |= dict.fromkeys(QUERY_NAMES.get(cell.names, ()), named) if named else {}
    query = {name: value for name, value in given.items() if name in operation.parameters}
    headers = {"Idempotency-Key": str(uuid4()), **await _headers(world, cell, named)}
    client = _service(world, cell).client
    if before_it is not None:
        await before_it()
    response = await client.request(operation.method, path, params=query, json=body, headers=headers)
    if response.is_success:
        _keep_secrets(world, cell, response)
    return response


def _keep_secrets(world: World, cell: Cell, response: httpx2.Response) -> None:
    """What takes the place of the actor's secrets: the token of a session that was renewed, and new recovery codes."""
    if cell.operation.name in ("choose_credentials", "enter_second_factor"):
        world.people[cell.actor].session = response.json()["session_token"]
    if cell.operation.name == "enroll_second_factor":
        world.people[cell.actor].session = response.json()["session"]["session_token"]
    if cell.operation.name == "renew_recovery_codes":
        world.devices[cell.actor].recovery_codes = response.json()["codes"]


def outcome(response: httpx2.Response) -> str:
    """`ok`, `none` for an empty list, or the status."""
    if not response.is_success:
        return str(response.status_code)
    is_empty = response.content.startswith(b'{"items":[],') or response.content.endswith(b',"rows":[]}')
    return "none" if is_empty else "ok"


def _service(world: World, cell: Cell) -> RunningService:
    return world.town.services[cell.operation.application]


async def _object(world: World, cell: Cell) -> str | None:
    """The id or secret that a cell names; None when it names none."""
    if cell.operation.name in PREPARED:
        await PREPARED[cell.operation.name](world, cell)
    if not cell.names or cell.about == "unnamed":
        return None
    if cell.about == "random":
        return secrets.token_urlsafe(24) if cell.names in ("link", *SECRETS) else uuid4().hex
    if cell.names in SECRETS:
        return await _secret(world, cell)
    if cell.expected == "ok" and cell.operation.name in GIVEN:
        return await GIVEN[cell.operation.name](world)
    household = str(household_named(cell))
    if cell.operation.name in protections.NEEDED and cell.expected == "ok":
        await protections.protected(world, household)
    if cell.names in OF_HOUSEHOLDS:
        return await OF_HOUSEHOLDS[cell.names](world, cell, household)
    if cell.names in OF_THE_TOWN:
        return await OF_THE_TOWN[cell.names](world) if cell.expected == "ok" else uuid4().hex
    return await _owned(world, cell, household)


async def _owned(world: World, cell: Cell, household: str) -> str:
    """What the world has of a kind, or makes for whoever may have it."""
    if cell.names == "adult" and cell.about == "own" and cell.actor in (*FAMILIES, *FORMERS):
        return str(world.people[cell.actor].actor.guardian_id)
    if cell.names == "delegation" and cell.about == "own" and cell.expected == "ok":
        return await delegations.one_for(world, cell)
    if cell.names in school_cells.OBJECTS:
        return await school_cells.one_for(world, cell)
    if cell.names in SHARED:
        return await _fresh_run(world, cell) if cell.names == "run" else world.shared[cell.names]
    if cell.names == "link" and cell.about == "own" and cell.actor != "erased_parent":
        return await world.link()
    if cell.operation.name in queue.REQUESTED and cell.expected == "ok" and cell.about != "erased":
        return await world.request(household)
    if cell.operation.name == "start_payment" and cell.expected == "ok":
        return await world.invoice(household)
    return world.owned[household][cell.names]


async def _secret(world: World, cell: Cell) -> str:
    """A session (or login) of the actor's own, or of the parent who was erased."""
    if cell.about == "own" and cell.operation.name in ("sign_out", "leave") and cell.actor not in FORMERS:
        return await world.signed_in(cell.actor)
    person = world.people["erased_parent" if cell.about == "erased" else cell.actor]
    return person.login if cell.names == "login" else person.session


async def _session_id(world: World, cell: Cell) -> str:
    """The session that is to be ended: another one of whoever asks, where that is possible."""
    if cell.expected != "ok":
        return uuid4().hex
    other = {"X-Session": await world.signed_in(cell.actor)}
    answer = await _service(world, cell).client.get("/me/sessions", headers=other)
    return next(str(item["session_id"]) for item in answer.json()["items"] if item["is_current"])


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
