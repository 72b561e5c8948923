"""Starts the identity service: `python -m services.identity`."""

from chassis.service import run

from .app import create
from .settings import IdentitySettings

if __name__ == "__main__":
    settings = IdentitySettings()
    run(create(settings), settings)
