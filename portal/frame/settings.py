"""What the portal reads of a town's profile: its theme, its menus, its tiles and the links it wants shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field

from chassis.town import Town, TownSection, load_section, load_town
from contracts.types import DEFAULT_LOGIN_MODE, ActorKind, LoginMode, SessionStage
from gateway.auth import Visitor
from portal.kit import MenuEntry, Texts, TownFace
from portal.kit.formats import phone


class Link(TownSection):
    """A labelled link of a menu, a block of links or a tile. `service`: its page and those below it are there for families alone that
    entered the key of this service of the town."""

    label: str
    url: str
    service: str = ""


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
    calendar_weeks_ahead: Annotated[int, Field(ge=1, le=26)] = 26


class LoginPart(BaseModel):
    """What pages need of `[identity.login]`."""

    mode: LoginMode = DEFAULT_LOGIN_MODE


class IdentityPart(BaseModel):
    """What pages need of the `[identity]` table, whose other settings are its service's own."""

    login: LoginPart = LoginPart()


@dataclass(frozen=True, slots=True)
class AgentEntry:
    """An entry of the agents' menu: the key of its label, its page, its icon, and the permission it is for (None: for all)."""

    key: str
    url: str
    icon: str
    permission: str | None = None


@dataclass(frozen=True, slots=True)
class PortalTown:
    """A town as the portal shows it."""

    town: Town
    section: PortalSection
    login_mode: LoginMode = DEFAULT_LOGIN_MODE

    @classmethod
    def load(cls, path: Path) -> "PortalTown":
        """Read a profile file."""
        section, identity = load_section(path, "portal", PortalSection), load_section(path, "identity", IdentityPart)
        return cls(load_town(path), section, identity.login.mode)

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

    def menu_of(self, visitor: Visitor, texts: Texts, agents: Sequence[AgentEntry]) -> Sequence[MenuEntry]:
        """The top menu for whoever looks: public, of a family, or of an agent with their own of these entries."""
        session = visitor.session
        if session is None or session.stage is not SessionStage.READY:
            return self._entries(self.section.public_menu, visitor)
        if session.kind is ActorKind.PARENT:
            return self._entries(self.section.private_menu, visitor)
        return [
            MenuEntry(texts(entry.key), entry.url, icon=entry.icon)
            for entry in agents
            if entry.permission is None or entry.permission in session.permissions
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
