"""The booking service, wired: its routes, what it listens to, and what they are given."""

from pathlib import Path
from zoneinfo import ZoneInfo

from chassis.data import known_agents
from chassis.data.bulk_decisions import forget_batches
from chassis.data.waiting import forget_owners
from chassis.documents.issuing import Press
from chassis.documents.typesetting import Typesetter
from chassis.events.applying import Subscriptions
from chassis.jobs import Job
from chassis.service import Service
from chassis.town import load_section, load_town

from .attendance.routes import ROUTES as ATTENDANCE_ROUTES
from .bookings.commands import BookingBatcher, booking_batcher
from .bookings.routes import ROUTES as BOOKING_ROUTES
from .calendar.queries import CalendarDisplay
from .calendar.routes import ROUTES as CALENDAR_ROUTES
from .care import consumers as care
from .care.commands import keep_keys
from .care.routes import ROUTES as CARE_ROUTES
from .catalog.commands import open_school_years
from .catalog.routes import ROUTES as CATALOG_ROUTES
from .certificates.routes import ROUTES as CERTIFICATE_ROUTES
from .closings.routes import ROUTES as CLOSING_ROUTES
from .delegations import consumers as delegations
from .delegations.routes import ROUTES as DELEGATION_ROUTES
from .directory import consumers as directory
from .directory.routes import ROUTES as DIRECTORY_ROUTES
from .documents import consumers as documents
from .documents.domain import DocumentRules
from .enrollment_decisions.routes import ROUTES as ENROLLMENT_DECISION_ROUTES
from .enrollments.routes import ROUTES as ENROLLMENT_ROUTES
from .following.commands import Following
from .invariants.queries import CHECKING
from .moves.routes import ROUTES as MOVE_ROUTES
from .settings import BookingPolicies, BookingSettings
from .waiting.queries import Promise
from .waiting.routes import ROUTES as WAITING_ROUTES

LAYOUTS = Path(__file__).parent / "layouts"
SCHOOL_YEARS_SECONDS = 86_400.0
FOLLOW_SECONDS = 2.0
"""How long after two files were merged what is enrolled there follows, at most, but for the time that it takes."""
FORGET_SECONDS = 86_400.0
CARE_KEYS_SECONDS = 10.0
"""How long after a child's enrollment was validated it is asked what it needs, at most."""


def create(settings: BookingSettings) -> Service:
    town = load_town(settings.town_file)
    zone = town.zone
    policies = load_section(settings.town_file, "booking", BookingPolicies)
    subscriptions = Subscriptions()
    known_agents.subscribe(subscriptions)
    directory.subscribe(subscriptions)
    delegations.subscribe(subscriptions)
    care.subscribe(subscriptions)
    documents.subscribe(subscriptions)
    rules = settings.documents()
    return Service(
        name="booking",
        migrations=Path(__file__).parent / "migrations",
        routes=(
            *CATALOG_ROUTES,
            *ENROLLMENT_ROUTES,
            *ENROLLMENT_DECISION_ROUTES,
            *MOVE_ROUTES,
            *CALENDAR_ROUTES,
            *BOOKING_ROUTES,
            *ATTENDANCE_ROUTES,
            *CLOSING_ROUTES,
            *CARE_ROUTES,
            *CERTIFICATE_ROUTES,
            *DIRECTORY_ROUTES,
            *DELEGATION_ROUTES,
            *WAITING_ROUTES,
            *CHECKING.routes,
        ),
        subscriptions=subscriptions,
        jobs=(
            Job("school_years", SCHOOL_YEARS_SECONDS, open_school_years),
            Job("following", FOLLOW_SECONDS, Following(zone).run),
            Job("care_keys", CARE_KEYS_SECONDS, keep_keys),
            Job("forget_owners", FORGET_SECONDS, forget_owners),
            Job("forget_bulk_decisions", FORGET_SECONDS, forget_batches),
            CHECKING.job,
        ),
        provide={
            ZoneInfo: zone,
            Press: Press(Typesetter(LAYOUTS), town, settings.portal_url),
            Promise: Promise(town.answer_days),
            CalendarDisplay: CalendarDisplay(zone, policies.shows_free_places, rules),
            DocumentRules: rules,
            BookingBatcher: booking_batcher(zone, rules),
        },
    )
