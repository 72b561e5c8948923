"""What is posted in each cell: real and right, so that a cell which should be allowed really is carried out."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from contracts.billing.payers import payer_id_of
from tests.component.authorization import (
    agent_bodies,
    births,
    certificates,
    child_files,
    circulars,
    delegations,
    file_pairs,
    homes,
    lifecycle,
    organizations,
    pairs,
    passkeys,
    protections,
    readings,
    requests,
    resources,
    school_cells,
    schooling,
    service_keys,
)
from tests.component.authorization.imports import import_body
from tests.component.authorization.invitations import run_body
from tests.component.authorization.matrix import Cell
from tests.component.authorization.registrations import registration_body
from tests.component.authorization.world import HOUSEHOLD_OF, World
from tests.component.gateway.town import PASSWORD, household_body
from tests.support.authenticator import Authenticator

DAYS_AHEAD: Final = 180
LAST_DAY: Final = date(2090, 1, 1)

Body = Callable[[World, Cell, str | None], Awaitable[Any]]


def someone(world: World) -> str:
    """Who is named beside the object: somebody of a family that no actor belongs to."""
    return str(world.households["left"].adults[0].adult_id)


def household_named(cell: Cell) -> str | None:
    """Which household a cell is about; None for an object that nobody has."""
    if cell.about == "other":
        return "first" if cell.actor == "other_parent" else "second"
    return {"own": HOUSEHOLD_OF.get(cell.actor, "first"), "erased": "erased"}.get(cell.about)


async def _membership(world: World, cell: Cell, named: str | None) -> Any:
    return {"starts_on": str(await world.town.booking.today())}


async def _membership_end(world: World, cell: Cell, named: str | None) -> Any:
    # Each ends earlier than the one before: there is something to end every time.
    return {"ends_on": str(LAST_DAY - timedelta(days=next(world.endings)))}


async def _kind(world: World, _cell: Cell, _named: str | None) -> Any:
    # Another name each time: there is something to change.
    return {"kind": "association", "organization": organizations.organization(f"Les Tilleuls {next(world.endings)}")}


async def _payer(world: World, cell: Cell, named: str | None) -> Any:
    return {"adult_id": someone(world), "starts_on": str(await world.town.booking.today())}


async def _responsibility(world: World, cell: Cell, named: str | None) -> Any:
    return {"role": "pickup", "starts_on": str(await world.town.booking.today())}


async def _responsibility_end(world: World, cell: Cell, named: str | None) -> Any:
    return {"role": "pickup", "ends_on": str(await world.town.booking.day(DAYS_AHEAD))}


async def _shares(world: World, cell: Cell, named: str | None) -> Any:
    household = world.households[household_named(cell) or "first"]
    payer_id = payer_id_of(household.household_id, household.adults[0].adult_id)
    # Another day each time: there is something to change.
    day = str(LAST_DAY - timedelta(days=next(world.endings)))
    share = {"payer_id": str(payer_id), "share_basis_points": 10_000}
    return {"shares": [share], "starts_on": day, "ends_on": day}


async def _changes(world: World, cell: Cell, named: str | None) -> Any:
    if cell.names == "booking":
        return {"cancellations": [await world.town.booking.booking(named)] if named else []}
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


async def _enrollment_of_device(world: World, cell: Cell, named: str | None) -> Any:
    if cell.expected != "ok" or not named:
        return {"code": "000000", "current_password": PASSWORD}
    identity = world.town.services["identity"].client
    served = (await identity.get("/me/second-factor/candidate", headers={"X-Session": named})).json()
    device = world.devices[cell.actor] = Authenticator(served["secret"])
    return {"code": device.code(), "current_password": PASSWORD}


async def _code(world: World, cell: Cell, _named: str | None) -> Any:
    is_right = cell.expected == "ok"
    return {"code": world.devices[cell.actor].code(1) if is_right else "000000", "current_password": PASSWORD}


async def _recovery_code(world: World, cell: Cell, _named: str | None) -> Any:
    return {"recovery_code": world.devices[cell.actor].recovery_codes.pop() if cell.expected == "ok" else "none"}


async def _address(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"email": f"{uuid4().hex}@famille.example"}


async def _registration(_world: World, _cell: Cell, _named: str | None) -> Any:
    return registration_body()


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
    return {"marks": [{"child_id": child_id, "attendance": "present"} for child_id in world.marked]}


async def _end(world: World, _cell: Cell, _named: str | None) -> Any:
    return {"from_on": str(await world.town.booking.day(world.last_day())), "reason": "Déménagement."}


async def _placement(world: World, _cell: Cell, _named: str | None) -> Any:
    groups = await world.town.booking.groups(UUID(world.shared["activity"]))
    return {"from_on": str(await world.town.booking.day(1)), "group_id": str(next(iter(groups.values())))}


async def _merge(world: World, _cell: Cell, _named: str | None) -> Any:
    return pairs.request(world)


async def _proof(world: World, cell: Cell, _named: str | None) -> Any:
    # Whoever has a session had a code mailed in the row above.
    return {"code": await world.mailed_code(cell.actor) if cell.expected == "ok" else "000000"}


def _field(name: str, **others: Any) -> Body:
    """A body with one field for the object that is named."""

    async def body(_world: World, _cell: Cell, named: str | None) -> Any:
        return {**others, **({name: named} if named else {})}

    return body


async def _with_password(body: Awaitable[Any]) -> Any:
    return {**await body, "current_password": PASSWORD}


async def _identity(_world: World, _cell: Cell, named: str | None) -> Any:
    return {"browser_token": secrets.token_hex(16), "authorization_id": named}


def _fixed(**fields: Any) -> Body:
    """A body that is always the same."""

    async def body(_world: World, _cell: Cell, _named: str | None) -> Any:
        return fields

    return body


BODIES: Final[Mapping[str, Body]] = {
    **certificates.BODIES,
    **requests.BODIES,
    **readings.BODIES,
    **resources.BODIES,
    "sign_in": _field("login", password=PASSWORD),
    "start_franceconnect": _fixed(browser_token="a-browser-of-tests"),
    "finish_franceconnect": _field("state", browser_token="a-browser-of-tests"),
    "start_agent_sign_in": _fixed(browser_token="a-browser-of-tests"),
    "finish_agent_sign_in": _field("state", browser_token="a-browser-of-tests"),
    "end_by_provider": _fixed(logout_token="an.order.of-tests"),
    "waiting_identity": _identity,
    "link_franceconnect": lambda world, cell, named: _with_password(_identity(world, cell, named)),
    "unlink_franceconnect": _fixed(current_password=PASSWORD),
    "choose_credentials": _credentials,
    "end_account_sessions": _fixed(reason="Téléphone perdu."),
    **service_keys.BODIES,
    "enroll_second_factor": _enrollment_of_device,
    "renew_recovery_codes": _code,
    "enter_second_factor": _recovery_code,
    **passkeys.BODIES,
    **child_files.BODIES,
    **protections.BODIES,
    "accept_terms": _terms,
    "choose_person": _fixed(guardian_id=str(UUID(int=0))),
    "merge_accounts": _merge,
    "merge_files": file_pairs.merge_body,
    "keep_files_apart": file_pairs.apart_body,
    "activate": _field("token"),
    "check_link": _field("token"),
    "request_reset": _address,
    "step_up": _proof,
    "record_export": _fixed(name="familles"),
    "propose_invitation_run": _fixed(**run_body()),
    "propose_household_import": _fixed(**import_body()),
    "create_agent": agent_bodies.agent,
    "change_agent": agent_bodies.agent_change,
    "give_roles_back": agent_bodies.roles_return,
    "decide_agent_change": _fixed(is_confirmed=True),
    "agent_names": agent_bodies.names,
    "open_household": _household,
    "ask_registration": _registration,
    "decide_registration": _fixed(is_accepted=True),
    "give_delegation": delegations.wish,
    "end_delegation": _fixed(reason="Demande de la famille."),
    "join_household": _membership,
    "leave_household": _membership_end,
    "change_payer": _payer,
    "change_kind": _kind,
    "change_contact": lambda world, _cell, named: world.correction(named),
    "ask_email_change": _address,
    "check_email_link": _field("token"),
    "confirm_email": _field("token"),
    "change_responsibility": _responsibility,
    "end_responsibility": _responsibility_end,
    **homes.BODIES,
    **school_cells.BODIES,
    **circulars.BODIES,
    **schooling.BODIES,
    "register_birth": _fixed(**births.BIRTH),
    "add_adult": births.partner,
    **lifecycle.BODIES,
    "create_site": _fixed(code="ecole", label="École"),
    "create_activity": _activity,
    "open_slots": _days,
    "request_enrollment": _enrollment,
    "decide_enrollment": _fixed(is_validated=True),
    "change_placement": _placement,
    "end_enrollment": _end,
    "change_bookings": _changes,
    "change_delegated_bookings": delegations.days,
    "mark_attendance": _marks,
    "change_payer_shares": _shares,
    "change_tariff": _tariff,
    "quote": _quote,
    "create_invoice_run": _month,
    "review_invoice_run": _fixed(),
    "start_payment": _fixed(),
    "notify_payment": _field("operation_id"),
}
