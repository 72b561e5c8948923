"""Settings of the identity service: its process, and the `[identity]` table of the town's file."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from chassis.town import TownSection, load_section, load_town
from contracts.identity.permissions import IdentityPermission
from contracts.identity.service_keys import ServiceCode
from contracts.types import DEFAULT_LOGIN_MODE, ActorKind, LoginMode, StepUp

from .accounts.domain import AccountRecord
from .activation.domain import Validity
from .adapters.agents_provider import AgentProviderSection, AgentsProvider
from .adapters.franceconnect import FranceConnect
from .adapters.provider_settings import ProviderSettings
from .adapters.roles import known_permissions, load_roles
from .agent_provider.domain import ProviderRules
from .agents.domain import AgentNaming, AgentRecord, Guard
from .attempts.domain import SourceRule
from .credentials.domain import CredentialRules
from .passkeys.domain import RelyingParty
from .second_factor.domain import FactorUse
from .service_keys.domain import TownService
from .sessions.domain import SessionLimits
from .step_up.domain import StepUpRules
from .terms.domain import AcceptMode, TermsDocument, publish_terms, read_terms

DEFAULT_STEP_UP = frozenset(
    {
        StepUp.EMAIL,
        StepUp.ADDRESS,
        StepUp.BANK,
        StepUp.EXPORTS,
        StepUp.HEALTH,
        StepUp.AGENTS,
        StepUp.ACCOUNTS,
        StepUp.DELEGATIONS,
        StepUp.PROTECTED,
        StepUp.ERASURE,
    }
)
"""Of a town that says nothing else: what could lock somebody out, take their money, or take what is known of people away."""


class RegistrationSection(TownSection):
    """Whether people whom no file names may ask for a space, which the family service and the pages read."""

    is_open: bool = False


class LoginSection(TownSection):
    """What families sign in with."""

    mode: LoginMode = DEFAULT_LOGIN_MODE


class InvitationSection(TownSection):
    """How long the link and the temporary password work: days where an account is opened, minutes where a password was forgotten, hours where
    an agent gave one at the counter. `is_automatic`: whoever gets an account is invited at once; without, agents invite, one by one or many at
    once, when the town is ready."""

    is_automatic: bool = True
    valid_days: Annotated[int, Field(ge=1, le=90)] = 14
    reset_minutes: Annotated[int, Field(ge=10, le=1440)] = 60
    counter_hours: Annotated[int, Field(ge=1, le=168)] = 24


class CredentialsSection(TownSection):
    """What personal credentials need. Without composition rules, 12 characters or more are advised (ASVS 5.0, 6.2)."""

    length_min: Annotated[int, Field(ge=8, le=64)] = 8
    length_max: Annotated[int, Field(ge=64, le=128)] = 128
    lowercase_min: Annotated[int, Field(ge=0, le=4)] = 1
    uppercase_min: Annotated[int, Field(ge=0, le=4)] = 0
    digit_min: Annotated[int, Field(ge=0, le=4)] = 1
    username_length_min: Annotated[int, Field(ge=2, le=20)] = 3
    is_username_editable: bool = True


class SessionSection(TownSection):
    """How long a session lasts, without a request and in all, and how long its actor token is good for."""

    idle_minutes: Annotated[int, Field(ge=5, le=1440)] = 60
    absolute_hours: Annotated[int, Field(ge=1, le=168)] = 12
    actor_token_seconds: Annotated[int, Field(ge=30, le=600)] = 120


class StepUpSection(TownSection):
    """Before which acts somebody proves once more who they are, and for how many minutes a proof holds. Reading and paying need none, unless a
    town says so: `docs/security/step-up.md` lists the classes."""

    asks: frozenset[StepUp] = DEFAULT_STEP_UP
    valid_minutes: Annotated[int, Field(ge=1, le=120)] = 15


class TermsSettings(TownSection):
    """Where the terms stand, relative to the town's file, and the control that accepts them."""

    file: str
    accept_mode: AcceptMode = AcceptMode.CHECKBOX


