"""The small values that layouts are given: the town's face, menus, the path to a page, messages, who is signed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

PATHS: Final = {
    "home": "/",
    "private_home": "/mon-accueil",
    "agent_home": "/agents",
    "delegate_home": "/enfants-confies",
    "households": "/mes-dossiers",
    "person": "/qui-agit",
    "help": "/aide",
    "accessibility": "/accessibilite",
    "legal_notice": "/mentions-legales",
    "personal_data": "/donnees-personnelles",
    "site_map": "/plan-du-site",
    "check": "/verifier",
    "sign_out": "/deconnexion",
    "menu": "/menu",
}
"""The addresses that every layout links to; templates read them as `paths`."""


@dataclass(frozen=True, slots=True)
class TownFace:
    """What a page shows of its town. `contact_lines` tell how to reach the town hall without the portal."""

    name: str
    logo_url: str = ""
    contact_lines: Sequence[str] = ()
    theme: Mapping[str, str] = field(default_factory=dict)
    time_zone: str = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of a menu: `is_current` on its own page, `is_around` on those below it and below the addresses `around`; `icon` is a
    symbol of `static/img/icons.svg`, shown by the agents' menu and the bar of a phone only."""

    label: str
    url: str
    is_current: bool = False
    icon: str = ""
    is_around: bool = False
    around: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """Entries of a menu under one word, which fold without scripts."""

    label: str
    icon: str
    entries: Sequence[MenuEntry]
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the path that leads to a page: what stands there is called, and where."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Flash:
    """A message about what was just done. `kind` is success, info, warning or error."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class SessionZone:
    """Who is signed in: the greeting of their home page, their name and its initials as far as they are known, when they last came, what
    signs them out, where their own details stand, and which file they look at among several."""

    greeting: str
    csrf_token: str
    name: str = ""
    initials: str = ""
    previous_sign_in_at: datetime | None = None
    sign_out_url: str = PATHS["sign_out"]
    own_page: MenuEntry | None = None
    household: str = ""
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every page: its layout reads it under the name `frame`. `bar` is the menu at the bottom of a family's phone."""

    menu: Sequence[MenuEntry | MenuGroup] = ()
    bar: Sequence[MenuEntry] = ()
    session: SessionZone | None = None
    breadcrumb: Sequence[Crumb] = ()
    flashes: Sequence[Flash] = ()
