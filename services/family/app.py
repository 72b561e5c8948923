"""The family service, wired: its routes, and the rules that they are given."""

from pathlib import Path

from chassis.service import Service

from .households.routes import family_history, find_households, my_household, open_household, read_household
from .quotients.routes import change_quotient
from .settings import FamilyRules, FamilySettings


def create(settings: FamilySettings) -> Service:
    """The service's parts. It listens to nobody: every other service learns from it."""
    return Service(
        name="family",
        migrations=Path(__file__).parent / "migrations",
        routes=[open_household, find_households, my_household, read_household, change_quotient, family_history],
        provide={FamilyRules: settings.rules()},
    )
