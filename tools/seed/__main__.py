"""Fill the running demonstration town: `python -m tools.seed`, with the environment that `make up` gives it."""

import asyncio
import os
from pathlib import Path

from .town import Seed


async def main() -> None:
    """Seed the town whose profile and addresses the environment names."""
    async with Seed.open(os.environ, Path(os.environ["TOWN_FILE"]).parent) as seed:
        await seed.run()


asyncio.run(main())
