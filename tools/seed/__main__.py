"""Fill a running town with people: `python -m tools.seed`, with the environment that `make up` gives it."""

import asyncio
import os

from .town import Seed


async def main() -> None:
    """Seed the town whose profile and addresses the environment names."""
    async with Seed.open(os.environ) as seed:
        await seed.run()


asyncio.run(main())
