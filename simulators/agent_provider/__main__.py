"""Starts the simulator of the town's provider: `python -m simulators.agent_provider`."""

from simulators.serving import configure_logging, run

from .app import create_app
from .settings import AgentProviderSettings

if __name__ == "__main__":
    settings = AgentProviderSettings()
    configure_logging(settings.log_format)
    run(create_app(settings), settings)