class AgentsSection(TownSection):
    """How families know an agent who acted for them: by name, or as the service that they work for. After how many days without signing in an
    agent's roles lapse. Which permissions two persons give: managing the accounts of agents, and what the town finds as strong."""

    families_see: AgentNaming = AgentNaming.SERVICE
    lapse_days: Annotated[int, Field(ge=7, le=366)] = 56
    two_person_permissions: tuple[str, ...] = (IdentityPermission.MANAGE_AGENTS,)
    provider: AgentProviderSection = AgentProviderSection()

    @field_validator("two_person_permissions")
    @classmethod
    def _guarded(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if IdentityPermission.MANAGE_AGENTS not in names:
            raise ValueError(f"two persons give {IdentityPermission.MANAGE_AGENTS.value} in every town")
        return known_permissions(names)


class SecondFactorSection(TownSection):
    """Whether agents confirm their sign-in with a code of an application: off, those who wish (optional), or each of them (required)."""

    agents: FactorUse = FactorUse.OPTIONAL


class FranceConnectSection(TownSection):
    """Whether families may say who they are through FranceConnect; how the town is known there stands in the settings of the process."""

    is_open: bool = False


class ServiceSection(TownSection):
    """An `[[identity.services]]` table: a service that families open with a key, as its label calls it. `is_prefilled`: each guardian's key comes
    with the invitation, and stands in its field already."""

    code: ServiceCode
    label: Annotated[str, Field(min_length=1, max_length=80)]
    is_prefilled: bool = False


class IdentityPolicy(TownSection):
    """The `[identity]` table."""

    login: LoginSection = LoginSection()
    invitation: InvitationSection = InvitationSection()
    credentials: CredentialsSection = CredentialsSection()
    registration: RegistrationSection = RegistrationSection()
    session: SessionSection = SessionSection()
    agents: AgentsSection = AgentsSection()
    second_factor: SecondFactorSection = SecondFactorSection()
    step_up: StepUpSection = StepUpSection()
    franceconnect: FranceConnectSection = FranceConnectSection()
    terms: TermsSettings
    services: Annotated[tuple[ServiceSection, ...], Field(max_length=20)] = ()

    @field_validator("services")
    @classmethod
    def _distinct(cls, services: tuple[ServiceSection, ...]) -> tuple[ServiceSection, ...]:
        if len({service.code for service in services}) < len(services):
            raise ValueError("two services have the same code")
        return services


@dataclass(frozen=True, slots=True)
class IdentityRules:
    """The town's rules in the terms of the domain."""

    login_mode: LoginMode
    validity: Validity
    credentials: CredentialRules
    session_limits: SessionLimits
    actor_token_lifetime: timedelta
    source_rule: SourceRule
    terms: TermsDocument
    accept_mode: AcceptMode
    guard: Guard
    lapse_after: timedelta
    is_service_said: bool
    services: tuple[TownService, ...]
    agents_factor: FactorUse
    relying_party: RelyingParty
    town_name: str
    step_up: StepUpRules
    provider: ProviderRules | None
    invites_at_once: bool = True
    invitations_per_minute: int = 600

    def is_password_open(self, agent: AgentRecord | None) -> bool:
        """Whether somebody, no agent being a family, may sign in with a password."""
        return self.provider is None or agent is None or self.provider.is_password_open(agent)

    def has_password(self, account: AccountRecord, agent: AgentRecord | None) -> bool:
        """Whether whoever is signed in has a password to type: an agent whom a provider signed in may never have had one."""
        return agent is None or (account.password_hash is not None and self.is_password_open(agent))

    def factor_use_of(self, kind: ActorKind) -> FactorUse:
        """Whether such an account has a second factor."""
        return self.agents_factor if kind is ActorKind.AGENT else FactorUse.OFF

    @property
    def managing_roles(self) -> frozenset[str]:
        """The roles that manage the accounts of agents."""
        roles = self.guard.roles.values()
        return frozenset(role.name for role in roles if IdentityPermission.MANAGE_AGENTS in role.permissions)

    def services_of(self, kind: ActorKind) -> tuple[TownService, ...]:
        """The services that such an account opens with keys."""
        return self.services if kind is ActorKind.PARENT else ()


class RoleMissing(Exception):
    """The town's file names a role that the town has not."""


class IdentitySettings(ProviderSettings):
    """What a process of the identity service is configured with. A source address may fail `address_failures_max` times at once, and as many
    an hour from then on: a school, a library or a mobile network stands behind one address."""

    hashing_threads: Annotated[int, Field(ge=1, le=16)] = 2
    invitations_per_minute: Annotated[int, Field(ge=1, le=6000)] = 600
    """At which pace a run invites many families, at most; a mail server that takes less slows it down."""
    address_failures_max: Annotated[int, Field(ge=5, le=3600)] = 30

    def franceconnect(self) -> FranceConnect:
        """The provider of families, or none in a town that does without. Raises MissingSecret, ProviderMissing."""
        is_open = load_section(self.town_file, "identity", IdentityPolicy).franceconnect.is_open
        return self.franceconnect_there() if is_open else FranceConnect()

    def agents_provider(self) -> AgentsProvider:
        """The town's own provider of its agents, or none in a town that does without. Raises MissingSecret, ProviderMissing."""
        section = load_section(self.town_file, "identity", IdentityPolicy).agents.provider
        return self.agents_provider_there(section) if section.is_open else AgentsProvider()

    def rules(self) -> IdentityRules:
        """The rules of this process's town; its terms are read and checked here."""
        policy = load_section(self.town_file, "identity", IdentityPolicy)
        town = load_town(self.town_file)
        guard = Guard(load_roles(self.town_file), frozenset(policy.agents.two_person_permissions))
        if unknown := sorted(set(policy.agents.provider.password_roles) - guard.roles.keys()):
            raise RoleMissing(f"password_roles names {unknown[0]}, which is no role of the town")
        terms_file = Path(self.town_file).parent / policy.terms.file
        return IdentityRules(
            login_mode=policy.login.mode,
            validity=Validity(
                invitation=timedelta(days=policy.invitation.valid_days),
                reset=timedelta(minutes=policy.invitation.reset_minutes),
                counter=timedelta(hours=policy.invitation.counter_hours),
            ),
            credentials=CredentialRules(**policy.credentials.model_dump(), context_words=(town.name, town.full_name)),
            session_limits=SessionLimits(
                idle=timedelta(minutes=policy.session.idle_minutes),
                absolute=timedelta(hours=policy.session.absolute_hours),
            ),
            actor_token_lifetime=timedelta(seconds=policy.session.actor_token_seconds),
            source_rule=SourceRule(self.address_failures_max, drain=timedelta(hours=1)),
            terms=publish_terms(
                read_terms(terms_file.read_text("utf-8")),
                {
                    "town": town.name,
                    "town_full": town.full_name,
                    "the_town": town.in_the_middle,
                    "The_town": town.in_a_sentence,
                    "site_url": town.site_url,
                    "contact_email": town.contact_email,
                    "contact_phone": town.contact_phone,
                    "contact_address": ", ".join(town.contact_address),
                },
            ),
            accept_mode=policy.terms.accept_mode,
            guard=guard,
            lapse_after=timedelta(days=policy.agents.lapse_days),
            is_service_said=policy.agents.families_see is AgentNaming.SERVICE,
            services=tuple(TownService(**service.model_dump()) for service in policy.services),
            agents_factor=policy.second_factor.agents,
            relying_party=RelyingParty.at(self.portal_url, town.name),
            town_name=town.name,
            step_up=StepUpRules(policy.step_up.asks, timedelta(minutes=policy.step_up.valid_minutes)),
            provider=policy.agents.provider.rules(),
            invites_at_once=policy.invitation.is_automatic,
            invitations_per_minute=self.invitations_per_minute,
        )
