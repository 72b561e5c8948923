"""Starts the simulator of API Particulier: `python -m simulators.api_particulier`."""

from simulators.serving import configure_logging, run

from .app import create_app
from .settings import ApiParticulierSettings

if __name__ == "__main__":
    settings = ApiParticulierSettings()
    configure_logging(settings.log_format)
    run(create_app(settings), settings)
