"""Starts the payment simulator: `python -m simulators.payfip`."""

from simulators.serving import configure_logging, run

from .app import create_app
from .settings import PayfipSettings

if __name__ == "__main__":
    settings = PayfipSettings()
    configure_logging(settings.log_format)
    run(create_app(settings), settings)
