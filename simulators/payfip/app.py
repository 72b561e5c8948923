"""The payment simulator, wired: SOAP service, payer's pages, control interface, and the sender of notifications."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog
from litestar import Litestar

from simulators.serving import Pages, build_app

from .control import control_router
from .controls import Controls
from .notifier import Notifier
from .provider import Provider
from .screens import screens_router
from .service import description, serve
from .settings import PayfipSettings
from .store import Store

BODY_BYTES_MAX = 64 * 1024


def euros(cents: str) -> str:
    """An amount in cents as people read it: "1 042,50"."""
    return f"{int(cents) // 100:,}".replace(",", "\u202f") + f",{int(cents) % 100:02}"


def create_app(settings: PayfipSettings) -> Litestar:
    """The whole simulator; notifications are sent as long as it runs."""
    store = Store(settings.state_dir)
    provider = Provider(store, settings.clients())
    pages = Pages(Path(__file__).parent / "templates")
    pages.add_filter("euros", euros)

    @asynccontextmanager
    async def notifying(_app: Litestar) -> AsyncIterator[None]:
        if provider.controls != Controls():
            structlog.get_logger().warning("switches_in_force", switches=provider.controls.model_dump())
        sending = asyncio.create_task(Notifier(provider).run())
        yield
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending
        store.close()

    return build_app(
        [description, serve, screens_router(pages), control_router],
        {"provider": provider, "pages": pages},
        body_bytes_max=BODY_BYTES_MAX,
        lifespan=notifying,
    )
