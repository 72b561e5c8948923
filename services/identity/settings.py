"""Settings of the identity service: its process, and the `[identity]` table of the town's file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, RootModel, field_validator

from chassis.settings import ServiceSettings
from chassis.town import TownSection, load_section, load_town
from contracts.identity.models import RoleName
from contracts.identity.service_keys import ServiceCode
from contracts.permissions import PERMISSIONS
from contracts.types import DEFAULT_LOGIN_MODE, ActorKind, LoginMode

from .activation.domain import Validity
from .agents.domain import AgentNaming, Role
from .credentials.domain import CredentialRules
from .service_keys.domain import TownService
from .sign_in.domain import SessionLimits, ThrottleRule
from .terms.domain import AcceptMode, TermsDocument, publish_terms, read_terms

SHIPPED_ROLES = Path(__file__).parent / "agents" / "roles.toml"


class LoginSection(TownSection):
    """What families sign in with."""

    mode: LoginMode = DEFAULT_LOGIN_MODE


class InvitationSection(TownSection):
    """How long the link and the temporary password work: days where an account is opened, minutes where a password was forgotten, hours where
    an agent gave one at the counter."""

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


class TermsSettings(TownSection):
    """Where the terms stand, relative to the town's file, and the control that accepts them."""

    file: str
    accept_mode: AcceptMode = AcceptMode.CHECKBOX


class ProfileSection(TownSection):
    """Who changes the address that a person signs in with: the town's agents alone, in the household's file. Nobody else can, until
    somebody new at an address has a mail to confirm it with."""

    email_change: Literal["agent"] = "agent"


class AgentsSection(TownSection):
    """How families know an agent who acted for them: by name, or as the service that they work for."""

    families_see: AgentNaming = AgentNaming.SERVICE


class ServiceSection(TownSection):
    """An `[[identity.services]]` table: a service that families open with a key, as its label calls it. `is_prefilled`: each guardian's key comes
    with the invitation, and stands in its field already."""

    code: ServiceCode
    label: Annotated[str, Field(min_length=1, max_length=80)]
    is_prefilled: bool = False


class RoleSection(TownSection):
    """A `[roles.<name>]` table: a label in the town's words, and what the role permits."""

    label: str
    permissions: tuple[str, ...]

    @field_validator("permissions")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(names) - PERMISSIONS.keys()):
            raise ValueError(f"no permission is named {', '.join(unknown)}; docs/security/permissions.md lists them")
        return names


class RolesSection(RootModel[dict[RoleName, RoleSection]]):
    """The `[roles]` table."""

    root: dict[RoleName, RoleSection] = {}

    def composed(self) -> dict[str, Role]:
        """The roles by name."""
        return {name: Role(name, section.label, frozenset(section.permissions)) for name, section in self.root.items()}


def shipped_roles() -> dict[str, Role]:
    """The roles of a town that says nothing else."""
    return RolesSection.model_validate(tomllib.loads(SHIPPED_ROLES.read_text("utf-8"))).composed()


def load_roles(town_file: Path) -> dict[str, Role]:
    """The roles that the product ships, with those of the town's file laid over them by name."""
    return shipped_roles() | load_section(town_file, "roles", RolesSection).composed()


class IdentityPolicy(TownSection):
    """The `[identity]` table."""

    login: LoginSection = LoginSection()
    invitation: InvitationSection = InvitationSection()
    credentials: CredentialsSection = CredentialsSection()
    session: SessionSection = SessionSection()
    profile: ProfileSection = ProfileSection()
    agents: AgentsSection = AgentsSection()
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
    address_rule: ThrottleRule
    terms: TermsDocument
    accept_mode: AcceptMode
    roles: Mapping[str, Role]
    is_service_said: bool
    services: tuple[TownService, ...]

    def services_of(self, kind: ActorKind) -> tuple[TownService, ...]:
        """The services that such an account opens with keys."""
        return self.services if kind is ActorKind.PARENT else ()


class IdentitySettings(ServiceSettings):
    """What a process of the identity service is configured with. A source address may fail `address_free_failures` times an hour before it must wait:
    a school, a library or a mobile network stands behind one address."""

    hashing_threads: Annotated[int, Field(ge=1, le=16)] = 2
    address_free_failures: Annotated[int, Field(ge=5)] = 30

    def rules(self) -> IdentityRules:
        """The rules of this process's town; its terms are read and checked here."""
        policy = load_section(self.town_file, "identity", IdentityPolicy)
        town = load_town(self.town_file)
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
            address_rule=ThrottleRule(
                free_failures=self.address_free_failures,
                first_delay=timedelta(minutes=1),
                delay_max=timedelta(minutes=15),
                memory=timedelta(hours=1),
            ),
            terms=publish_terms(
                read_terms(terms_file.read_text("utf-8")),
                {
                    "town": town.name,
                    "town_full": town.full_name,
                    "site_url": town.site_url,
                    "contact_email": town.contact_email,
                    "contact_phone": town.contact_phone,
                    "contact_address": ", ".join(town.contact_address),
                },
            ),
            accept_mode=policy.terms.accept_mode,
            roles=load_roles(self.town_file),
            is_service_said=policy.agents.families_see is AgentNaming.SERVICE,
            services=tuple(TownService(**service.model_dump()) for service in policy.services),
        )
