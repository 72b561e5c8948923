"""The template environment of one town, and the addresses of files that browsers may keep."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from chassis.french import phone
from portal.kit import formats
from portal.kit.forms import FormState
from portal.kit.layout import PATHS, TownFace
from portal.kit.theme import header_colors, theme_css
from portal.kit.wording import Texts

PORTAL: Final = Path(__file__).parents[1]
TEMPLATES: Final = (PORTAL / "kit" / "templates", PORTAL / "frame" / "templates", PORTAL)
"""Where templates stand: the kit's components, the layouts, and each area's own pages."""
STATIC: Final = PORTAL / "static"


def create_environment(texts: Texts, town: TownFace, extra_templates: Sequence[Path] = ()) -> Environment:
    """The Jinja environment of one town: `t`, `town`, `asset`, the filters of `formats`; an unknown name is an error."""
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(path) for path in (*extra_templates, *TEMPLATES)]),
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
    environment.filters.update(
        percent=formats.percent, money=formats.money, month_words=formats.month_words, plural=formats.plural
    )
    environment.filters.update(of_month=formats.of_month, phone=phone)
    environment.globals.update(
        t=texts,
        town=town,
        paths=PATHS,
        asset=asset,
        theme_url=theme_url(town.theme),
        theme_colors=header_colors(town.theme),
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
