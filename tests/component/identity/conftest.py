"""A running identity service, and a visitor of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.component.identity.federation import Visitor
from tests.component.identity.office import OFFICE, Clerk
from tests.component.identity.walk import Walk, town_file
from tests.component.simulators.identification import FranceConnect
from tests.component.simulators.oidc import running_provider
from tests.component.simulators.town_provider import TownProvider
from tests.support.applications import Applications
from tests.support.services import RunningService


@pytest.fixture
def provider_seconds() -> float:
    """How long a provider is waited for: more than its answer takes on the busiest machine. Tests of a silent one say less."""
    return 10.0


@pytest.fixture
async def service(applications: Applications, tmp_path: Path, profile: str) -> AsyncIterator[RunningService]:
    """The service in the demo town, or another that the test names, with nothing in it."""
    async with applications.lend("identity", town_file=town_file(tmp_path, profile)) as running:
        yield running


@pytest.fixture
def walk(service: RunningService, secrets_dir: Path) -> Walk:
    """A visitor of the demo town."""
    return Walk(service, secrets_dir)


@pytest.fixture(scope="session")
async def franceconnect_process(
    tmp_path_factory: pytest.TempPathFactory, secrets_dir: Path
) -> AsyncIterator[FranceConnect]:
    """The simulator of FranceConnect, which knows the town by the secret of this run."""
    secret = (secrets_dir / "franceconnect_client_secret").read_text()
    async with running_provider(FranceConnect, tmp_path_factory.mktemp("franceconnect"), secret=secret) as simulator:
        yield simulator


@pytest.fixture
async def franceconnect(franceconnect_process: FranceConnect) -> FranceConnect:
    """The simulator, with every switch at its faithful position."""
    await franceconnect_process.order("reset")
    return franceconnect_process


@pytest.fixture
async def federated(
    applications: Applications,
    tmp_path: Path,
    profile: str,
    provider_seconds: float,
    franceconnect_process: FranceConnect,
) -> AsyncIterator[RunningService]:
    """The service in a town that has FranceConnect, with the provider behind it."""
    async with applications.lend(
        "identity",
        town_file=town_file(tmp_path, profile),
        portal_url=franceconnect_process.portal,
        franceconnect_issuer=franceconnect_process.issuer,
        franceconnect_has_discovery=True,
        franceconnect_timeout_seconds=provider_seconds,
    ) as running:
        yield running


@pytest.fixture
def visitor(federated: RunningService, secrets_dir: Path, franceconnect: FranceConnect) -> Visitor:
    """A browser that was never here."""
    return Visitor(Walk(federated, secrets_dir), franceconnect)


@pytest.fixture(scope="session")
async def town_provider_process(
    tmp_path_factory: pytest.TempPathFactory, secrets_dir: Path
) -> AsyncIterator[TownProvider]:
    """The simulator of a town's own provider, which knows the town by the secret of this run."""
    secret = (secrets_dir / "agent_provider_client_secret").read_text()
    async with running_provider(TownProvider, tmp_path_factory.mktemp("town_provider"), secret=secret) as simulator:
        yield simulator


@pytest.fixture
async def town_provider(town_provider_process: TownProvider) -> TownProvider:
    """The simulator, with every switch at its faithful position and everybody as they were."""
    await town_provider_process.order("reset")
    return town_provider_process


@pytest.fixture
def policy() -> dict[str, Any]:
    """What the town wants of its provider, besides."""
    return {}


@pytest.fixture
async def office(
    applications: Applications,
    tmp_path: Path,
    policy: dict[str, Any],
    provider_seconds: float,
    town_provider: TownProvider,
) -> AsyncIterator[RunningService]:
    """The service in a town whose agents sign in with the town's own provider, but for operators, who have passwords too."""
    agents = {"provider": {**OFFICE, **policy}}
    second_factor = {"agents": policy.get("second_factor", "optional")}
    agents["provider"].pop("second_factor", None)
    async with applications.lend(
        "identity",
        town_file=town_file(tmp_path, agents=agents, second_factor=second_factor),
        portal_url=town_provider.portal,
        agent_provider_issuer=town_provider.issuer,
        agent_provider_timeout_seconds=provider_seconds,
    ) as running:
        yield running


@pytest.fixture
def clerk(office: RunningService, secrets_dir: Path, town_provider: TownProvider) -> Clerk:
    """A browser of an agent that was never here."""
    return Clerk(Walk(office, secrets_dir), town_provider)
