"""Starts the billing service: `python -m services.billing`."""

from chassis.service import run

from .app import create
from .settings import BillingSettings

if __name__ == "__main__":
    settings = BillingSettings()
    run(create(settings), settings)
