"""The family service, wired: its routes, and the rules that they are given."""

from pathlib import Path

from chassis.jobs import Job
from chassis.service import Service

from .contacts.routes import ROUTES as CONTACT_ROUTES
from .custody.commands import tell_comings_of_age
from .custody.routes import ROUTES as CUSTODY_ROUTES
from .households.commands import publish_turning
from .households.routes import ROUTES as HOUSEHOLD_ROUTES
from .invariants.queries import CHECKING
from .quotients.routes import change_quotient
from .settings import FamilyRules, FamilySettings

DAY_TURN_SECONDS = 600.0
"""How long after midnight what begins or ends on a day is said, at most."""


def create(settings: FamilySettings) -> Service:
    """The service's parts. It listens to nobody: every other service learns from it."""
    return Service(
        name="family",
        migrations=Path(__file__).parent / "migrations",
        routes=[*HOUSEHOLD_ROUTES, *CONTACT_ROUTES, *CUSTODY_ROUTES, change_quotient, *CHECKING.routes],
        jobs=[
            Job("comings_of_age", DAY_TURN_SECONDS, tell_comings_of_age),
            Job("turning_households", DAY_TURN_SECONDS, publish_turning),
            CHECKING.job,
        ],
        provide={FamilyRules: settings.rules()},
    )
