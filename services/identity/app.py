"""The identity service, wired: its routes, what it listens to, its jobs, and what they are given."""

from pathlib import Path

from chassis.events.applying import Subscriptions
from chassis.jobs import Job
from chassis.service import Service
from contracts.family.events import HouseholdState

from .accounts.consumers import HouseholdConsumer
from .accounts.routes import identity_history, list_accounts
from .activation.commands import CredentialIssuer
from .activation.routes import activate, check_link, give_password, invite_again, request_reset
from .adapters.keys import Keys
from .adapters.passwords import Passwords
from .agents.routes import ROUTES as AGENT_ROUTES
from .credentials.routes import choose_credentials, credential_policy
from .invariants.queries import CHECKING
from .retention.commands import Purge
from .service_keys.routes import ROUTES as SERVICE_KEY_ROUTES
from .settings import IdentityRules, IdentitySettings
from .sign_in.routes import current_session, read_session, sign_in, sign_out
from .terms.routes import accept_terms, accepted_terms, own_accepted_terms, read_terms

ISSUE_EVERY_SECONDS = 1.0
PURGE_EVERY_SECONDS = 3600.0


def create(settings: IdentitySettings) -> Service:
    """The service's parts. Raises MissingSecret, TermsMalformed."""
    rules = settings.rules()
    keys = Keys.of(settings)
    passwords = Passwords(settings.hashing_threads)
    households = HouseholdConsumer(keys.seal, rules.validity.invitation)
    issuer = CredentialIssuer(keys, passwords, rules)
    subscriptions = Subscriptions()
    subscriptions.on(HouseholdState, households.apply)
    subscriptions.on_erased(HouseholdState, households.erase)
    return Service(
        name="identity",
        migrations=Path(__file__).parent / "migrations",
        routes=[
            sign_in,
            current_session,
            read_session,
            sign_out,
            check_link,
            activate,
            invite_again,
            give_password,
            request_reset,
            credential_policy,
            choose_credentials,
            read_terms,
            accept_terms,
            own_accepted_terms,
            accepted_terms,
            list_accounts,
            identity_history,
            *AGENT_ROUTES,
            *SERVICE_KEY_ROUTES,
            *CHECKING.routes,
        ],
        subscriptions=subscriptions,
        jobs=[
            Job("issue_credentials", ISSUE_EVERY_SECONDS, issuer.run),
            Job("purge", PURGE_EVERY_SECONDS, Purge(rules.session_limits).run),
            CHECKING.job,
        ],
        provide={IdentityRules: rules, Keys: keys, Passwords: passwords},
        on_stop=[passwords.close],
    )
