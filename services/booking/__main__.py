"""`python -m services.booking` runs the service with the roles of its environment."""

from chassis.service import run

from .app import create
from .settings import BookingSettings

if __name__ == "__main__":
    settings = BookingSettings()
    run(create(settings), settings)
