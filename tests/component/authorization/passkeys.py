"""What is posted of passkeys, and of an application that proves who somebody is: each actor has an authenticator, and answers what their own
session or browser was asked."""

import secrets
from typing import Any, Final

from tests.component.authorization.matrix import Cell
from tests.component.authorization.world import World
from tests.component.gateway.browser import ORIGIN
from tests.component.gateway.town import PASSWORD
from tests.support.passkeys import SoftAuthenticator

NO_ANSWER: Final = "{}"


async def addition(world: World, cell: Cell, named: str | None) -> Any:
    """What the authenticator of an actor makes, where one was begun in the row above."""
    answer = NO_ANSWER
    if cell.expected == "ok":
        authenticator = world.authenticators[cell.actor] = SoftAuthenticator(origin=ORIGIN)
        client = world.town.services["identity"].client
        begun = await client.get("/me/passkeys/registration", headers={"X-Session": str(named)})
        answer = authenticator.create(begun.json()["options"])
    return {"name": "Téléphone", "answer": answer}


async def counted(world: World, _cell: Cell, _named: str | None) -> Any:
    """Nothing is posted; what was added is as if it had been long ago."""
    identity = world.town.services["identity"].db
    await identity.execute("update passkeys set counts_from = added_at")
    await identity.execute("update second_factors set counts_from = enrolled_at")


async def proof(world: World, cell: Cell, named: str | None) -> Any:
    """What the passkey of an actor answers, asked a moment ago."""
    answer = NO_ANSWER
    await counted(world, cell, named)
    if cell.expected == "ok":
        client = world.town.services["identity"].client
        asked = await client.post("/me/step-up/passkey-challenges", headers={"X-Session": str(named)})
        answer = world.authenticators[cell.actor].get(asked.json()["options"])
    return {"answer": answer}


async def sign_in(world: World, _cell: Cell, _named: str | None) -> Any:
    """What no passkey answered, from a browser that was asked."""
    browser = {"browser_token": secrets.token_urlsafe(24)}
    await world.town.services["identity"].client.post("/passkeys/challenges", json=browser)
    return {**browser, "answer": NO_ANSWER}


async def password(_world: World, _cell: Cell, _named: str | None) -> Any:
    """One's password."""
    return {"current_password": PASSWORD}


async def start(_world: World, _cell: Cell, _named: str | None) -> Any:
    """A browser's secret."""
    return {"browser_token": secrets.token_urlsafe(24)}


async def fresh_code(world: World, cell: Cell, named: str | None) -> Any:
    """A code of an application that was not used yet."""
    await counted(world, cell, named)
    if cell.expected != "ok":
        return {"application_code": "000000"}
    await world.town.services["identity"].db.execute("update second_factors set last_used_step = 0")
    return {"application_code": world.devices[cell.actor].code()}


async def own_id(world: World, named: str | None) -> str:
    """The one passkey of whoever's session this is."""
    client = world.town.services["identity"].client
    listed = (await client.get("/me/passkeys", headers={"X-Session": str(named)})).json()["items"]
    return str(listed[0]["passkey_id"])


BODIES: Final = {
    "start_passkey_sign_in": start,
    "sign_in_with_passkey": sign_in,
    "start_passkey": password,
    "add_passkey": addition,
    "start_passkey_proof": counted,
    "step_up_with_passkey": proof,
    "remove_passkey": password,
    "step_up_with_application": fresh_code,
}
