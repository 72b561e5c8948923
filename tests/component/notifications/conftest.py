"""The notifications service under test, with a real mail server that keeps or refuses what it is handed."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from deploy.local.ports import free_ports
from tests.component.notifications.mail_server import MailServer
from tests.support.databases import Postgres
from tests.support.services import RunningService, running_service


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server on a port of its own."""
    (port,) = free_ports(1)
    server = MailServer(port)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def service(postgres: Postgres, secrets_dir: Path, mail_server: MailServer) -> AsyncIterator[RunningService]:
    """The service with its API role, on a database of its own; its jobs run when a test asks."""
    async with running_service(
        "notifications", postgres, secrets_dir, smtp_port=mail_server.port, smtp_timeout_seconds=1
    ) as running:
        yield running
