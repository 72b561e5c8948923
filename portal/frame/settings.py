"""What the portal reads of a town's profile: its theme, its menus, its tiles and the links it wants shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, Field, model_validator

from chassis.french import phone
from chassis.town import Town, TownSection, load_section, load_town
from contracts.billing.evidence import INVOICE_YEARS
from contracts.family.child_events import FieldRule
from contracts.family.delegations import DEFAULT_DELEGATION_DAYS
from contracts.family.events import HouseholdKind
from contracts.types import DEFAULT_LOGIN_MODE, ActorKind, LoginMode, SessionStage
from gateway.auth import Visitor
from portal.kit import PATHS, MenuEntry, Texts, TownFace

BAR_LINKS_MAX: Final = 5


class Link(TownSection):
    """A labelled link of a menu, a block of links or a tile. `service`: its page and those below it are there for families alone that
    entered the key of this service of the town. `icon`: an entry of the private menu that has one stands in the bar of a phone too."""

    label: str
    url: str
    service: str = ""
    icon: str = ""


class Tile(TownSection):
    """A tile of the private home page. `number` makes it a step of a path; ages (in years) say for whom it is shown."""

    label: str
    url: str
    service: str = ""
    icon: str = "document"
    text: str = ""
    number: int | None = None
    age_min: int = 0
    age_max: int = 18


class ServicePage(TownSection):
    """A `[[portal.services]]` table: the page `/services/<code>` of a service that is opened with a key, its publications as paragraphs
    and its procedures as links."""

    code: str
    title: str
    paragraphs: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


class TileBlock(TownSection):
    """A titled block of tiles."""

    title: str
    tiles: tuple[Tile, ...]


class PortalSection(TownSection):
    """The `[portal]` table."""

    theme: dict[str, str] = Field(default_factory=dict)
    logo_url: str = ""
    public_menu: tuple[Link, ...]
    private_menu: tuple[Link, ...]
    other_spaces: tuple[Link, ...] = ()
    blocks: tuple[TileBlock, ...] = ()
    services: tuple[ServicePage, ...] = ()
    information_url: str = "/donnees-personnelles"
    """Where the "mentions d'information" about personal data stand."""
    texts: dict[str, str] = Field(default_factory=dict)
    """The town's own wording, by full key of `portal/**/texts.toml`."""
    masks_email: bool = False
    """Whether "Mon espace" shows an e-mail address by its first letter and its domain alone; the page of their own details shows it whole."""
    calendar_weeks_ahead: Annotated[int, Field(ge=1, le=26)] = 26

    @model_validator(mode="after")
    def _holds_the_bar(self) -> Self:
        """A phone has room for five links, of which the last is the menu."""
        if sum(bool(link.icon) for link in self.private_menu) >= BAR_LINKS_MAX:
            raise ValueError(f"private_menu: {BAR_LINKS_MAX - 1} entries at most have an icon")
        return self


class LoginPart(BaseModel):
    """What pages need of `[identity.login]`."""

    mode: LoginMode = DEFAULT_LOGIN_MODE


class FranceConnectPart(BaseModel):
    """What pages need of `[identity.franceconnect]`."""

    is_open: bool = False


class InvitationPart(BaseModel):
    """What pages need of `[identity.invitation]`."""

    is_automatic: bool = True


class RegistrationPart(BaseModel):
    """What pages need of `[identity.registration]`."""

    is_open: bool = False


class AgentProviderPart(BaseModel):
    """What pages need of `[identity.agents.provider]`."""

    is_open: bool = False
    issuer: str = ""
    claim: str = "email"
    password_roles: tuple[str, ...] = ()


class AgentsPart(BaseModel):
    """What pages need of `[identity.agents]`."""

    provider: AgentProviderPart = AgentProviderPart()


class KeyedServicePart(BaseModel):
    """What pages need of an entry of `[[identity.services]]`."""

    code: str


class IdentityPart(BaseModel):
    """What pages need of the `[identity]` table, whose other settings are its service's own."""

    login: LoginPart = LoginPart()
    franceconnect: FranceConnectPart = FranceConnectPart()
    registration: RegistrationPart = RegistrationPart()
    agents: AgentsPart = AgentsPart()
    invitation: InvitationPart = InvitationPart()
    services: tuple[KeyedServicePart, ...] = ()


class ContactPart(BaseModel):
    """What pages need of what adults may do with how they are reached."""

    email: FieldRule = FieldRule.READ_ONLY


class FieldsPart(BaseModel):
    """What pages need of what families may do with their file."""

    contact: ContactPart = ContactPart()


class InsurancePart(BaseModel):
    """What pages need of what is asked of the insurance of children."""

    is_asked: bool = False


class ApiParticulierPart(BaseModel):
    """What pages need of `[family.api_particulier]`."""

    is_open: bool = False


