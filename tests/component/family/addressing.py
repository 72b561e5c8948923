"""The sample copy of the address base that tests of addresses and sectors load."""

from functools import partial
from pathlib import Path
from uuid import UUID

from chassis.actor import Actor
from contracts.types import ActorKind
from services.family.adapters.address_files import read_base_file
from services.family.addresses.commands import replace_base, verify_households
from tests.support.services import RunningService

SAMPLE = Path(__file__).parents[3] / "examples" / "adresses.csv"
SECTORS = SAMPLE.with_name("secteurs.csv")
SYSTEM = Actor(UUID(int=0), ActorKind.SYSTEM)


async def load_base(service: RunningService, path: Path = SAMPLE) -> tuple[int, int]:
    """Replace the copy, as the operator's command does; how many streets and addresses there are."""
    counts = await replace_base(service.db, SYSTEM, path.name, partial(read_base_file, path))
    after: UUID | None = UUID(int=0)
    while after is not None:
        after = await verify_households(service.db, after)
    return counts
