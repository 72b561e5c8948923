"""The notifications service under test, with a real mail server that keeps or refuses what it is handed."""

from collections.abc import AsyncIterator, Iterator

import pytest

from deploy.local.ports import free_ports
from tests.component.notifications.mail_server import MailServer
from tests.support.applications import Applications
from tests.support.services import RunningService


@pytest.fixture(scope="session")
def mail_port() -> int:
    """Where the mail server of each test listens."""
    return free_ports(1)[0]


@pytest.fixture
def mail_server(mail_port: int) -> Iterator[MailServer]:
    """A mail server without a letter."""
    server = MailServer(mail_port)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def service(applications: Applications, mail_server: MailServer) -> AsyncIterator[RunningService]:
    """The service with nothing in it; its jobs run when a test asks. It waits longer for the mail server than a busy machine may need."""
    async with applications.lend("notifications", smtp_port=mail_server.port, smtp_timeout_seconds=10) as running:
        yield running


@pytest.fixture
async def impatient(applications: Applications, mail_server: MailServer) -> AsyncIterator[RunningService]:
    """The service that soon gives a silent mail server up."""
    async with applications.lend("notifications", smtp_port=mail_server.port, smtp_timeout_seconds=1) as running:
        yield running
