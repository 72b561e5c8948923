"""The identity service, wired: its routes, what it listens to, its jobs, and what they are given."""

from pathlib import Path

from chassis.events.applying import Subscriptions
from chassis.jobs import Job
from chassis.service import Service

from .accounts.consumers import HouseholdConsumer
from .accounts.consumers import subscribe as follow_households
from .accounts.routes import LISTS, identity_history
from .activation.commands import CredentialIssuer
from .activation.routes import activate, check_link, give_password, invite_again, request_reset
from .adapters.agents_provider import AgentsProvider
from .adapters.franceconnect import FranceConnect
from .adapters.keys import Keys
from .adapters.lines import SourceLines
from .adapters.passwords import Passwords
from .agent_provider.commands import Desk
from .agent_provider.routes import ROUTES as AGENT_PROVIDER_ROUTES
from .agents.routes import ROUTES as AGENT_ROUTES
from .credentials.commands import CurrentPasswords
from .credentials.routes import choose_credentials, credential_policy
from .delegates.consumers import subscribe as follow_delegates
from .exports.routes import ROUTES as EXPORT_ROUTES
from .federation.routes import ROUTES as FEDERATION_ROUTES
from .invariants.queries import CHECKING
from .invitation_runs.commands import LOOK_SECONDS, RunWork
from .invitation_runs.consumers import subscribe as follow_mails
from .invitation_runs.routes import ROUTES as INVITATION_RUN_ROUTES
from .lapses.commands import Lapsing
from .links.routes import ROUTES as LINK_ROUTES
from .merging.routes import ROUTES as MERGING_ROUTES
from .oidc.routes import ROUTES as OIDC_ROUTES
from .online_services.routes import ROUTES as ONLINE_SERVICE_ROUTES
from .own_passkeys.routes import ROUTES as OWN_PASSKEY_ROUTES
from .passkeys.routes import ROUTES as PASSKEY_ROUTES
from .persons.routes import ROUTES as PERSON_ROUTES
from .retention.commands import purge
from .second_factor.routes import ROUTES as SECOND_FACTOR_ROUTES
from .second_person.routes import ROUTES as SECOND_PERSON_ROUTES
from .service_keys.routes import ROUTES as SERVICE_KEY_ROUTES
from .sessions.routes import ROUTES as SESSION_ROUTES
from .settings import IdentityRules, IdentitySettings
from .sign_in.commands import SignIns
from .sign_in.routes import ROUTES as SIGN_IN_ROUTES
from .step_up.routes import ROUTES as STEP_UP_ROUTES
from .terms.routes import accept_terms, accepted_terms, own_accepted_terms, read_terms

ISSUE_EVERY_SECONDS = 1.0
PURGE_EVERY_SECONDS = 3600.0
LAPSE_EVERY_SECONDS = 3600.0


def create(settings: IdentitySettings) -> Service:
    """The service's parts. Raises MissingSecret, ProviderMissing, RoleMissing, TermsMalformed."""
    rules = settings.rules()
    keys = Keys.of(settings)
    passwords = Passwords(settings.hashing_threads)
    franceconnect, provider = settings.franceconnect(), settings.agents_provider()
    issuer = CredentialIssuer(keys, passwords, rules)
    subscriptions = Subscriptions()
    follow_households(subscriptions, HouseholdConsumer(keys.seal, rules.validity.invitation, rules.invites_at_once))
    follow_mails(subscriptions)
    follow_delegates(subscriptions, rules.validity.invitation)
    return Service(
        name="identity",
        migrations=Path(__file__).parent / "migrations",
        routes=[
            *SIGN_IN_ROUTES,
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
            *LISTS,
            identity_history,
            *AGENT_ROUTES,
            *SECOND_PERSON_ROUTES,
            *SERVICE_KEY_ROUTES,
            *ONLINE_SERVICE_ROUTES,
            *SESSION_ROUTES,
            *SECOND_FACTOR_ROUTES,
            *STEP_UP_ROUTES,
            *PASSKEY_ROUTES,
            *OWN_PASSKEY_ROUTES,
            *EXPORT_ROUTES,
            *FEDERATION_ROUTES,
            *LINK_ROUTES,
            *PERSON_ROUTES,
            *MERGING_ROUTES,
            *OIDC_ROUTES,
            *AGENT_PROVIDER_ROUTES,
            *INVITATION_RUN_ROUTES,
            *CHECKING.routes,
        ],
        subscriptions=subscriptions,
        jobs=[
            Job("issue_credentials", ISSUE_EVERY_SECONDS, issuer.run),
            Job("invitation_runs", LOOK_SECONDS, RunWork(rules).run),
            Job("purge", PURGE_EVERY_SECONDS, purge),
            Job("lapses", LAPSE_EVERY_SECONDS, Lapsing(rules).run),
            CHECKING.job,
        ],
        provide={
            IdentityRules: rules,
            Keys: keys,
            Passwords: passwords,
            SignIns: SignIns(passwords, SourceLines(), keys, rules),
            CurrentPasswords: CurrentPasswords(passwords, rules.source_rule),
            FranceConnect: franceconnect,
            AgentsProvider: provider,
            Desk: Desk(provider, keys, rules),
        },
        on_stop=[passwords.close, franceconnect.close, provider.close],
    )
