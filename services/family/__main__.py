"""Starts the family service: `python -m services.family`."""

from chassis.service import run

from .app import create
from .settings import FamilySettings

if __name__ == "__main__":
    settings = FamilySettings()
    run(create(settings), settings)
