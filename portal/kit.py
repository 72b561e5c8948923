"""The portal's design kit, from Python: the template environment, and the small values that layouts and forms are given."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from . import formats
from .theme import InvalidTheme, check_theme, contrast_ratio, theme_css
from .wording import MissingText, Texts

__all__ = [
    "Crumb", "Flash", "FormState", "Frame", "InvalidTheme", "MenuEntry", "MissingText", "SessionZone", "Texts",
    "TownFace", "check_theme", "contrast_ratio", "create_environment", "theme_css",
]  # fmt: skip

TEMPLATES: Final = Path(__file__).parent / "templates"
STATIC: Final = Path(__file__).parent / "static"
PATHS: Final = {
    "home": "/",
    "private_home": "/mon-accueil",
    "agent_home": "/agents",
    "help": "/aide",
    "accessibility": "/accessibilite",
    "legal_notice": "/mentions-legales",
    "personal_data": "/donnees-personnelles",
    "site_map": "/plan-du-site",
    "sign_out": "/deconnexion",
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
    """An entry of a menu; `icon` is a symbol of `static/img/icons.svg`, shown by the agents' menu only."""

    label: str
    url: str
    is_current: bool = False
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the path that leads to the page; the page itself comes last, without `url`."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Flash:
    """A message about what was just done. `kind` is success, info, warning or error."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class SessionZone:
    """Who is signed in: the greeting, when they last came, and what signs them out."""

    greeting: str
    csrf_token: str
    previous_sign_in_at: datetime | None = None
    sign_out_url: str = PATHS["sign_out"]


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every page: its layout reads it under the name `frame`."""

    menu: Sequence[MenuEntry] = ()
    session: SessionZone | None = None
    breadcrumb: Sequence[Crumb] = ()
    flashes: Sequence[Flash] = ()


@dataclass(frozen=True, slots=True)
class FormState:
    """What was typed in a form and what is wrong with it, by field name or as a whole; every field macro takes it first.

    `status` is the HTTP status of the page that shows a refused form.
    """

    values: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    status: int = 422

    @property
    def is_refused(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.errors or self.refusal)

    def value(self, name: str, default: str = "") -> str:
        """The one value of a field."""
        value = self.values.get(name, default)
        return value if isinstance(value, str) else next(iter(value), default)

    def has(self, name: str, option: str) -> bool:
        """Whether an option of a group of choices was taken."""
        value = self.values.get(name, ())
        return option == value if isinstance(value, str) else option in value

    def error(self, name: str) -> str:
        """What is wrong with a field, or nothing."""
        return self.errors.get(name, "")


def create_environment(texts: Texts, town: TownFace, extra_templates: Sequence[Path] = ()) -> Environment:
    """The Jinja environment of one town: `t`, `town`, `asset`, the filters of `formats`; an unknown name is an error."""
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(path) for path in (*extra_templates, TEMPLATES)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    zone = ZoneInfo(town.time_zone)
    zoned = (
        formats.civil_date, formats.weekday, formats.date_day, formats.date_tiny, formats.date_words,
        formats.date_short, formats.time_short, formats.time_words,
    )  # fmt: skip
    environment.filters.update({function.__name__: partial(function, zone=zone) for function in zoned})
    environment.filters.update(money=formats.money, month_words=formats.month_words, plural=formats.plural)
    environment.filters.update(of_month=formats.of_month, phone=formats.phone)
    environment.globals.update(
        t=texts,
        town=town,
        paths=PATHS,
        asset=asset,
        theme_url=theme_url(town.theme),
        theme_color=check_theme(town.theme)["primary"],
        empty_form=FormState(),
    )
    return environment


@cache
def asset(path: str) -> str:
    """The address of a file of `static/`, with its fingerprint so that browsers may keep it for ever."""
    return f"/static/{path}?v={_fingerprint((STATIC / path).read_bytes())}"


def theme_url(theme: Mapping[str, str]) -> str:
    """The address of the town's style sheet, which changes when the theme does."""
    return f"/theme.css?v={_fingerprint(theme_css(theme).encode())}"


def _fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:10]
