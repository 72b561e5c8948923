"""Starts the notifications service: `python -m services.notifications`."""

from chassis.service import run

from .app import create
from .settings import NotificationsSettings

if __name__ == "__main__":
    settings = NotificationsSettings()
    run(create(settings), settings)
