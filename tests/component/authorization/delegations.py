"""What households of the matrix let somebody do: a delegate with an account, and delegations to end."""

from typing import Any
from uuid import UUID, uuid4

from chassis.actor import Actor
from contracts.types import ActorKind
from tests.component.authorization.matrix import DELEGATE, Cell
from tests.component.authorization.world import HOUSEHOLD_OF, Person, World
from tests.component.gateway.town import accept_terms, choose_credentials
from tests.support.roles import Role

ENDING = ("revoke_delegation", "end_delegation", "give_up_delegation")
EMAIL = "jeanne@aide.example"


async def entrust(world: World) -> None:
    """Households let somebody act. Whom the first one lets has an account and did the first steps."""
    town, identity = world.town, world.town.services["identity"]
    for name in ("left", "second"):
        await _give(world, name, f"{uuid4().hex}@aide.example")
    delegate_id = await _give(world, "first", EMAIL)
    world.owned["erased"]["delegation"] = str(uuid4())
    await town.settle()
    credential = await town.credential()
    assert credential.is_delegate
    answer = await identity.client.post("/activations", json={"token": credential.activation_token})
    assert answer.status_code == 201, answer.text
    browser = await town.signed_in(credential.username, credential.temporary_password)
    await choose_credentials(browser)
    await accept_terms(browser)
    query = {"guardian_id": delegate_id}
    answer = await identity.client.get("/accounts", params=query, headers=identity.as_agent(Role.DIRECTOR))
    (account,) = answer.json()["items"]
    actor = Actor(UUID(account["account_id"]), ActorKind.DELEGATE, guardian_id=UUID(delegate_id))
    world.people[DELEGATE] = Person(actor, account["username"], EMAIL, browser.session_token)


async def one_for(world: World, cell: Cell) -> str:
    """The delegation that a cell names: where it is ended, one of its own."""
    name = HOUSEHOLD_OF.get(cell.actor, "first")
    if cell.operation.name not in ENDING:
        return world.owned[name]["delegation"]
    kept = world.owned[name]["delegation"]
    if cell.operation.name == "give_up_delegation":
        await _give(world, name, EMAIL, giver=1)
    else:
        await _give(world, name, f"{uuid4().hex}@aide.example")
    given, world.owned[name]["delegation"] = world.owned[name]["delegation"], kept
    return given


async def wish(world: World, cell: Cell, named: str | None) -> Any:
    """What a parent asks for."""
    who = {"first_name": "Jeanne", "last_name": "Aide", "email": f"{uuid4().hex}@aide.example"}
    return {**who, "child_ids": [named], "acts": ["calendar.read"], "ends_on": str(await world.town.booking.day(30))}


async def days(world: World, cell: Cell, _named: str | None) -> Any:
    """A day for the child of the first household."""
    slot_id = next(world.slots) if cell.expected == "ok" else world.shared["slot"]
    return {"lines": [{"child_id": world.owned["first"]["child"], "slot_id": str(slot_id)}]}


async def _give(world: World, name: str, email: str, giver: int = 0) -> str:
    """An adult of a household lets somebody act; the id of whoever that is."""
    family, household = world.town.services["family"], world.households[name]
    body = {
        "first_name": "Jeanne",
        "last_name": "Aide",
        "email": email,
        "child_ids": [world.owned[name]["child"]],
        "acts": ["days.book"],
        "ends_on": str(await world.town.booking.day(200)),
    }
    headers = family.as_parent(household.adults[giver].adult_id) | family.key()
    answer = await family.client.post("/delegations", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    world.owned[name]["delegation"] = answer.json()["delegation_id"]
    query = {"household_id": str(household.household_id)}
    listed = await family.client.get("/delegations", params=query, headers=family.as_agent(Role.DIRECTOR))
    return str(listed.json()["items"][0]["delegate_id"])
