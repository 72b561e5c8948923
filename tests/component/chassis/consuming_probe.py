"""The probe as a process that consumes: `python -m tests.component.chassis.consuming_probe`. Each event is one row of `effects`."""

from chassis.events.applying import Subscriptions
from chassis.service import Service, run
from chassis.settings import ServiceSettings
from contracts.family.events import HouseholdCreated
from tests.component.chassis.conftest import MIGRATIONS, note_effect

if __name__ == "__main__":
    subscriptions = Subscriptions()
    subscriptions.on(HouseholdCreated, note_effect)
    run(Service("probe", MIGRATIONS, routes=[], subscriptions=subscriptions), ServiceSettings())
