"""Starts the mail catcher: `python -m simulators.mail`."""

from simulators.serving import configure_logging, run

from .app import create_app
from .settings import MailSettings

if __name__ == "__main__":
    settings = MailSettings()
    configure_logging(settings.log_format)
    run(create_app(settings), settings)
