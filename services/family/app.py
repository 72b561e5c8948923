"""The family service, wired: its routes, and the rules that they are given."""

from functools import partial
from pathlib import Path

from chassis.jobs import Job
from chassis.service import Service

from .custody.commands import tell_comings_of_age
from .custody.routes import ROUTES as CUSTODY_ROUTES
from .households.routes import ROUTES as HOUSEHOLD_ROUTES
from .quotients.routes import change_quotient
from .settings import FamilyRules, FamilySettings

COMINGS_OF_AGE_SECONDS = 3600.0


def create(settings: FamilySettings) -> Service:
    """The service's parts. It listens to nobody: every other service learns from it."""
    rules = settings.rules()
    return Service(
        name="family",
        migrations=Path(__file__).parent / "migrations",
        routes=[*HOUSEHOLD_ROUTES, *CUSTODY_ROUTES, change_quotient],
        jobs=[Job("comings_of_age", COMINGS_OF_AGE_SECONDS, partial(tell_comings_of_age, rules=rules))],
        provide={FamilyRules: rules},
    )
