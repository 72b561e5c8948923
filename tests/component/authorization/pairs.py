"""Two accounts of one human, for the rows of merges: typed twice, under two addresses."""

from typing import Final
from uuid import uuid4

from tests.component.authorization.world import World
from tests.component.gateway.town import household_body
from tests.support.roles import Role

MERGED: Final = "merged_account"
FINGERPRINT: Final = "fingerprint"
"""Where the world keeps what goes with the account that is named."""


async def pair(world: World) -> str:
    """The account that goes on; the other one, and what a preview of both says, are kept in the world."""
    family, identity = world.town.services["family"], world.town.services["identity"]
    name = household_body()["guardian"]["last_name"]
    ids = []
    for address in ("un", "deux"):
        body = household_body(last_name=name, email=f"{name}-{address}@famille.example", phone="06 98 76 54 32")
        headers = family.as_agent(Role.FRONT_DESK) | family.key()
        opened = (await family.client.post("/households", json=body, headers=headers)).json()
        await world.town.settle()
        query = {"guardian_id": opened["adults"][0]["adult_id"]}
        headers = identity.as_agent(Role.DIRECTOR)
        (account,) = (await identity.client.get("/accounts", params=query, headers=headers)).json()["items"]
        ids.append(account["account_id"])
    kept, world.shared[MERGED] = ids
    path = f"/accounts/{kept}/duplicates/{world.shared[MERGED]}"
    preview = await identity.client.get(path, headers=identity.as_agent(Role.DIRECTOR))
    world.shared[FINGERPRINT] = preview.json()["fingerprint"]
    return str(kept)


async def merge(world: World) -> str:
    """A merge that can be undone."""
    identity, kept = world.town.services["identity"], await pair(world)
    answer = await identity.client.post(
        f"/accounts/{kept}/merges", json=request(world), headers=identity.as_agent(Role.DIRECTOR)
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["merge_id"])


def request(world: World) -> dict[str, str]:
    """What is posted to merge the pair of a moment ago."""
    return {
        "merged_account_id": world.shared.get(MERGED, str(uuid4())),
        "fingerprint": world.shared.get(FINGERPRINT, "0" * 64),
    }
