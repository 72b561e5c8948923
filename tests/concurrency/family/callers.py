"""A process that calls as a replica would: `python -m tests.concurrency.family.callers <dsn> <url> <token> <count> <how>`, where `how` is `permitted` or `naive`."""

import asyncio
import sys
from contextlib import nullcontext
from uuid import uuid4

import asyncpg
import httpx2

from chassis.data.database import Database
from services.family.permits.commands import NoPermit, permit
from tests.component.simulators.particulier import IDENTITY, MARGE, SIRET

HANDS = 8
"""How many requests a replica has under way at once."""
NAME = "api_particulier"
REFUSED = 429


async def call(db: Database, http: httpx2.AsyncClient, how: str) -> int:
    """One call about somebody new, when its turn has come; its status."""
    asked = {"recipient": SIRET, **MARGE, "nomNaissance": uuid4().hex}
    while True:
        try:
            async with permit(db, NAME) if how == "permitted" else nullcontext():
                return (await http.get(IDENTITY, params=asked)).status_code
        except NoPermit as full:
            await asyncio.sleep(full.seconds)


async def main(dsn: str, url: str, token: str, count: int, how: str) -> None:
    """All calls of the process, until one is refused."""
    headers = {"Authorization": f"Bearer {token}"}
    turns, refused = asyncio.Semaphore(HANDS), asyncio.Event()

    async def one(db: Database, http: httpx2.AsyncClient) -> None:
        async with turns:
            if not refused.is_set() and await call(db, http, how) == REFUSED:
                refused.set()

    async with (
        asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool,
        httpx2.AsyncClient(base_url=url, headers=headers, timeout=15) as http,
    ):
        await asyncio.gather(*(one(Database(pool), http) for _ in range(count)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4], int(sys.argv[4]), sys.argv[5]))
