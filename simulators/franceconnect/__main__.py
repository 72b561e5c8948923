"""Starts the identity simulator: `python -m simulators.franceconnect`."""

from simulators.serving import configure_logging, run

from .app import create_app
from .settings import FranceConnectSettings

if __name__ == "__main__":
    settings = FranceConnectSettings()
    configure_logging(settings.log_format)
    run(create_app(settings), settings)