class FamilyPart(BaseModel):
    """What pages need of the `[family]` table, whose other settings are its service's own."""

    fields: FieldsPart = FieldsPart()
    kinds: tuple[HouseholdKind, ...] = (HouseholdKind.INDIVIDUAL,)
    delegation_days_max: int = DEFAULT_DELEGATION_DAYS
    insurance: InsurancePart = InsurancePart()
    api_particulier: ApiParticulierPart = ApiParticulierPart()


class BillingPart(BaseModel):
    """What pages need of the `[billing]` table, whose other settings are its service's own."""

    invoice_years: int = INVOICE_YEARS


@dataclass(frozen=True, slots=True)
class PortalTown:
    """A town as the portal shows it."""

    town: Town
    section: PortalSection
    login_mode: LoginMode = DEFAULT_LOGIN_MODE
    has_franceconnect: bool = False
    email_rule: FieldRule = FieldRule.READ_ONLY
    has_registration: bool = False
    agent_provider: AgentProviderPart = field(default_factory=AgentProviderPart)
    invites_at_once: bool = True
    has_service_keys: bool = False
    kinds: tuple[HouseholdKind, ...] = (HouseholdKind.INDIVIDUAL,)
    delegation_days_max: int = DEFAULT_DELEGATION_DAYS
    invoice_years: int = INVOICE_YEARS
    asks_insurance: bool = False
    reads_quotients: bool = False

    @classmethod
    def load(cls, path: Path) -> "PortalTown":
        """Read a profile file."""
        section, identity = load_section(path, "portal", PortalSection), load_section(path, "identity", IdentityPart)
        family = load_section(path, "family", FamilyPart)
        return cls(
            load_town(path),
            section,
            identity.login.mode,
            has_franceconnect=identity.franceconnect.is_open,
            email_rule=family.fields.contact.email,
            kinds=tuple(kind for kind in HouseholdKind if kind in family.kinds),
            has_registration=identity.registration.is_open,
            agent_provider=identity.agents.provider,
            invites_at_once=identity.invitation.is_automatic,
            has_service_keys=bool(identity.services),
            delegation_days_max=family.delegation_days_max,
            reads_quotients=family.api_particulier.is_open,
            invoice_years=load_section(path, "billing", BillingPart).invoice_years,
            asks_insurance=family.insurance.is_asked,
        )

    @property
    def is_email_for_families(self) -> bool:
        """Whether families change their own e-mail address."""
        return self.email_rule is FieldRule.AT_ONCE

    @property
    def face(self) -> TownFace:
        """The town for the design kit."""
        return TownFace(
            name=self.town.name,
            logo_url=self.section.logo_url,
            contact_lines=(self.town.full_name, phone(self.town.contact_phone), self.town.contact_email),
            theme=self.section.theme,
            time_zone=self.town.time_zone,
        )

    def public_menu(self, visitor: Visitor) -> Sequence[MenuEntry]:
        """What is open to everybody."""
        return self._entries(self.section.public_menu, visitor)

    def bar_of(self, visitor: Visitor, texts: Texts) -> Sequence[MenuEntry]:
        """The bar at the bottom of a phone, of families alone: entries of their menu, by the town's words, then the page of all of it."""
        if not _is_family(visitor):
            return ()
        links = [link for link in self.section.private_menu if link.icon and self.opens(link.url, visitor)]
        entries = [
            MenuEntry(texts("kit.home") if link.url == PATHS["private_home"] else link.label, link.url, icon=link.icon)
            for link in links
        ]
        return [*entries, MenuEntry(texts("kit.menu"), PATHS["menu"], icon="menu")]

    def menu_of(self, visitor: Visitor, texts: Texts) -> Sequence[MenuEntry]:
        """The top menu of whoever is no agent: public, of a family, or of somebody who only helps one."""
        session = visitor.session
        if session is None or session.stage is not SessionStage.READY:
            return self.public_menu(visitor)
        if _is_family(visitor):
            return self._entries(self.section.private_menu, visitor)
        return [
            MenuEntry(texts("entrusted.title"), PATHS["delegate_home"]),
            MenuEntry(texts("credentials.title"), "/mes-identifiants"),
        ]

    def opens(self, path: str, visitor: Visitor) -> bool:
        """Whether a page is there for whoever looks: each entry or tile above it that names a service is one whose key they entered."""
        session = visitor.session
        if session is not None and session.kind is ActorKind.AGENT:
            return True
        section, opened = self.section, session.services if session else ()
        tiles = [tile for block in section.blocks for tile in block.tiles]
        linked: list[Link | Tile] = [*section.public_menu, *section.private_menu, *tiles]
        return all(
            link.service in opened
            for link in linked
            if link.service and (path == link.url or path.startswith(f"{link.url}/"))
        )

    def _entries(self, links: Sequence[Link], visitor: Visitor) -> list[MenuEntry]:
        return [MenuEntry(link.label, link.url) for link in links if self.opens(link.url, visitor)]


def _is_family(visitor: Visitor) -> bool:
    """Whether a family looks whose first steps are done."""
    session = visitor.session
    return session is not None and session.stage is SessionStage.READY and session.kind is ActorKind.PARENT
