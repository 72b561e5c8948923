"""Starts the booking service: `python -m services.booking`."""

from chassis.service import run

from .app import create
from .settings import BookingSettings

if __name__ == "__main__":
    settings = BookingSettings()
    run(create(settings), settings)
